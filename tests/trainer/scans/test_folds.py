"""Folds: every scan once, patients whole, both classes in each, the same for the same seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer.scans.folds import folds
from trainer.scans.manifest import Row
from trainer.scans.split import Prepared


def scan(n: int, patient: str, label: int) -> Prepared:
    return Prepared(Row(f"s{n}", Path(f"s{n}.nii.gz"), label, patient, "", "", ""), "train", "", Path(f"s{n}.npy"))


SCANS = [scan(n, f"p{n // 2}", int(n // 2 % 3 == 0)) for n in range(60)]  # two scans a patient, ten of thirty fractured


def test_folds_are_a_partition_by_patient() -> None:
    parts = folds(SCANS, 5, 1)
    assert sorted(p.row.id for part in parts for p in part) == sorted(p.row.id for p in SCANS)
    homes: dict[str, set[int]] = {}
    for k, part in enumerate(parts):
        for item in part:
            homes.setdefault(item.row.patient, set()).add(k)
    assert all(len(h) == 1 for h in homes.values())
    assert [sum(p.row.label for p in part) for part in parts] == [4] * 5
    assert {len(part) for part in parts} == {12}


def test_the_same_seed_gives_the_same_folds() -> None:
    assert folds(SCANS, 5, 1) == folds(SCANS[::-1], 5, 1) or [{p.row.id for p in part} for part in folds(SCANS[::-1], 5, 1)] == [
        {p.row.id for p in part} for part in folds(SCANS, 5, 1)
    ]
    assert folds(SCANS, 5, 1) != folds(SCANS, 5, 2)


def test_uneven_numbers_spread_as_evenly_as_they_can() -> None:
    some = [scan(n, f"q{n}", int(n < 7)) for n in range(19)]
    sizes = [len(part) for part in folds(some, 5)]
    assert max(sizes) - min(sizes) <= 1
    assert all({p.row.label for p in part} == {0, 1} for part in folds(some, 5))


@pytest.mark.parametrize(
    ("both", "fractured", "unfractured"), [(4, 0, 0), (12, 0, 0), (2, 3, 3), (1, 9, 3), (3, 1, 6), (6, 3, 5)]
)
@pytest.mark.parametrize("count", [2, 4])
def test_patients_with_scans_of_both_classes_stand_in_for_one_of_each(
    both: int, fractured: int, unfractured: int, count: int
) -> None:
    """As `simulate --twins` makes them, or where a patient's sound side was scanned, too."""
    held = [(0, 1)] * both + [(1,)] * fractured + [(0,)] * unfractured
    some = [scan(10 * n + label, f"q{n}", label) for n, labels in enumerate(held) for label in labels]
    for seed in range(5):
        parts = folds(some, count, seed)
        assert sorted(p.row.id for part in parts for p in part) == sorted(p.row.id for p in some)
        patients = [{p.row.patient for p in part} for part in parts]
        assert sum(map(len, patients)) == len(held)
        for label in (0, 1):
            numbers = [sum(p.row.label == label for p in part) for part in parts]
            assert min(numbers) >= 1 and max(numbers) - min(numbers) <= 1
        assert max(map(len, patients)) - min(map(len, patients)) <= 1


def test_one_picture_under_two_names_stands_in_one_part() -> None:
    """Else a network is judged by what it has learnt: b's scan is a's second, and c's is b's second."""
    twice = {"s0": "1", "s1": "2", "s2": "2", "s3": "3", "s4": "3"}
    some = [scan(n, f"p{n // 2}" if n < 5 else f"q{n}", n % 2) for n in range(30)]
    for seed in range(4):
        parts = folds([replace(item, pixels=twice.get(item.row.id, item.row.id)) for item in some], 4, seed)
        (home,) = (part for part in parts if any(item.row.id == "s0" for item in part))
        assert {"s0", "s1", "s2", "s3", "s4"} <= {item.row.id for item in home}
    apart = [folds(some, 4, seed) for seed in range(4)]
    assert any({"s0", "s4"} & {p.row.id for p in part} not in (set(), {"s0", "s4"}) for parts in apart for part in parts)


def test_too_few_patients_of_a_class_are_refused() -> None:
    few = [scan(n, f"q{n}", int(n < 3)) for n in range(20)]
    with pytest.raises(
        AnkleViewerError, match="DATA_TOO_FEW: 3 patients with a fractured scan to train on are too few for 5 folds"
    ):
        folds(few, 5)
    with pytest.raises(AnkleViewerError, match="DATA_TOO_FEW: 1 patients with an unfractured scan"):
        folds([scan(0, "a", 1), scan(1, "a", 0), scan(2, "b", 1)], 2)
