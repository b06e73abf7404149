"""With what a training runs, whatever it learns: device, processes, precision, memory."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from trainer.training.processes import Processes

CPU, ALONE = torch.device("cpu"), Processes()


@dataclass(frozen=True)
class Execution:
    """With what a training runs, whatever it learns.

    Attributes:
        device: of network and batches; processes: of which this is one.
        bf16: half precision inside the network.
        most_rows: rows worked out at a time; the gradients of a batch's parts are added up. None for all at once.
        save_memory: activations are worked out anew for the gradient instead of kept.
        seed: of what is random inside the network (dropout), step by step.
        compile: "never", "try" (used where a trial of some steps shows that it pays) or "auto" (tried on a GPU).
        tensorboard: write events beside log.csv.
    """

    device: torch.device = CPU
    processes: Processes = ALONE
    bf16: bool = False
    most_rows: int | None = None
    save_memory: bool = False
    seed: int = 0
    compile: str = "never"
    tensorboard: bool = False

    @property
    def tries_compiling(self) -> bool:
        """Whether the trial is made."""
        return self.compile == "try" or (self.compile == "auto" and self.device.type == "cuda")
