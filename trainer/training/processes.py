"""One process or many (`torchrun`): who this one is, and what they have to say to each other. torch.distributed does the rest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist

_Thing = TypeVar("_Thing")
# the others wait while the first one answers the validation scans, which takes hours on a CPU; a dead process torchrun notices
PATIENCE = timedelta(days=7)


@dataclass(frozen=True)
class Processes:
    """Number of this process and of all; the first one writes files and speaks."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this one writes and speaks."""
        return self.rank == 0

    def agree(self, thing: _Thing) -> _Thing:
        """What the first process has, in all of them."""
        if self.size == 1:
            return thing
        box = [thing]
        dist.broadcast_object_list(box, src=0)
        return box[0]

    def wait(self) -> None:
        """Until all are here."""
        if self.size > 1:
            dist.barrier()


def started() -> int:
    """How many processes `torchrun` started; 1 where it did not."""
    return int(os.environ.get("WORLD_SIZE", "1"))


@contextmanager
def processes(device: torch.device | str = "cpu") -> Iterator[Processes]:
    """The processes that `torchrun` started, joined for as long as the block lasts; one where it did not."""
    if started() == 1:
        yield Processes()
        return
    own = torch.device(device)
    if own.type == "cuda":
        torch.cuda.set_device(own)  # objects are sent by way of the current one, which would be the first GPU in every process
        dist.init_process_group("nccl", device_id=own, timeout=PATIENCE)
    else:
        dist.init_process_group("gloo", timeout=PATIENCE)
    try:
        yield Processes(dist.get_rank(), dist.get_world_size())
    finally:
        dist.destroy_process_group()


def best_device() -> torch.device:
    """This process' GPU, or the CPU where there is none."""
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return torch.device("cpu")
