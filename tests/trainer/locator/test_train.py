"""The locator's loop: learns, resumes to the bit."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import torch

from trainer.locator.examples import Examples
from trainer.locator.train import train
from trainer.training import checkpoint


class Block:
    """A bright block in noise; the landmark is its middle. Every batch differs."""

    def batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        rng = np.random.default_rng(step)
        x = torch.from_numpy(rng.uniform(0, 0.2, (2, 1, 32, 32, 32)).astype(np.float32))
        points = torch.full((2, 2, 5, 3), torch.nan)
        for row in range(2):
            at = rng.integers(6, 26, 3)
            x[row, 0, at[0] - 3 : at[0] + 4, at[1] - 3 : at[1] + 4, at[2] - 3 : at[2] + 4] = 1.0
            points[row, 0, 0] = torch.tensor(at, dtype=torch.float32)
        return x, points


def test_it_learns_and_resumes_to_the_bit(tmp_path: Path) -> None:
    losses: list[float] = []
    source: Examples = Block()  # type: ignore[assignment]
    whole = train([], tmp_path / "whole", 60, examples=source, report=lambda _, value: losses.append(value))
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])

    # a run of 60 that is cut off after 50 (a checkpoint's step) and goes on
    class Cut(Block):
        def batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
            if step == 53:
                raise KeyboardInterrupt
            return super().batch(step)

    with contextlib.suppress(KeyboardInterrupt):
        train([], tmp_path / "cut", 60, examples=Cut())  # type: ignore[arg-type]
    again = train([], tmp_path / "cut", 60, examples=source, resume=True)
    for a, b in zip(whole.state_dict().values(), again.state_dict().values(), strict=True):
        assert torch.equal(a, b)

    # begun anew over that and stopped at once: nothing older is left to go on from
    class Stopped(Block):
        def batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
            raise KeyboardInterrupt

    assert checkpoint.exists(tmp_path / "cut")
    with contextlib.suppress(KeyboardInterrupt):
        train([], tmp_path / "cut", 60, examples=Stopped())  # type: ignore[arg-type]
    assert not checkpoint.exists(tmp_path / "cut")
