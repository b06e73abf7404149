"""What a training is told: the device that is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.paths import assets_dir
from trainer import simulated as module
from trainer.orders import TrainOrder
from trainer.simulated import train_on_simulator
from trainer.training.processes import best_device

SHIPPED = assets_dir() / "models" / "compact"


def test_devices_that_are_not_there_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert TrainOrder("compact", "best", Path("x")).on_device == TrainOrder("compact", "best", Path("x"), device="cpu").on_device
    with pytest.raises(AnkleViewerError, match="DEVICE_MISSING: PyTorch finds no GPU 'cuda' in this computer"):
        _ = TrainOrder("compact", "best", Path("x"), device="cuda").on_device
    with pytest.raises(AnkleViewerError, match="USAGE: --device takes auto, cpu or cuda, not 'gpu'"):
        _ = TrainOrder("compact", "best", Path("x"), device="gpu").on_device
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert TrainOrder("compact", "best", Path("x"), device="cuda").on_device.index == 1, "each process its own"
    assert TrainOrder("compact", "best", Path("x"), device="cuda:0").on_device.index == 0
    with pytest.raises(AnkleViewerError, match="DEVICE_MISSING"):
        _ = TrainOrder("compact", "best", Path("x"), device="cuda:2").on_device


def test_many_processes_meet_on_the_device_that_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[torch.device] = []

    def stop(device: torch.device) -> None:
        met.append(device)
        raise KeyboardInterrupt

    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(module, "processes", stop)
    with pytest.raises(KeyboardInterrupt):
        train_on_simulator(TrainOrder("compact", "best", tmp_path, size=32, width=0.25), lambda progress: None)
    assert met == [best_device()]
