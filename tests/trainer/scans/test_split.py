"""Splits by patient, leaks, and the numbers of the flow."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from trainer.scans.manifest import DataError, Row
from trainer.scans.split import SPLITS, LeakError, Prepared, check_leaks, flow, split_by_patient


def row(name: str, label: int, patient: str) -> Row:
    return Row(name, Path(f"{name}.nii.gz"), label, patient, "here", "", "")


def test_patients_are_split_70_15_15_and_fractures_evenly() -> None:
    rows = [row(f"s{i}-{k}", int(i % 5 == 0 and k == 0), f"p{i}") for i in range(200) for k in range(2)]
    splits = split_by_patient(rows)
    assert len(splits) == 200
    assert Counter(splits.values()) == {"train": 140, "validation": 30, "test": 30}
    fractured = Counter(splits[f"p{i}"] for i in range(0, 200, 5))
    assert fractured == {"train": 28, "validation": 6, "test": 6}


def test_the_split_depends_on_seed_and_patients_alone() -> None:
    rows = [row(f"s{i}", i % 2, f"p{i}") for i in range(60)]
    assert split_by_patient(rows[::-1]) == split_by_patient(rows)
    assert split_by_patient(rows, seed=1) != split_by_patient(rows)


def found(name: str, patient: str, split: str, excluded: str = "") -> Prepared:
    return Prepared(row(name, 0, patient), split, excluded, None)


def seen(items: list[Prepared], pixels: dict[str, str]) -> list[Prepared]:
    return [replace(item, pixels=pixels[item.row.id]) for item in items]


def test_leaks_are_found() -> None:
    fine = [found("a", "p1", "train"), found("b", "p1", "train"), found("c", "p2", "test")]
    assert check_leaks(seen(fine, {"a": "x", "b": "y", "c": "z"})) == []
    assert check_leaks(seen(fine, {"a": "x", "b": "x", "c": "z"})) == ["a and b: the same pixels, counted twice in train"]
    with pytest.raises(LeakError, match=r"scans a \(train\) and c \(test\) hold the same pixels"):
        check_leaks(seen(fine, {"a": "x", "b": "y", "c": "x"}))
    with pytest.raises(LeakError, match="one patient stands in train and in test"):
        check_leaks(seen([*fine, found("d", "p1", "test")], {"a": "x", "b": "y", "c": "z", "d": "w"}))
    check_leaks(seen([*fine, found("d", "p1", "", "ANKLE_INCOMPLETE")], {"a": "x", "b": "y", "c": "z", "d": "x"}))


def test_equal_pixels_with_other_labels_are_refused() -> None:
    other = replace(found("b", "p1", "train"), row=row("b", 1, "p1"))
    with pytest.raises(DataError, match="scans a and b hold the same pixels, but their labels differ"):
        check_leaks(seen([found("a", "p1", "train"), other], {"a": "x", "b": "x"}))


def test_the_flow_counts() -> None:
    items = [found("a", "p1", "train"), replace(found("b", "p2", "test"), row=row("b", 1, "p2")), found("c", "p3", "", "NO")]
    numbers = flow(items)
    assert (numbers["rows"], numbers["found"], numbers["not_found"]) == (3, 3, 0)
    assert (numbers["included"], numbers["positive"], numbers["negative"]) == (2, 1, 1)
    assert numbers["excluded"] == {"NO": 1}
    assert numbers["splits"]["test"] == {"positive": 1, "negative": 0}
    gone = flow([*items, replace(found("d", "p4", "", "FILE_NOT_FOUND"), there=False)])
    assert (gone["rows"], gone["found"], gone["not_found"], gone["included"]) == (4, 3, 1, 2)


def test_patients_keep_their_part_when_the_table_grows() -> None:
    rows = [row(f"s{i}", int(i % 3 == 0), f"p{i}") for i in range(90)]
    before = split_by_patient(rows[:60])
    assert split_by_patient(rows[:60], 0, before) == before == split_by_patient(rows[:60], 0, {})
    changed = [replace(r, label=1) if r.patient == "p1" else r for r in rows]  # the first fracture
    grown = split_by_patient(changed, 0, before)
    assert {p: grown[p] for p in before} == before and len(grown) == 90
    assert all(abs(Counter(grown.values())[name] - share * 90) <= 2 for name, share in SPLITS)
    one_sided = split_by_patient(rows, 0, dict.fromkeys([f"p{i}" for i in range(60)], "test"))
    assert Counter(one_sided.values()) == {"test": 60, "train": 24, "validation": 6}, "in proportion to what is lacking"
    assert split_by_patient(rows, 1, before) != split_by_patient(rows, 0, before)
