"""Folds: every scan once, patients whole, both classes in each, the same for the same seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer.scans.folds import folds
from trainer.scans.manifest import Row
from trainer.scans.prepare import Prepared


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


def test_too_few_patients_of_a_class_are_refused() -> None:
    few = [scan(n, f"q{n}", int(n < 3)) for n in range(20)]
    with pytest.raises(AnkleViewerError, match="DATA_TOO_FEW: 3 patients with a fracture to train on are too few for 5 folds"):
        folds(few, 5)
