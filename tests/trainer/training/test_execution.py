"""Compiling is tried where it is asked for, and of the program's own accord on a GPU alone."""

from __future__ import annotations

import pytest
import torch

from trainer.training.execution import Execution


@pytest.mark.parametrize(
    ("wish", "device", "tried"),
    [("auto", "cpu", False), ("auto", "cuda", True), ("try", "cpu", True), ("never", "cuda", False)],
)
def test_compiling(wish: str, device: str, tried: bool) -> None:
    assert Execution(device=torch.device(device), compile=wish).tries_compiling is tried
