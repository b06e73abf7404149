"""The locator's training: one optimiser, an average of the weights, checkpoints; resumes where it stopped."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import nn

from trainer.locator.examples import Examples
from trainer.locator.loss import loss
from trainer.locator.weights import read
from trainer.networks.locator import Locator
from trainer.training import checkpoint
from trainer.training.allocator import keep_freed_memory

RATE, WARM_UP, LEAST = 2e-3, 50, 0.02  # learning rate at its highest, steps until then, and the share of it at the end
RATE_ON = 1e-3  # at its highest where weights are trained on
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
    init: Path | None = None,
) -> Locator:
    """Train on scans written by `scans.fill` and return the averaged network.

    Args:
        run: folder of the checkpoint.
        report: called with (steps done, loss of the last).
        examples: None for batches of the usual size.
        init: a locator's file to train on from; None for weights at random.

    Raises:
        ModelError: `init` cannot be used (`weights.read`).
        FloatingPointError: the loss is not finite; the last checkpoint stays.
    """
    keep_freed_memory()
    torch.manual_seed(seed)
    run.mkdir(parents=True, exist_ok=True)
    batches = examples or Examples(files, seed=seed)
    net = Locator() if init is None else read(init, batches.batch(0)[0])
    net = net.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
    highest = RATE if init is None else RATE_ON
    optimiser = torch.optim.Adam(net.parameters(), highest, fused=True)
    average = {k: v.detach().clone() for k, v in net.state_dict().items()}
    first = 0
    state = checkpoint.load(run) if resume else None
    if state is not None:
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        average, first = dict(state["average"]), int(state["step"])
        highest = float(state.get("highest", RATE))
    for step in range(first, steps):
        for group in optimiser.param_groups:
            group["lr"] = highest * min(1.0, (step + 1) / WARM_UP) * _cosine(step / steps)
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
            record["highest"] = highest
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
