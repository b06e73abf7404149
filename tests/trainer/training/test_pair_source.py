"""Where pairs come from: a folder that fills, or the simulator itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from trainer.simulate.atlas import Atlas
from trainer.simulate.pairs import BankOrder, Pair, load_pair, make_pair, pair_path, save_pair
from trainer.training import pair_source as module
from trainer.training.pair_source import FolderPairs, LivePairs


def test_pairs_that_are_not_there_yet_are_waited_for(bank_folder: Path, tmp_path: Path) -> None:
    pair = load_pair(pair_path(bank_folder, 0))
    later = threading.Timer(0.2, lambda: save_pair(pair, pair_path(tmp_path, 0)))
    later.start()
    np.testing.assert_array_equal(FolderPairs(tmp_path)(0).intact, pair.intact)
    later.join()


def test_nobody_waits_for_a_simulator_that_has_stopped(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the simulator has stopped"):
        FolderPairs(tmp_path, alive=lambda: False)(0)


@pytest.mark.timeout(170)
def test_live_pairs_are_those_of_the_simulator_and_touch_no_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    live = LivePairs(BankOrder(5, 3, 24, 0, 4.0), ahead=1)
    try:
        pair = live(1)
    finally:
        live.close()
    expected = make_pair(5, 1, 24, 4.0)
    np.testing.assert_array_equal(pair.fractured, expected.fractured)
    np.testing.assert_array_equal(pair.crack, expected.crack)
    assert live(1) is pair, "kept in memory"
    assert not list(tmp_path.iterdir())


def test_pairs_are_made_in_order_and_once(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def make(order: BankOrder, index: int, device: object = "cpu") -> Pair:
        made.append(index)
        empty = np.zeros((2, 2, 2), dtype=np.int16)
        return Pair(empty, empty, empty.astype(bool), {"index": index})

    monkeypatch.setattr(module, "_make", make)
    monkeypatch.setattr(module, "Workers", Threads)
    live = LivePairs(BankOrder(5, 10, 24), ahead=3)
    assert live(2).meta["index"] == 2 and live(0).meta["index"] == 0 and live(9).meta["index"] == 9
    live.close()
    assert sorted(made) == list(range(10)), "each once, none beyond the bank"


class Threads(ThreadPoolExecutor):
    """In the place of `Workers`, so that what is replaced here is replaced there."""

    def end(self) -> None:
        self.shutdown()
