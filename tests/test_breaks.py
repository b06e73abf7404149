"""Breaks: one leg, whole and broken at each height, is put to models, and the table tells what they missed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.inference import locator
from benchmarks import breaks, phantoms
from benchmarks.breaks import HEIGHTS_MM, PLAIN, Asked, Break, ask, legs, table


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phantoms, "FINE_MM", 2.0)
    monkeypatch.setattr(breaks, "VOXEL_MM", (2.0, 2.0, 2.0))


def test_only_the_fibula_changes_and_higher_breaks_lie_higher(bones: Path) -> None:
    scans = dict(legs(bones, 1, 0, PLAIN))
    assert list(scans) == [None, *PLAIN]
    whole, places = scans[None], []
    for at in PLAIN:
        scan = scans[at]
        assert scan.grid == whole.grid
        changed = np.abs(scan.hu.astype(int) - whole.hu) > 150
        assert 0 < changed.mean() < 0.01, "a break, and else the same scan"
        k = np.argwhere(changed)[:, 2]
        places.append(float(scan.grid.to_mm([0, 0, float(k.min())])[2]))  # the part that moved reaches up from there
    assert places == sorted(places) and places[-1] - places[0] > 30


def test_a_gap_as_told_is_wider_where_it_is_to_be_and_nothing_moves_without_a_step(bones: Path) -> None:
    told = [Break(40, gap, 0.0) for gap in (2.0, 6.0)]
    (_, whole), (_, narrow), (_, wide) = legs(bones, 1, 0, told)
    changed = [np.argwhere(np.abs(scan.hu.astype(int) - whole.hu) > 150) for scan in (narrow, wide)]
    assert 0 < len(changed[0]) < len(changed[1])
    assert np.ptp(changed[1][:, 2]) * 2.0 < 20, "nothing but the gap"


def test_every_model_is_asked_about_the_same_place(bones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = SimpleNamespace(center_mm=(0.0, 0.0, 0.0))
    looked: list[object] = []
    monkeypatch.setattr(locator, "ankles_in", lambda scan: looked.append(scan) or (found,))
    asked: list[object] = []

    class Model:
        pack = SimpleNamespace(name="m")

        def predict(self, scan: object, ankle: object) -> tuple[object, None]:
            asked.append(ankle)
            return SimpleNamespace(probability=0.25, call="no fracture"), None

    said = list(ask([Model(), Model()], bones, 1, 2))  # type: ignore[list-item]
    assert len(said) == len(asked) == 2 * 2 * (1 + len(HEIGHTS_MM)) and len(looked) == 2
    assert all(ankle is found for ankle in asked)
    assert said[0] == Asked("m", 0, None, 0.25, "no fracture") and said[-1].leg == 1 and said[-1].broken == PLAIN[-1]


def test_the_table_marks_what_is_missed() -> None:
    said = [Asked("m", 0, None, 0.1, "no fracture")]
    said += [Asked("m", 0, at, 0.9, "fracture") for at in PLAIN[:-2]]
    said += [Asked("m", 0, PLAIN[-2], 0.4, "uncertain"), Asked("m", 0, PLAIN[-1], 0.2, "no fracture")]
    head, line, sum_up = table(said).splitlines()
    assert head.split()[2:] == ["whole", *f"{' mm '.join(map(str, HEIGHTS_MM))} mm".split()]
    assert line.split() == ["m,", "0", "0.10", *["0.90"] * (len(HEIGHTS_MM) - 2), "0.40", "0.20!"]
    assert sum_up == f"m: {len(HEIGHTS_MM) - 2} of {len(HEIGHTS_MM)} called fracture, 1 no fracture"


def test_every_gap_and_step_has_a_line_of_its_own() -> None:
    said = [Asked("m", 2, None, 0.1, "no fracture")]
    said += [Asked("m", 2, Break(mm, gap, 3.0), gap / 10, "uncertain") for mm in (18.0, 40.0) for gap in (0.6, 2.0)]
    head, *lines, _ = table(said).splitlines()
    assert head.split()[2:] == ["whole", "18", "mm", "40", "mm"]
    assert [line.split() for line in lines] == [
        ["m,", "2,", "gap", gap, "mm,", "step", "3", "mm", "0.10", p, p] for gap, p in (("0.6", "0.06"), ("2", "0.20"))
    ]
