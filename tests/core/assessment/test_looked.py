"""looked: places of synthetic maps are told by side, height and share; what is not known is not said."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.anatomy.landmarks import DOME, HEEL, LATERAL, MEDIAL, PLAFOND
from ankleviewer.core.assessment import looked as module
from ankleviewer.core.assessment.explain import HeatMap
from ankleviewer.core.assessment.looked import looked, sentences
from ankleviewer.core.assessment.result import Box, Looked, ModelAnswer, Runtime
from ankleviewer.core.geometry import Grid, standing

GRID = Grid.axis_aligned((64, 64, 64), 2.0, (-63.0, -63.0, 37.0))
JOINT = (0.0, 0.0, 100.0)


def heat_at(*places: tuple[tuple[float, float, float], float], cells: int = 16, threshold: float = 1.0) -> HeatMap:
    """Round spots of a height on a dark map."""
    mm = GRID.to_mm(np.stack(np.meshgrid(*map(np.arange, GRID.shape), indexing="ij"), axis=-1))
    values = np.zeros(GRID.shape, dtype=np.float32)
    for place, height in places:
        values += (height * np.exp(-((mm - place) ** 2).sum(axis=-1) / (2 * 5.0**2))).astype(np.float32)
    return HeatMap(values, GRID, threshold, reference=8.0, floor=0.5, cells=cells)


def box(mm: tuple[float, float, float], score: float, half: float = 14.0) -> Box:
    low, high = (tuple(v + d for v in mm) for d in (-half, half))
    return Box(score, mm, low, high, (0, 0, 0), (0, 0, 0), (1, 1, 1), (0, 0, 0))


def ankle(side: str = "L", **landmarks: tuple[float, float, float]) -> SimpleNamespace:
    names = {"plafond": PLAFOND, "medial": MEDIAL, "lateral": LATERAL, "dome": DOME, "heel": HEEL}
    return SimpleNamespace(side=side, center_mm=JOINT, landmarks=tuple((names[n], mm) for n, mm in landmarks.items()))


def answer(places: tuple[Looked, ...] = (), call: str = "fracture", boxes: int | None = None) -> ModelAnswer:
    chance = {"fracture": 0.9, "uncertain": 0.5, "no fracture": 0.05, "not assessed": None}[call]
    count = len(places) if boxes is None else boxes
    mine = tuple(box(JOINT, 0.5) for _ in range(count))
    return ModelAnswer("m", "1", "x", "released", 0, chance, call, mine, Runtime("CPU", 0.1), places)


@pytest.mark.parametrize(
    ("side", "mm", "across", "along", "height"),
    [
        ("L", (20.0, 0.0, 86.0), "lateral", "", -14.0),
        ("R", (20.0, 0.0, 86.0), "medial", "", -14.0),
        ("L", (-20.0, -12.0, 101.0), "medial", "anterior", 0.0),
        ("R", (-20.0, 15.0, 116.0), "lateral", "posterior", 16.0),
        ("R", (-20.0, 15.0, 110.0), "lateral", "posterior", 0.0),  # the bones' joint line is not known as well as that
        ("L", (20.0, 6.0, 86.0), "lateral", "", -14.0),  # beside the joint, not behind it
        ("unknown", (20.0, 0.0, 100.0), "left", "", 0.0),
        ("unknown", (-20.0, 0.0, 100.0), "right", "", 0.0),
    ],
)
def test_side_front_and_height_of_a_spot(
    side: str, mm: tuple[float, float, float], across: str, along: str, height: float
) -> None:
    (place,) = looked(heat_at((mm, 8.0)), [box(mm, 0.585014)], ankle(side))
    assert (place.across, place.along) == (across, along)
    assert place.height_mm == pytest.approx(height, abs=0.6)
    assert (place.joint, place.near) == ("joint line", "")
    assert place.share == 0.585014, "as the box says it, so that both read the same in per cent"


def test_a_place_is_where_the_map_is_and_not_the_middle_of_its_box() -> None:
    spot = (20.0, 0.0, 86.0)
    (place,) = looked(heat_at((spot, 8.0)), [box((22.0, 2.0, 100.0), 0.5, half=30.0)], ankle())
    assert place.height_mm == pytest.approx(-14.0, abs=0.6)
    (dark,) = looked(heat_at((spot, 0.5)), [box((22.0, 2.0, 115.0), 0.5)], ankle())  # nothing above the threshold: the box's own
    assert dark.height_mm == 15.0


def test_a_coarse_map_tells_no_small_distances() -> None:
    mm = (9.0, 0.0, 108.0)
    seen = ankle(plafond=JOINT)
    fine = looked(heat_at((mm, 8.0), cells=16), [box(mm, 0.5)], seen)[0]
    assert (fine.across, fine.height_mm) == ("lateral", pytest.approx(8.0, abs=0.6))
    coarse = looked(heat_at((mm, 8.0), cells=4), [box(mm, 0.5)], seen)[0]  # cells of 32 mm
    assert (coarse.across, coarse.along, coarse.height_mm) == ("", "", 0.0)


def test_landmarks_name_bones_and_turn_the_directions() -> None:
    spot = (25.0, 5.0, 85.0)
    seen = ankle("L", plafond=(0.0, 0.0, 95.0), medial=(-25.0, 0.0, 88.0), lateral=(28.0, 8.0, 82.0), heel=(5.0, 60.0, 60.0))
    (place,) = looked(heat_at((spot, 8.0)), [box(spot, 0.62)], seen)
    assert (place.across, place.joint, place.near) == ("lateral", PLAFOND, LATERAL)
    assert place.height_mm == pytest.approx(-10.0, abs=0.6)  # from the plafond that was seen, not from the ankle's centre
    far = looked(heat_at(((0.0, 0.0, 130.0), 8.0)), [box((0.0, 0.0, 130.0), 0.5)], seen)[0]
    assert far.near == ""
    # a leg that lies turned by 90 degrees: the fibula behind, the heel at the patient's right
    turned = ankle("L", medial=(0.0, -25.0, 90.0), lateral=(0.0, 28.0, 90.0), heel=(-60.0, 0.0, 60.0))
    (behind,) = looked(heat_at(((-20.0, 22.0, 100.0), 8.0)), [box((-20.0, 22.0, 100.0), 0.5)], turned)
    assert (behind.across, behind.along) == ("lateral", "posterior")


def test_while_the_side_is_unknown_nothing_is_called_medial_or_lateral() -> None:
    """Which malleolus is which is just what is not known then, also where the locator gives them names."""
    marks = {"plafond": (0.0, 0.0, 95.0), "medial": (-25.0, 0.0, 88.0), "lateral": (28.0, 8.0, 82.0), "dome": (0.0, 0.0, 90.0)}
    places = ((25.0, 5.0, 85.0), (-24.0, 2.0, 86.0), (2.0, 2.0, 88.0))
    blind = ankle("unknown", heel=(5.0, 60.0, 60.0), **marks)
    found = looked(heat_at(*((mm, 8.0) for mm in places)), [box(mm, 0.3, half=8.0) for mm in places], blind)
    assert [(f.across, f.near) for f in found] == [("left", ""), ("right", ""), ("", DOME)]
    assert "al malleolus" not in sentences(answer(found)) and "lateral" not in sentences(answer(found))
    mirrored = ankle("unknown", **marks | {"medial": marks["lateral"], "lateral": marks["medial"]})
    assert looked(heat_at((places[0], 8.0)), [box(places[0], 0.3, half=8.0)], mirrored)[0].across == "left"
    # turned by a right angle: a line through the malleoli tells nothing of left and right, the patient's own axes do
    turned = ankle("unknown", medial=(0.0, -25.0, 90.0), lateral=(0.0, 28.0, 90.0), heel=(-60.0, 0.0, 60.0))
    (beside,) = looked(heat_at(((-20.0, 22.0, 100.0), 8.0)), [box((-20.0, 22.0, 100.0), 0.5)], turned)
    assert (beside.across, beside.along) == ("right", "posterior")


def test_a_leg_that_lies_across_is_told_as_if_it_stood() -> None:
    """Upright the spot would lie lateral and below; the patient's leg points to the front."""
    stand = standing((0, -1, 0))
    upright = {"plafond": (0, 0, 0), "medial": (-25, 0, -12), "lateral": (28, 8, -16), "heel": (5, 60, -40)}
    marks = {name: tuple(mm @ stand + JOINT) for name, mm in upright.items()}
    spot = tuple(np.array([25.0, 5.0, -12.0]) @ stand + JOINT)
    seen = ankle("L", **marks)
    seen.up = (0.0, -1.0, 0.0)
    (place,) = looked(heat_at((spot, 8.0)), [box(spot, 0.62)], seen)
    assert (place.across, place.near) == ("lateral", LATERAL) and place.height_mm == pytest.approx(-12.0, abs=0.6)
    for blind in (ankle("unknown", plafond=marks["plafond"]), ankle("unknown", **marks)):
        blind.up = seen.up
        (place,) = looked(heat_at((spot, 8.0)), [box(spot, 0.62)], blind)
        assert (place.across, place.along) == ("aside", ""), "left and right in the scan say nothing of such a leg"
        assert place.height_mm == pytest.approx(-12.0, abs=0.6)
        text = sentences(answer((place,)))
        assert text == "Most of the map (62 %) lies beside the middle of the joint, about 12 mm below the plafond."
        middle = tuple(np.array([2.0, 1.0, -12.0]) @ stand + JOINT)
        (place,) = looked(heat_at((middle, 8.0)), [box(middle, 0.62)], blind)
        assert (place.across, place.along) == ("", "") and "lies in the middle of the joint" in sentences(answer((place,)))


@pytest.mark.parametrize("heel", [{}, {"heel": (0, -45, -40)}], ids=["no heel", "a heel before the joint"])
@pytest.mark.parametrize("side", ["L", "R"])
def test_front_and_back_of_a_leg_across_are_told_by_its_side(side: str, heel: dict[str, tuple[int, int, int]]) -> None:
    """The patient's back tells nothing there, a leg that is turned over may face any way; and nor does a heel that the locator
    was not sure of, which lies on either side.
    """
    out = 1.0 if side == "L" else -1.0
    upside_down = np.diag([-1.0, 1.0, -1.0])  # about the patient's front to back: its front stays in front
    upright = {"plafond": (0, 0, 0), "medial": (-25 * out, 0, -12), "lateral": (28 * out, 8, -16)} | heel
    seen = ankle(side, **{name: tuple(mm @ upside_down.T + JOINT) for name, mm in upright.items()})
    seen.up = (0.0, 0.0, -1.0)
    for behind, word in ((20.0, "posterior"), (-20.0, "anterior")):
        spot = tuple(upside_down @ np.array([0.0, behind, -6.0]) + JOINT)
        (place,) = looked(heat_at((spot, 8.0)), [box(spot, 0.62)], seen)
        assert place.along == word


@pytest.mark.parametrize("seen", [("medial", "lateral"), ("medial",), ("lateral",)])
@pytest.mark.parametrize("side", ["L", "R"])
def test_malleoli_the_other_way_round_than_the_side_tell_the_patients_sides(side: str, seen: tuple[str, ...]) -> None:
    """The side may come from the bones, the header or the other ankle: of two that disagree nobody knows which one is wrong."""
    leftwards = 1.0 if side == "L" else -1.0
    marks = {"medial": (-28.0, -3.0, 88.0), "lateral": (33.0, 8.0, 82.0)}  # of a left ankle
    right = {name: (leftwards * mm[0], *mm[1:]) for name, mm in marks.items() if name in seen}
    wrong = {name: (-mm[0], *mm[1:]) for name, mm in right.items()}
    spot = (leftwards * 30.0, 4.0, 84.0)  # outwards of an ankle of this side
    (place,) = looked(heat_at((spot, 8.0)), [box(spot, 0.7)], ankle(side, plafond=JOINT, **right))
    assert (place.across, place.near) == ("lateral", LATERAL if "lateral" in seen else "")
    (place,) = looked(heat_at((spot, 8.0)), [box(spot, 0.7)], ankle(side, plafond=JOINT, **wrong))
    assert (place.across, place.near) == ("left" if side == "L" else "right", "")


def test_words_for_one_two_and_more_places() -> None:
    first = Looked(0.62, "lateral", "", -14.0, PLAFOND, "")
    assert sentences(answer((first,))) == "Most of the map (62 %) lies lateral, about 14 mm below the plafond."
    near = replace(first, share=0.34, along="posterior", height_mm=0.0, joint="joint line", near=LATERAL)
    assert sentences(answer((near,))) == (
        "The largest part of the map (34 %) lies lateral and posterior, at the height of the joint line, "
        "near the lateral malleolus."
    )
    third = Looked(0.12, "", "", 9.0, "joint line", "")
    text = sentences(answer((first, near, third)))
    assert "A second place (34 %) lies lateral and posterior" in text and text.endswith("One further place is smaller.")
    assert sentences(answer((third,))).endswith("lies in the middle of the joint, about 9 mm above the joint line.")


def test_silence_or_a_reason_where_there_is_no_place() -> None:
    assert sentences(answer(call="not assessed")) == ""
    assert sentences(answer(call="no fracture")) == module.NO_MAP
    # far from bone, or too weak: the map may well be bright
    assert sentences(answer(call="uncertain")) == module.NO_PLACE and "at bone" in module.NO_PLACE
    assert sentences(answer(boxes=2)) == ""  # a result of an earlier version: boxes, but no places


def test_shares_are_never_nothing_nor_all() -> None:
    assert "(99 %)" in sentences(answer((Looked(1.0, "medial", "", 0.0, "joint line", ""),)))
    assert "(1 %)" in sentences(answer((Looked(0.001, "medial", "", 0.0, "joint line", ""),)))


def test_every_part_goes_through_the_translator() -> None:
    heard: list[str] = []

    def say(text: str) -> str:
        heard.append(text)
        return text

    sentences(answer((Looked(0.6, "medial", "anterior", 5.0, PLAFOND, MEDIAL), Looked(0.2, "", "", 0.0, "joint line", ""))), say)
    assert {module.MOST, module.SECOND, module.NEAR, module.BOTH, module.ABOVE, module.LEVEL, module.MIDDLE} <= set(heard)
    assert {"medial", "anterior", "plafond", "the medial malleolus", "joint line"} <= set(heard)
