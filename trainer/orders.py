"""What is to be trained, as the command line tells it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ankleviewer.core.errors import AnkleViewerError
from trainer.training.execution import Execution
from trainer.training.precision import bf16_pays
from trainer.training.processes import Processes, best_device


@dataclass(frozen=True)
class TrainOrder:
    """What to train.

    Attributes:
        model, preset: key of `recipes.RECIPES`.
        out: the run's folder.
        teacher: run or model pack of the network to learn from, where the recipe has one; None takes the shipped pack.
        init: model pack (folder or .zip) to go on from, which has no teacher; or a file of published 2D weights
            (.safetensors, .pth, .pt) to start from; or None to start from nothing.
        partial: weights of a file may match in part.
        validation: manifest on whose scans the best state is chosen, or None for the last one.
        epochs: None for the recipe's own length; size: largest crop, voxels, None for the recipe's own or the scans'.
        seed: of the weights and of the simulated pairs.
        width: factor on the channels, or None for the network's own; one that goes on from a pack is widened to it.
        bf16: half precision inside the network, None for where it pays; resume: go on from the run's checkpoint.
        most_rows, save_memory: see `execution.Execution`; device: "auto" takes a GPU where there is one.
        live: keep the simulated pairs in memory instead of in the run's folder.
        rate, strength: learning rate at the start and strength of the augmentation, None for the recipe's.
        compile, tensorboard: see `execution.Execution`.
        blocks: residual ones at the end of the compact network, or None for its own; new ones of a pack pass everything
            on at first.
    """

    model: str
    preset: str
    out: Path
    teacher: Path | None = None
    init: Path | None = None
    validation: Path | None = None
    epochs: float | None = None
    size: int | None = None
    seed: int = 1001
    width: float | None = None
    bf16: bool | None = False
    resume: bool = False
    live: bool = False
    partial: bool = False
    most_rows: int | None = None
    save_memory: bool = False
    device: str = "auto"
    rate: float | None = None
    strength: float | None = None
    compile: str = "auto"
    tensorboard: bool = False
    blocks: int | None = None

    @property
    def on_device(self) -> torch.device:
        """The device that is meant.

        Raises:
            AnkleViewerError: USAGE, torch knows no such device; DEVICE_MISSING, it is not in this computer.
        """
        if self.device == "auto":
            return best_device()
        try:
            device = torch.device(self.device)
        except RuntimeError as error:
            raise AnkleViewerError("USAGE", f"--device takes auto, cpu or cuda, not {self.device!r}.") from error
        if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
            raise AnkleViewerError(
                "DEVICE_MISSING",
                f"PyTorch finds no GPU {self.device!r} in this computer; --device auto takes the processor where there is none.",
            )
        return best_device() if device.type == "cuda" and device.index is None else device

    @property
    def in_bf16(self) -> bool:
        """Whether half precision is used."""
        return bf16_pays(self.on_device) if self.bf16 is None else self.bf16

    def asked(self, batch: int | None = None) -> dict[str, Any]:
        """What decides how a run learns, as the command line names it; None for the preset's own. For the run's record."""
        return {
            "--preset": self.preset,
            "--epochs": self.epochs,
            "--batch": batch,
            "--size": self.size,
            "--width": self.width,
            "--lr": self.rate,
            "--strength": self.strength,
        } | ({"--blocks": self.blocks} if self.blocks else {})

    def on(self, group: Processes) -> Execution:
        """With what the run is done."""
        return Execution(
            self.on_device, group, self.in_bf16, self.most_rows, self.save_memory, self.seed, self.compile, self.tensorboard
        )
