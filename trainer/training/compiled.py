"""Whether torch.compile pays on this machine, for this network: tried on a copy, on steps like those to come."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import nn

from trainer.training.data import Batch
from trainer.training.objective import Objective, on_device

STEPS = 20  # ten as they are, ten compiled
GAIN = 1.05  # below that it is not worth the minutes of compiling after every resumption


@dataclass(frozen=True)
class Trial:
    """Seconds a step as it is and compiled, the median of ten each; seconds of compiling; why it failed, or ""."""

    plain: float
    compiled: float
    compiling: float
    failed: str = ""

    def pays(self, steps: int) -> bool:
        """Whether `steps` steps are done sooner with it, the compiling included."""
        if self.failed or self.plain < GAIN * self.compiled:
            return False
        return self.compiling + steps * self.compiled < steps * self.plain

    def text(self, steps: int) -> str:
        """One line for people."""
        if self.failed:
            return f"compile: does not work here ({self.failed}); going on without"
        verdict = "used" if self.pays(steps) else "not used"
        return (
            f"compile: {self.plain:.3f} s a step without, {self.compiled:.3f} s with, {self.compiling:.0f} s of compiling; "
            f"{verdict} for {steps} steps"
        )


def try_compiling(
    objective: Objective,
    batch: Batch,
    step: Callable[[nn.Module, Batch], torch.Tensor],
    device: torch.device,
) -> Trial:
    """Time STEPS steps on a copy of `objective`; the objective itself, its statistics and random numbers are left as they are.

    Args:
        batch: of the size of those to come.
        step: loss of a module on a batch.
    """
    batch = on_device(batch, device)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        plain = _time(copy.deepcopy(objective), batch, step, device)
        try:
            began = time.perf_counter()
            module = cast(nn.Module, torch.compile(copy.deepcopy(objective)))
            _once(module, batch, step, device)
            compiling = time.perf_counter() - began
            return Trial(plain, _time(module, batch, step, device), compiling)
        except Exception as error:  # noqa: BLE001 (a compiler fails in many ways; training goes on without it)
            return Trial(plain, float("inf"), 0.0, f"{type(error).__name__}: {error}".splitlines()[0][:160])


def _once(module: nn.Module, batch: Batch, step: Callable[[nn.Module, Batch], torch.Tensor], device: torch.device) -> float:
    began = time.perf_counter()
    module.zero_grad(set_to_none=True)
    step(module, batch).backward()  # type: ignore[no-untyped-call]
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - began


def _time(module: nn.Module, batch: Batch, step: Callable[[nn.Module, Batch], torch.Tensor], device: torch.device) -> float:
    times = [_once(module, batch, step, device) for _ in range(STEPS // 2)]
    return sorted(times)[len(times) // 2]
