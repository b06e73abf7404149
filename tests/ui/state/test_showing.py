"""With which answer a scan opens, where, and what of it belongs to the ankle shown."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.ui.state.reviewing import Reviewing
from ankleviewer.ui.state.showing import first_answer, input_of, middle_of, scene_of

MODELS = (SimpleNamespace(name="compact", default=True), SimpleNamespace(name="mobilenet", default=False))


def test_the_default_models_largest_probability_comes_first(fakes) -> None:
    small, large = fakes.answer("no fracture", ankle=0), fakes.answer("uncertain", ankle=1)
    other, none = fakes.answer(name="mobilenet", ankle=0), fakes.answer("not assessed", ankle=0)
    assert first_answer([small, large, other], MODELS, None) is large
    assert first_answer([none, other], MODELS, None) is other, "one that assessed it before one that did not"
    assert first_answer([small, large], MODELS, 0) is small, "where the reader looks"
    assert first_answer([large], MODELS, 0) is large
    assert first_answer([none, other], MODELS, 0) is other, "there, too"
    assert first_answer([small, other], MODELS, 0, "mobilenet") is other, "the model that was shown"
    assert first_answer([small, fakes.answer("not assessed", name="mobilenet", ankle=0)], MODELS, None, "mobilenet") is small


def test_what_the_model_shown_tells_apart() -> None:
    models = [SimpleNamespace(name="a", hu_range=(-200, 1500)), SimpleNamespace(name="b", hu_range=(-1000, 400))]
    assert input_of(models, "b", (0, 1)) == (-1000, 400)
    assert input_of(models, "", (0, 1)) == (-200, 1500), "the default comes first"
    assert input_of([], "a", (0, 1)) == (0, 1)


def test_the_middle_is_the_joint_or_that_of_the_scan(fakes) -> None:
    case = SimpleNamespace(scan=SimpleNamespace(volume=fakes.phantom()))
    assert middle_of(case, fakes.ankle()).tolist() == [0.0, 0.0, 130.0]
    assert middle_of(case, None).tolist() == [-0.5, -4.5, 139.5]


@pytest.mark.parametrize(("call", "shown"), [("fracture", True), ("uncertain", True), ("no fracture", False)])
def test_a_map_is_shown_only_with_an_answer_that_suspects_something(fakes, call: str, shown: bool) -> None:
    case, heat = SimpleNamespace(scan=SimpleNamespace(volume=fakes.phantom())), fakes.heat(fakes.first)
    answer = fakes.answer(call)
    scene = scene_of(case, fakes.ankle(), answer, {("compact", 0): heat}, Reviewing(None), coarse=False)
    assert (scene.heat is heat) == shown and scene.firm == (call == "fracture") and len(scene.judged) == len(answer.boxes)
    np.testing.assert_allclose(scene.region, [(-36.0, -40.0, 92.0), (36.0, 40.0, 188.0)])
    assert scene_of(case, None, None, {}, Reviewing(None), coarse=False).region is None
