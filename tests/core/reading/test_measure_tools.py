"""The tools: each asks for as many points as it reads, and reads on the way what can be read."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.geometry import Grid, Point
from ankleviewer.core.imaging.planes import PLANES
from ankleviewer.core.reading.measure import Measure, Value
from ankleviewer.core.reading.measure_tools import BY_NAME, GUIDED, TOOLS, group_of, moved, parts, stored, summary, title, whole
from ankleviewer.core.volume import Volume

GRID = Grid.axis_aligned((40, 40, 40), 1.0, (0.0, 0.0, 0.0))
HU = np.zeros(GRID.shape, np.int16)
HU[10:21, 10:21, 10] = 300
VOLUME = Volume(HU, GRID)
UP = (0.0, 0.0, 1.0)
AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))

# kind: the points that are set, and what they read
CASES: dict[str, tuple[list[Point], dict[str, float]]] = {
    "distance": ([(0, 0, 0), (3, 4, 12)], {"length": 13.0}),
    "angle": ([(5, 0, 0), (0, 0, 0), (0, 7, 0)], {"angle": 90.0}),
    "region": ([(12, 12, 10), (18, 18, 10)], {"mean": 300, "SD": 0, "min": 300, "max": 300, "area": np.pi * 9, "voxels": 29}),
    "step-off": ([(5, 0, 10), (5, 10, 10), (5, 11, 12)], {"step-off": 2.0, "gap": 1.0}),
    "posterior fragment": (
        [(5, 0, 10), (5, 40, 10), (5, 30, 13)],
        {"share of AP length": 25.0, "fragment": 10.0, "plafond": 40.0},
    ),
    "medial clear space": ([(0, 5, 0), (3, 5, 0)], {"medial clear space": 3.0}),
    "tibiofibular": (
        [(20, 20, 5), (25, 15, 15), (27, 15, 15), (25, 20, 15), (28, 20, 15), (25, 25, 15), (29, 25, 15)],
        {"anterior": 2.0, "middle": 3.0, "posterior": 4.0, "above plafond": 10.0},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_tool_reads_its_points(name: str) -> None:
    tool, (points, wanted) = BY_NAME[name], CASES[name]
    assert len(points) == len(tool.steps)
    kept = stored(tool, points, AXES)
    values = tool.read(VOLUME, kept, UP)
    assert {v.name: v.number for v in values} == pytest.approx(wanted)
    measure = Measure(1, name, kept, UP, values)
    drawn = parts(measure)
    assert any(part.label for part in drawn)
    for value in values:
        if value.unit and (name, value.name) != ("tibiofibular", "above plafond"):
            label = " ".join(text for part in drawn for text in part.label)
            assert value.text.removesuffix(" HU") in label, "what is read is shown"
    assert len(summary(measure)) < 90 and title(name) == tool.title


@pytest.mark.parametrize("name", CASES)
def test_on_the_way_nothing_fails_and_points_are_drawn(name: str) -> None:
    tool, (points, _) = BY_NAME[name], CASES[name]
    for count in range(1, len(points)):
        kept = stored(tool, points[:count], AXES)
        drawn = parts(Measure(0, name, kept, UP, tool.read(VOLUME, kept, UP)))
        assert {p for part in drawn for p in part.line} >= set(kept)


def test_all_tools_have_a_case_a_key_and_what_a_user_must_know() -> None:
    assert set(CASES) == set(BY_NAME) and len({tool.key for tool in TOOLS}) == len(TOOLS)
    assert [tool.name for tool in GUIDED] == ["step-off", "posterior fragment", "medial clear space", "tibiofibular"]
    for tool in GUIDED:
        assert ";" in tool.about and ";" in tool.reported, "definition and reported values name a source: year; volume"
        assert all(step.planes and set(step.planes) <= set(PLANES) for step in tool.steps)


def test_the_tibiofibular_distances_appear_one_by_one() -> None:
    tool, (points, _) = BY_NAME["tibiofibular"], CASES["tibiofibular"]
    assert [v.name for v in tool.read(VOLUME, points[:4], UP)] == ["anterior", "above plafond"]
    assert [v.number for v in tool.read(VOLUME, points[:3], (0.0, 0.0, -1.0))] == [2.0, -10.0], (
        "the normal tells where the shaft lies"
    )
    assert tool.read(VOLUME, points[:2], UP) == ()


def test_which_points_share_a_slice() -> None:
    assert group_of(BY_NAME["distance"], 1) == (1,)
    assert group_of(BY_NAME["region"], 0) == (0, 1, 2)
    assert group_of(BY_NAME["step-off"], 2) == (0, 1, 2)
    assert group_of(BY_NAME["tibiofibular"], 0) == (0,) and group_of(BY_NAME["tibiofibular"], 3) == (1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize("name", CASES)
def test_a_measure_is_whole_with_the_points_that_its_kind_keeps(name: str) -> None:
    points = stored(BY_NAME[name], CASES[name][0], AXES)
    assert whole(Measure(1, name, points, UP, ()))
    for others in (points[:-1], (*points, points[0])):
        assert not whole(Measure(1, name, others, UP, ()))
    assert not whole(Measure(1, "of the future", points, UP, ()))


def test_dragging_a_region_moves_it_or_changes_one_half_axis() -> None:
    region = BY_NAME["region"]
    kept = stored(region, CASES["region"][0], AXES)
    assert kept == ((15.0, 15.0, 10.0), (18.0, 15.0, 10.0), (15.0, 18.0, 10.0))
    assert moved(region, kept, 0, (16, 17, 10)) == ((16.0, 17.0, 10.0), (19.0, 17.0, 10.0), (16.0, 20.0, 10.0))
    assert moved(region, kept, 1, (20, 19, 10)) == (kept[0], (20.0, 15.0, 10.0), kept[2])
    assert moved(region, kept, 2, (15, 3, 10))[2] == (15.0, 15.05, 10.0), "it cannot be turned inside out"
    assert moved(BY_NAME["distance"], [(0, 0, 0), (1, 0, 0)], 1, (2, 2, 2)) == ((0, 0, 0), (2.0, 2.0, 2.0))


def test_a_flat_region_and_one_without_voxels_are_refused() -> None:
    region = BY_NAME["region"]
    with pytest.raises(ValueError, match="shorter"):
        stored(region, [(5, 5, 5), (9, 5, 5)], AXES)
    with pytest.raises(ValueError, match="outside"):
        region.read(VOLUME, ((90.0, 5.0, 5.0), (93.0, 5.0, 5.0), (90.0, 8.0, 5.0)), UP)


def test_a_kind_of_a_newer_program_keeps_its_name_and_values() -> None:
    newer = Measure(4, "talar tilt", ((0, 0, 0), (1, 1, 1)), None, (Value("tilt", 3.21, "degrees"), Value("side", 2.0, "mm")))
    assert title("talar tilt") == "talar tilt" and summary(newer) == "tilt 3.2°, side 2.0 mm"


@pytest.mark.parametrize(
    ("points", "why"),
    [
        (((0.0, -10.0, 0.0), (0.0, 10.0, 0.0), (0.0, 12.0, 1.0)), "beside the plafond"),
        (((0.0, -10.0, 0.0), (0.0, 10.0, 0.0), (0.0, -11.0, 1.0)), "beside the plafond"),
    ],
)
def test_a_posterior_fragment_that_cannot_be_is_none(points, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        BY_NAME["posterior fragment"].read(VOLUME, points, None)
