"""The locator's training: one optimiser, an average of the weights, checkpoints; resumes where it stopped."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import nn

from trainer.locator.examples import Examples
from trainer.locator.loss import loss
from trainer.networks.locator import Locator
from trainer.training import checkpoint
from trainer.training.allocator import keep_freed_memory

RATE, WARM_UP, LEAST = 2e-3, 50, 0.02  # learning rate at its highest, steps until then, and the share of it at the end
SAVE_EVERY = 50


def train(
    files: Sequence[Path],
    run: Path,
    steps: int,
    *,
    seed: int = 1,
    resume: bool = False,
    report: Callable[[int, float], None] | None = None,
    examples: Examples | None = None,
) -> Locator:
    """Train on scans written by `scans.fill` and return the averaged network.

    Args:
        run: folder of the checkpoint.
        report: called with (steps done, loss of the last).
        examples: None for batches of the usual size.

    Raises:
        FloatingPointError: the loss is not finite; the last checkpoint stays.
    """
    keep_freed_memory()
    torch.manual_seed(seed)
    run.mkdir(parents=True, exist_ok=True)
    net = Locator().to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
    optimiser = torch.optim.Adam(net.parameters(), RATE, fused=True)
    average = {k: v.detach().clone() for k, v in net.state_dict().items()}
    first = 0
    if not resume:  # an older run's, from which this one must not go on if it is stopped before its first checkpoint
        checkpoint.drop(run)
    state = checkpoint.load(run) if resume else None
    if state is not None:
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        average, first = dict(state["average"]), int(state["step"])
    batches = examples or Examples(files, seed=seed)
    for step in range(first, steps):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * _cosine(step / steps)
        inputs, points = batches.batch(step)
        logits, shifts = net(inputs.contiguous(memory_format=torch.channels_last_3d))
        value = loss(logits, shifts, points)
        if not torch.isfinite(value):
            raise FloatingPointError(f"the loss is {value.item()} at step {step}; the last checkpoint is kept")
        optimiser.zero_grad(set_to_none=True)
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        _follow(average, net, min(0.99, (step + 1) / (step + 10)))
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == steps:
            record = {"net": net.state_dict(), "average": average, "optimiser": optimiser.state_dict(), "step": step + 1}
            checkpoint.save(run, record)
        if report is not None:
            report(step + 1, value.item())
    net.load_state_dict(average)
    return net.eval()


def _cosine(share: float) -> float:
    return LEAST + (1 - LEAST) * 0.5 * (1 + math.cos(math.pi * share))


@torch.no_grad()
def _follow(average: dict[str, torch.Tensor], net: Locator, decay: float) -> None:
    for key, value in net.state_dict().items():
        if value.dtype.is_floating_point:
            average[key].lerp_(value, 1 - decay)
        else:
            average[key].copy_(value)
