"""Where a bank's pairs come from: files that are being made, or the simulator itself, with no files in between."""

from __future__ import annotations

import threading
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import torch

from trainer.simulate.pairs import BankOrder, Pair, load_pair, make_pair, pair_path
from trainer.simulate.workers import Workers


@dataclass(frozen=True)
class FolderPairs:
    """Pairs in a folder, some perhaps still to come. `alive` tells whether somebody is still making them; where it says no, a
    pair that is not there is an error and not waited for.
    """

    folder: Path
    alive: Callable[[], bool] = lambda: True

    def __call__(self, index: int) -> Pair:
        """Pair `index`; waits until it is there.

        Raises:
            RuntimeError: nobody makes it any more.
        """
        path = pair_path(self.folder, index)
        while not zipfile.is_zipfile(path):  # one that a power failure cut short is about to be made again
            if not self.alive() and not zipfile.is_zipfile(path):
                raise RuntimeError(f"{path.name} is not there, and nobody makes it any more: the simulator has stopped")
            time.sleep(0.5)
        return load_pair(path)


class LivePairs:
    """Pairs that are made while they are asked for, and kept in memory: `ahead` more than the highest that was asked for are on
    their way. On a CPU `jobs` processes make them; on a GPU this process does.
    """

    def __init__(self, order: BankOrder, jobs: int = 1, ahead: int = 16, device: torch.device | str = "cpu") -> None:
        self.order, self.ahead, self.device = order, ahead, torch.device(device)
        self._kept: dict[int, Pair] = {}
        self._coming: dict[int, Future[Pair]] = {}
        self._asked = 0
        self._lock = threading.Lock()  # batches are prepared in one thread, hard places looked for in another
        self._pool = None
        if self.device.type == "cpu":
            self._pool = Workers(jobs)

    def __call__(self, index: int) -> Pair:
        """Pair `index`, as `make_pair` makes it."""
        with self._lock:
            return self._get(index)

    def _get(self, index: int) -> Pair:
        if index in self._kept:
            return self._kept[index]
        if self._pool is None:
            pair = _make(self.order, index, self.device)
        else:
            for number in range(self._asked, min(self.order.count, index + 1 + self.ahead)):
                self._coming[number] = self._pool.submit(_make, self.order, number)
            self._asked = max(self._asked, min(self.order.count, index + 1 + self.ahead))
            pair = self._coming[index].result()
            del self._coming[index]
        self._kept[index] = pair
        return pair

    def close(self) -> None:
        """End the processes; pairs on their way are dropped."""
        if self._pool is not None:
            self._pool.end()


def _make(order: BankOrder, index: int, device: torch.device | str = "cpu") -> Pair:
    return make_pair(order.seed, index, order.size_of(index), order.spacing, device=device)
