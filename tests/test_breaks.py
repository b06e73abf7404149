"""Breaks: one leg, whole and broken at each height, is put to models, and the table tells what they missed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.inference import locator
from benchmarks import breaks, phantoms
from benchmarks.breaks import HEIGHTS_MM, Asked, ask, legs, table


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phantoms, "FINE_MM", 2.0)
    monkeypatch.setattr(breaks, "VOXEL_MM", (2.0, 2.0, 2.0))


def test_only_the_fibula_changes_and_higher_breaks_lie_higher(bones: Path) -> None:
    scans = dict(legs(bones, 1, 0))
    assert list(scans) == [None, *HEIGHTS_MM]
    whole, places = scans[None], []
    for height in HEIGHTS_MM:
        scan = scans[height]
        assert scan.grid == whole.grid
        changed = np.abs(scan.hu.astype(int) - whole.hu) > 150
        assert 0 < changed.mean() < 0.01, "a break, and else the same scan"
        k = np.argwhere(changed)[:, 2]
        places.append(float(scan.grid.to_mm([0, 0, float(k.min())])[2]))  # the part that moved reaches up from there
    assert places == sorted(places) and places[-1] - places[0] > 30


def test_every_model_is_asked_about_the_same_place(bones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = SimpleNamespace(centre_mm=(0.0, 0.0, 0.0))
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
    assert said[0] == Asked("m", 0, None, 0.25, "no fracture") and said[-1].leg == 1 and said[-1].height_mm == HEIGHTS_MM[-1]


def test_the_table_marks_what_is_missed() -> None:
    said = [Asked("m", 0, None, 0.1, "no fracture")]
    said += [Asked("m", 0, mm, 0.9, "fracture") for mm in HEIGHTS_MM[:-2]]
    said += [Asked("m", 0, HEIGHTS_MM[-2], 0.4, "uncertain"), Asked("m", 0, HEIGHTS_MM[-1], 0.2, "no fracture")]
    head, line, sum_up = table(said).splitlines()
    assert head.split()[2:] == ["whole", *f"{' mm '.join(map(str, HEIGHTS_MM))} mm".split()]
    assert line.split() == ["m,", "0", "0.10", *["0.90"] * (len(HEIGHTS_MM) - 2), "0.40", "0.20!"]
    assert sum_up == f"m: {len(HEIGHTS_MM) - 2} of {len(HEIGHTS_MM)} called fracture, 1 no fracture"
