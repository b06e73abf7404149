"""Batches: deterministic per step, twins that differ only at the fracture, labels, waiting and failing."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from trainer.simulate.pairs import Pair, load_pair, pair_path, save_pair
from trainer.training import data as module
from trainer.training.data import Batch, CropPlan, HardPlace, Inline, PairBank, Prefetch
from trainer.training.pair_source import FolderPairs

PLAN = CropPlan(24, 3, 2)


@pytest.fixture
def bank(bank_folder: Path) -> PairBank:
    return PairBank(FolderPairs(bank_folder), 8, 8, 0.0, 7)


def test_a_step_always_gives_the_same_batch(bank: PairBank) -> None:
    one, two, other = bank.batch(3, PLAN), bank.batch(3, PLAN), bank.batch(4, PLAN)
    for name in ("hu", "crack", "changed", "label"):
        assert torch.equal(getattr(one, name), getattr(two, name))
    assert not torch.equal(one.hu, other.hu)


def test_the_form_of_a_batch(bank: PairBank) -> None:
    batch = bank.batch(0, PLAN)
    assert batch.hu.shape == batch.crack.shape == batch.changed.shape == (8, 1, 24, 24, 24)
    assert batch.twins == 6 and batch.label.shape == (8, 1)
    assert torch.equal(batch.label[:, 0] > 0, batch.crack.flatten(1).any(dim=1))
    assert (batch.crack <= batch.changed).all(), "a crack is a change"


def test_twins_differ_only_where_changed(bank: PairBank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "vary_hu", lambda rng, hu, strength: hu)
    seen = 0
    for step in range(6):
        batch = bank.batch(step, PLAN)
        for row in range(0, batch.twins, 2):
            change = (batch.hu[row] - batch.hu[row + 1]).abs()
            assert float(change[~batch.changed[row]].max()) <= module.VISIBLE_HU
            assert not batch.crack[row + 1].any() and not batch.changed[row + 1].any() and batch.label[row + 1] == 0
            if batch.label[row]:
                seen += 1
                assert float(change[batch.crack[row]].min()) > module.VISIBLE_HU, "a crack that leaves no trace is not asked for"
    assert seen > 6


def test_part_of_the_fractures_may_be_cut_into_whole_bone(bank: PairBank, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, float]] = []
    original = module.cut
    monkeypatch.setattr(
        module, "cut", lambda rng, volume, size, spacing: asked.append((size, spacing)) or original(rng, volume, size, spacing)
    )
    plain = bank.batch(0, PLAN)
    assert not asked and torch.equal(plain.hu, bank.batch(0, replace(PLAN, cuts=0.0)).hu)
    batches = [bank.batch(step, replace(PLAN, cuts=1.0)) for step in range(4)]
    assert len(asked) == 4 * PLAN.pairs and {size for size, _ in asked} == {24}
    assert {mm for _, mm in asked} <= {float(str(bank.pair(n).meta["spacing"])) for n in range(8)}
    for batch in batches:
        assert batch.twins == 6 and (batch.crack <= batch.changed).all() and not batch.crack[1 : batch.twins : 2].any()
        assert torch.equal(batch.label[:, 0] > 0, batch.crack.flatten(1).any(dim=1))
    assert sum(float(batch.label[: batch.twins].sum()) for batch in batches) > 6


def test_edges_are_varied_where_asked_for(bank: PairBank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "vary_edges", lambda rng, hu: hu + 5000)
    assert float(bank.batch(0, replace(PLAN, edges=True)).hu.min()) > 2000 > float(bank.batch(0, PLAN).hu.min())


def test_a_lesson_may_start_with_plain_fractures(bank_folder: Path, bank: PairBank, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    original = PairBank._twins
    monkeypatch.setattr(
        PairBank, "_twins", lambda s, r, p, plan: drawn.append(str(p.meta["severity"])) or original(s, r, p, plan)
    )
    there = {str(load_pair(p).meta["severity"]) for p in bank_folder.glob("*.npz")}
    wanted = min(there)
    for step in range(4):
        bank.batch(step, replace(PLAN, severities=(wanted,)))
    assert set(drawn) == {wanted}
    monkeypatch.setattr(module, "MOST_TRIES", 5)
    with pytest.raises(ValueError, match="hardly any of the first 8 pairs is shattered and 24 voxels wide"):
        bank.batch(0, replace(PLAN, severities=("shattered",)))
    trial = PairBank(bank.pair, 8, 8, 0.0, 7, any_kind=True)
    monkeypatch.setattr(module, "MOST_TRIES", 1000)
    assert len(trial.batch(0, replace(PLAN, severities=("shattered",))).label) == len(bank.batch(0, PLAN).label)
    same = [b.batch(1, replace(PLAN, severities=(wanted,))).hu for b in (bank, trial)]
    assert torch.equal(*same), "where the kind is there, it is drawn as ever"
    monkeypatch.setattr(module, "MOST_TRIES", 5)
    with pytest.raises(ValueError, match="of any kind and 40 voxels wide"):
        bank.batch(0, replace(PLAN, size=40))


def test_large_crops_come_from_large_pairs(bank_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = load_pair(pair_path(bank_folder, 0))
    small = replace(large, **{k: getattr(large, k)[:20, :20, :20] for k in ("fractured", "intact", "crack")})
    for index, pair in enumerate((small, large, small)):
        save_pair(pair, pair_path(tmp_path, index))
    batch = PairBank(FolderPairs(tmp_path), 3, 3, 0.0, 7).batch(0, PLAN)
    assert batch.hu.shape == (8, 1, 24, 24, 24)
    assert PairBank(FolderPairs(tmp_path), 3, 3, 0.0, 7).batch(0, replace(PLAN, size=20)).hu.shape == (8, 1, 20, 20, 20)


def test_whole_ankles_are_only_mirrored(bank: PairBank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "turn", lambda *a: pytest.fail("turned"))
    assert bank.batch(0, replace(PLAN, whole=True)).hu.shape[0] == 8


def test_the_bank_grows_with_the_steps(bank_folder: Path) -> None:
    drawn: list[int] = []
    source = FolderPairs(bank_folder)
    bank = PairBank(lambda index: drawn.append(index) or source(index), 8, 2, 0.5, 7)
    for step in range(4):
        bank.batch(step, PLAN)
    assert max(drawn) <= 3
    for step in range(100, 106):
        bank.batch(step, PLAN)
    assert max(drawn) == 7


def test_hard_places_are_looked_at_again_from_their_step_on(bank: PairBank, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[int, bool]] = []
    real = bank._single

    def single(rng: np.random.Generator, pair: Pair, broken: bool, box: tuple[slice, ...], plan: CropPlan) -> Any:
        shown.append((box[0].start, broken))
        return real(rng, pair, broken, box, plan)

    monkeypatch.setattr(bank, "_single", single)
    place = HardPlace(3, True, (12, 15, 16))
    plan = replace(PLAN, hard=1.0, size=8)
    bank.hard = [(5, [place])]
    bank.batch(4, plan)
    assert len(shown) == 2
    shown.clear()
    for step in range(5, 15):
        batch = bank.batch(step, plan)
        assert batch.hu.shape == (8, 1, 8, 8, 8)
    assert len(shown) == 20 and all(broken for _, broken in shown)
    assert {start for start, _ in shown} == {7, 8, 9}, "near the place, which does not lie at the crop's middle every time"


def numbered(step: int) -> Batch:
    empty = torch.zeros(0)
    return Batch(torch.full((1,), float(step)), empty, empty, empty, 0)


def test_batches_worked_out_in_the_loop_keep_the_order_and_count_their_time() -> None:
    def slow(step: int) -> Batch:
        time.sleep(0.01)
        return numbered(step)

    source = Inline(slow, 5, 40)
    assert [float(source.get().hu) for _ in range(3)] == [5.0, 6.0, 7.0]
    assert source.waited >= 0.03
    source.close()


def test_prefetching_keeps_the_order_and_ends() -> None:
    source = Prefetch(numbered, 5, 40)
    assert [float(source.get().hu) for _ in range(35)] == list(np.arange(5.0, 40.0))
    assert source.waited >= 0
    source.close()
    assert not source._thread.is_alive()


def test_a_prefetch_that_waits_for_a_pair_holds_nobody_up() -> None:
    """After Ctrl-C the simulator is ended next, and the one that waits for its pairs with it."""
    simulator = threading.Event()
    source = Prefetch(lambda step: simulator.wait(60) or numbered(step), 0, 9)
    start = time.monotonic()
    source.close()
    assert time.monotonic() - start < 5
    simulator.set()
    source._thread.join(5)
    assert not source._thread.is_alive()


def test_twins_show_a_crack_where_pairs_have_one(bank: PairBank, monkeypatch: pytest.MonkeyPatch) -> None:
    real, drawn = bank._draw, []

    def sometimes_none(rng, usable, size, severities=()):  # type: ignore[no-untyped-def]
        pair = real(rng, usable, size, severities)
        drawn.append(pair)
        return pair if len(drawn) % 3 == 0 else replace(pair, crack=np.zeros_like(pair.crack))

    monkeypatch.setattr(bank, "_draw", sometimes_none)
    assert bank._draw_cracked(np.random.default_rng(1), 4, 16, ()).crack.any() and len(drawn) == 3
    monkeypatch.setattr(bank, "_draw", lambda *_: replace(drawn[0], crack=np.zeros_like(drawn[0].crack)))
    assert not bank._draw_cracked(np.random.default_rng(1), 4, 16, ()).crack.any(), "no end without one"


def test_a_prefetch_can_be_closed_early_and_hands_on_errors() -> None:
    source = Prefetch(numbered, 0, 1000)
    source.get()
    start = time.monotonic()
    source.close()
    assert not source._thread.is_alive() and time.monotonic() - start < 5

    def broken(step: int) -> Batch:
        raise OSError("disk gone")

    failing = Prefetch(broken, 0, 3)
    with pytest.raises(OSError, match="disk gone"):
        failing.get()
    failing.close()
