"""Localisation figures on boxes whose overlap is known by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.evaluation.localise import Pointing, iou, localisation, score

CRACK = {"center_mm": [0, 0, 0], "min_mm": [-3, -0.5, -3], "max_mm": [3, 0.5, 3]}
DILATED = ((-5, -2.5, -5), (5, 2.5, 5))
NUMBERS = st.tuples(*[st.integers(-6, 6)] * 3)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_iou_counts_unit_cubes(a: tuple[int, ...], b: tuple[int, ...], c: tuple[int, ...], d: tuple[int, ...]) -> None:
    boxes = [(np.minimum(*pair), np.maximum(*pair)) for pair in ((np.array(a), np.array(b)), (np.array(c), np.array(d)))]
    cubes = [set(product(*(range(i, j) for i, j in zip(lo, hi, strict=True)))) for lo, hi in boxes]
    union = len(cubes[0] | cubes[1])
    assert iou(*boxes) == pytest.approx(len(cubes[0] & cubes[1]) / union if union else 0.0)


def test_a_perfect_answer() -> None:
    found = score(Pointing((DILATED,), (4, 2, 4)), [CRACK])
    assert (found.pointed, found.hit, found.holds, found.error_mm) == (True, True, True, 0.0)


def test_peak_beside_the_dilated_box_does_not_count() -> None:
    assert not score(Pointing((), (0, 2.6, 0)), [CRACK]).pointed
    assert score(Pointing((), (0, 2.5, 0)), [CRACK]).pointed
    assert not score(Pointing((), None), [CRACK]).pointed


def test_a_box_too_large_is_no_hit_but_holds_the_centre() -> None:
    found = score(Pointing((((-20, -20, -20), (20, 20, 20)),), None), [CRACK])
    assert not found.hit
    assert found.holds


def test_nearest_fracture_counts_and_only_the_strongest_box_is_measured() -> None:
    far = {"center_mm": [50, 0, 0], "min_mm": [48, 0, 0], "max_mm": [52, 0, 0]}
    found = score(Pointing((((48, -2, -2), (54, 2, 2)), DILATED), None), [CRACK, far])
    assert found.error_mm == pytest.approx(1.0)
    assert found.hit
    assert not score(Pointing((((90, 0, 0), (92, 2, 2)), DILATED), None), [CRACK]).holds


def test_an_answer_of_the_other_ankle_is_told() -> None:
    here, there = (3.0, 0.0, 1.0), (90.0, 5.0, 0.0)
    assert score(Pointing((), None, None, (here, there)), [CRACK]).ankle is True
    assert score(Pointing((), None, None, (there, here)), [CRACK]).ankle is False
    far = {"center_mm": [88, 0, 0], "min_mm": [87, 0, 0], "max_mm": [89, 0, 0]}
    assert score(Pointing((), None, None, (there, here)), [CRACK, far]).ankle is True, "both are broken"
    assert score(Pointing((), None, None, (here,)), [CRACK]).ankle is None
    pointings = [Pointing((), None, None, ankles) for ankles in ((here, there), (there, here), (here,), (there, here))]
    found = localisation(pointings, [[CRACK], [CRACK], [CRACK], []])
    assert (found["right_ankle_of_several"]["value"], found["right_ankle_of_several"]["n"]) == (0.5, 2)
    assert "right_ankle_of_several" not in localisation(pointings[2:3], [[CRACK]])


def test_misses_count_and_silence_on_unfractured_scans_is_good() -> None:
    pointings = [Pointing((DILATED,), (0, 0, 0)), Pointing((), None), Pointing((), (1, 1, 1)), Pointing((DILATED,), (0, 0, 0))]
    found = localisation(pointings, [[CRACK], [CRACK], [], []])
    assert found["pointing_game"]["value"] == 0.5
    assert found["box_hit"]["value"] == 0.5
    assert found["unfractured_without_box"]["value"] == 0.5
    assert found["centre_error_mm"] == {"n": 1, "median": 0.0, "quartiles": [0.0, 0.0]}
    assert "pointing_game" not in localisation([Pointing((), None)], [[]])


def test_scans_of_one_patient_are_no_independent_scans() -> None:
    hit, miss = Pointing((DILATED,), (0, 0, 0)), Pointing((), None)
    pointings = [p for p in (hit, miss, hit, hit, miss, hit) for _ in range(5)]
    truths = [[CRACK]] * 30
    apart = localisation(pointings, truths)["box_hit"]
    together = localisation(pointings, truths, [str(i // 5) for i in range(30)])["box_hit"]
    assert together["value"] == apart["value"]
    assert together["high"] - together["low"] > 1.5 * (apart["high"] - apart["low"])
