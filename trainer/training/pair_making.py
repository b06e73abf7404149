"""The simulator beside a training: its pairs are made in a process of their own while the loop runs on those that are there."""

from __future__ import annotations

import collections
import json
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from ankleviewer.io.atomic import write_text
from trainer.simulate.pairs import BankOrder, Pair, fill_bank
from trainer.simulate.setting import TRAINING_DRAWS
from trainer.simulate.streams import SIMULATOR_VERSION
from trainer.simulate.workers import at_work, begin
from trainer.training.pair_source import FolderPairs, LivePairs
from trainer.training.processes import Processes


@contextmanager
def pairs_beside(
    folder: Path, wanted: BankOrder, group: Processes, live: torch.device | None = None
) -> Iterator[Callable[[int], Pair]]:
    """Pairs by their number, for as long as the block lasts; the first of many processes has them made for all.

    Args:
        folder: where they are kept. Those of another order, or of another simulator, are removed from it.
        live: None; or they are made there when they are asked for, and kept in memory alone.
    """
    if live is not None:
        source = LivePairs(wanted, device=live)
        try:
            yield source
        finally:
            source.close()
        return
    if group.first:
        _clear_others(folder, wanted)
    group.wait()
    if not group.first:
        yield FolderPairs(folder)
        return
    maker = multiprocessing.get_context("spawn").Process(target=_fill, args=(str(folder), wanted), daemon=True)
    maker.start()
    try:
        yield FolderPairs(folder, maker.is_alive)
    finally:
        maker.terminate()
        maker.join()


def told(wanted: BankOrder) -> dict[str, Any]:
    """What pairs are made by: their order, and the simulator that makes them."""
    return asdict(wanted) | {"simulator": SIMULATOR_VERSION, "draws": TRAINING_DRAWS}


def _fill(folder: str, order: BankOrder) -> None:
    begin()
    at_work(collections.deque, fill_bank(Path(folder), order), maxlen=0)


def _clear_others(folder: Path, wanted: BankOrder) -> None:
    """Remove pairs that an older run with another seed, size or spacing, or another simulator, left in the folder: the simulator
    keeps what is there.
    """
    label = folder / "order.json"
    order = json.dumps(told(wanted) | {"count": None})  # more or fewer of the same
    if not label.is_file() or label.read_text(encoding="utf-8") != order:
        for path in folder.glob("pair-*.npz"):
            path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    write_text(label, order)
