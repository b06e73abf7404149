"""subject: the strongest finding is pictured, and without one the joint, and without that the middle of the scan."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.display.framing import ANKLE_MARGIN_MM, BOX_MARGIN_MM
from ankleviewer.reports.subject import scene_of, strongest, with_other_ankles


def ankle(side: str = "R") -> SimpleNamespace:
    return SimpleNamespace(side=side, center_mm=(7.0, 8.0, 9.0), min_mm=(0.0, 0.0, 0.0), max_mm=(20.0, 20.0, 20.0))


def test_strongest(made) -> None:
    none, quiet, found = made.answer("not assessed", None), made.answer("no fracture", 0.1), made.answer()
    assert strongest([none, quiet, found]) is found
    assert strongest([none, quiet]) is quiet
    assert strongest([none]) is None
    weak, strong = made.answer("uncertain", 0.5), made.answer(chance=0.99, ankle=1)
    assert strongest([weak, strong]) is strong
    loud = made.answer(chance=0.995, name="other")
    assert strongest([weak, strong, loud], "compact") is strong and strongest([weak, strong, loud]) is loud
    assert strongest([loud], "compact") is loud


def test_other_ankles_follow_where_the_same_model_suspects_something(made) -> None:
    right, left = made.answer(), made.answer("uncertain", 0.5, ankle=1)
    others = [made.answer(name="other"), made.answer(name="other", ankle=1)]
    assert with_other_ankles([right, left, *others], left) == [left, right]
    assert with_other_ankles([right, made.answer("no fracture", 0.1, ankle=1), *others], right) == [right]
    assert with_other_ankles([right, left], None) == [None]


def test_of_an_ankle_that_the_model_pictured_failed_on_another_model_s_finding_follows(made) -> None:
    right, failed = made.answer(), made.answer("not assessed", None, ankle=1)
    seen, quiet = made.answer(name="other", ankle=1), made.answer("no fracture", 0.1, name="third", ankle=1)
    assert with_other_ankles([right, failed, quiet, seen], right) == [right, seen]
    assert with_other_ankles([right, quiet, seen], right) == [right, seen]
    assert with_other_ankles([right, failed, quiet], right) == [right]


def test_scene_of_the_answer_s_own_ankle(made) -> None:
    volume, heat = made.scene().volume, made.scene().heat
    found = made.answer(ankle=1)
    scene, at, name = scene_of(volume, [ankle("R"), ankle("L")], {("compact", 1): heat}, found)
    assert name == "Left ankle" and at == made.BOX.center_mm and scene.heat is heat and scene.firm
    np.testing.assert_allclose(scene.region[0], -ANKLE_MARGIN_MM)
    # a model looks farther than the box of an ankle that landmarks alone made; what it marked there is shown with some room
    np.testing.assert_allclose(scene.region[1], np.maximum(np.array(made.BOX.max_mm) + BOX_MARGIN_MM, 20.0 + ANKLE_MARGIN_MM))
    quiet, joint, _ = scene_of(volume, [ankle()], {("compact", 0): heat}, made.answer("no fracture", 0.1))
    np.testing.assert_allclose(quiet.region[1], 20.0 + ANKLE_MARGIN_MM)
    assert joint == (7.0, 8.0, 9.0) and quiet.heat is None and not quiet.firm
    _, middle, unknown = scene_of(volume, [], {}, None)
    assert middle == pytest.approx((29.5, 29.5, 29.5)) and unknown == ""


def test_the_name_of_an_ankle_in_a_picture_is_its_own(made) -> None:
    right, left = ankle("unknown"), ankle("unknown")
    right.min_mm = (-40.0, 0.0, 0.0)
    names = [scene_of(made.scene().volume, [right, left], {}, made.answer(ankle=n))[2] for n in (0, 1)]
    assert names == [f"Ankle, side unknown, towards the patient's {side}" for side in ("right", "left")]
