"""The tools: which points a measure needs, step by step, what is read off them, and how it is drawn. Plain data and pure
functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ankleviewer.core.geometry import Point
from ankleviewer.core.reading.ankle_measures import medial_clear_space, posterior_share, step_off, syndesmosis
from ankleviewer.core.reading.measure import Measure, Value, angle_degrees, distance_mm, point
from ankleviewer.core.reading.region import ellipse_from_corners, outline, region_statistics
from ankleviewer.core.volume import Volume

SIDES = ("anterior", "middle", "posterior")
RowsAndColumns = tuple[Sequence[float], Sequence[float]]  # unit vectors of a slice's rows and columns, LPS


@dataclass(frozen=True)
class Step:
    """A point to set: what to say, the planes it may be set on (() = any), and its group; points of a group share one slice."""

    prompt: str
    planes: tuple[str, ...] = ()
    group: int | None = None


@dataclass(frozen=True)
class Part:
    """A line to draw through LPS points (one point: the point alone), and the lines of its label."""

    line: tuple[Point, ...]
    label: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tool:
    """A kind of measure.

    Attributes:
        name: stable, written in journals; title: for people; key: its shortcut.
        steps: the points to set, in order.
        read: values that a volume, the points so far, and the plane's normal (of the syndesmosis the shaft's direction) give (as
            many as can be told); ValueError where the points give none.
        draw: lines and labels for the points so far and their values.
        about: what is measured and where it is defined; reported: what the literature reports, for information.
    """

    name: str
    title: str
    key: str
    steps: tuple[Step, ...]
    read: Callable[[Volume, Sequence[Point], Point | None], tuple[Value, ...]]
    draw: Callable[[Sequence[Point], Sequence[Value]], tuple[Part, ...]]
    about: str = ""
    reported: str = ""
    drags: bool = field(default=False)  # press, drag and release sets both of its points


# ---------------------------------------------------------------------------------------------------------------- what is read
def _distance(_volume: Volume, points: Sequence[Point], _normal: Point | None) -> tuple[Value, ...]:
    return (Value("length", distance_mm(*points), "mm"),) if len(points) == 2 else ()


def _angle(_volume: Volume, points: Sequence[Point], _normal: Point | None) -> tuple[Value, ...]:
    return (Value("angle", angle_degrees(*points), "degrees"),) if len(points) == 3 else ()


def _region(volume: Volume, points: Sequence[Point], _normal: Point | None) -> tuple[Value, ...]:
    if len(points) != 3:
        return ()
    found = region_statistics(volume, *points)
    return (
        Value("mean", found.mean, "HU"),
        Value("SD", found.sd, "HU"),
        Value("min", found.low, "HU"),
        Value("max", found.high, "HU"),
        Value("area", found.area_mm2, "mm2"),
        Value("voxels", found.voxels, ""),
    )


def _step(_volume: Volume, points: Sequence[Point], _normal: Point | None) -> tuple[Value, ...]:
    if len(points) != 3:
        return ()
    found = step_off(*points)
    return Value("step-off", found.step_mm, "mm"), Value("gap", found.gap_mm, "mm")


def _posterior(_volume: Volume, points: Sequence[Point], _normal: Point | None) -> tuple[Value, ...]:
    if len(points) == 2:
        return (Value("plafond", distance_mm(*points), "mm"),)
    if len(points) != 3:
        return ()
    found = posterior_share(*points)
    if not 0 <= found.share_percent <= 100:
        raise ValueError("the fracture lies beside the plafond, not between its lips")
    lengths = Value("fragment", found.fragment_mm, "mm"), Value("plafond", found.plafond_mm, "mm")
    return Value("share of AP length", found.share_percent, "%"), *lengths


def _medial(_volume: Volume, points: Sequence[Point], _normal: Point | None) -> tuple[Value, ...]:
    return (Value("medial clear space", medial_clear_space(*points), "mm"),) if len(points) == 2 else ()


def _syndesmosis(_volume: Volume, points: Sequence[Point], normal: Point | None) -> tuple[Value, ...]:
    pairs = list(zip(points[1::2], points[2::2], strict=False))
    if not pairs or normal is None:
        return ()
    found = syndesmosis(points[0], pairs, normal)  # of this kind it is given the direction of the shaft
    distances = [Value(side, mm, "mm") for side, mm in zip(SIDES, found.distances_mm, strict=False)]
    return *distances, Value("above plafond", found.height_mm, "mm")


# --------------------------------------------------------------------------------------------------------------- how it is drawn
def _named(values: Sequence[Value]) -> dict[str, str]:
    return {v.name: v.text for v in values}


def _draw_chain(points: Sequence[Point], values: Sequence[Value]) -> tuple[Part, ...]:
    return (Part(tuple(points), (values[0].text,) if values else ()),)


def _draw_region(points: Sequence[Point], values: Sequence[Value]) -> tuple[Part, ...]:
    if len(points) != 3:
        return (Part(tuple(points)),)
    text = _named(values)
    label = (
        f"{text['mean']} (SD {text['SD'].removesuffix(' HU')})",
        f"{text['min'].removesuffix(' HU')} to {text['max']}",
        text["area"],
    )
    return (Part(tuple(point(mm) for mm in outline(points[0], points[1], points[2])), label if values else ()),)


def _draw_step(points: Sequence[Point], values: Sequence[Value]) -> tuple[Part, ...]:
    parts = [Part(tuple(points[:2]))]
    if len(points) == 3:
        text = _named(values)
        legs = (points[1], point(step_off(*points).corner), points[2])
        parts.append(Part(legs, (f"step-off {text['step-off']}", f"gap {text['gap']}")))
    return tuple(parts)


def _draw_posterior(points: Sequence[Point], values: Sequence[Value]) -> tuple[Part, ...]:
    parts = [Part(tuple(points[:2]), (values[0].text,) if len(points) == 2 and values else ())]
    if len(points) == 3:
        text = _named(values)
        label = (text["share of AP length"], f"{text['fragment']} of {text['plafond']}")
        parts.append(Part((points[2], point(posterior_share(*points).foot)), label))
    return tuple(parts)


def _draw_syndesmosis(points: Sequence[Point], values: Sequence[Value]) -> tuple[Part, ...]:
    parts = [Part(tuple(points[:1]))]
    text = _named(values)
    for n, side in enumerate(SIDES):
        pair = tuple(points[1 + 2 * n : 3 + 2 * n])
        if pair:
            parts.append(Part(pair, (f"{side} {text[side]}",) if len(pair) == 2 and side in text else ()))
    return tuple(parts)


# --------------------------------------------------------------------------------------------------------------------- the tools
_AXIAL, _SAGITTAL, _CORONAL, _SIDE_OR_FRONT = ("axial",), ("sagittal",), ("coronal",), ("sagittal", "coronal")
_NOTCH = {
    "anterior": "the front corner of the fibular notch, on the tibia",
    "middle": "the deepest place of the notch, on the tibia",
    "posterior": "the back corner of the notch, on the tibia",
}

TOOLS = (
    Tool(
        "distance", "Distance", "I", (Step("one end"), Step("the other end")), _distance, _draw_chain,
        "Straight distance of two points, which may lie on different slices.", drags=True,
    ),
    Tool(
        "angle", "Angle", "J",
        (Step("the end of one arm"), Step("the vertex"), Step("the end of the other arm")),
        _angle, _draw_chain,
        "Angle at the second of three points.",
    ),
    Tool(
        "region", "Region (HU)", "H", (Step("one corner", group=0), Step("the opposite corner", group=0)), _region, _draw_region,
        "Ellipse on a slice: Hounsfield units of the scan's own voxels inside it, and its area.", drags=True,
    ),
    Tool(
        "step-off", "Articular step-off and gap", "Alt+1",
        (
            Step("the larger fragment's joint surface, 10 mm from the fracture", _SIDE_OR_FRONT, 0),
            Step("the end of that surface at the fracture", _SIDE_OR_FRONT, 0),
            Step("the end of the other fragment's surface", _SIDE_OR_FRONT, 0),
        ),
        _step, _draw_step,
        "Step-off: across the larger fragment's joint line; gap: along it, negative where fragments overlap. After Cole et "
        "al., J Hand Surg Am 1997; 22: 792.",
        "More than 1 mm of step-off left after treatment of a trimalleolar fracture went with more osteoarthritis (Verhage et "
        "al., Arch Orthop Trauma Surg 2019; 139: 323). For other joints the evidence is mixed (Giannoudis et al., Injury 2010; "
        "41: 986).",
    ),
    Tool(
        "posterior fragment", "Posterior fragment, share of plafond", "Alt+2",
        (
            Step("the front lip of the plafond", _SAGITTAL, 0),
            Step("the back lip of the plafond, on the fragment", _SAGITTAL, 0),
            Step("the fracture at the joint surface", _SAGITTAL, 0),
        ),
        _posterior, _draw_posterior,
        "Share of the plafond's front-to-back length on the sagittal slice where the fragment is largest; no share of its "
        "area. After Ferries et al., J Orthop Trauma 1994; 8: 328.",
        "25 % is an old limit for fixation; a review found no consensus on any size (van den Bekerom et al., J Trauma 2009; "
        "66: 279). On lateral radiographs the share of the joint's area is estimated 1.8 times too large (Meijer et al., Injury "
        "2015; 46: 2024).",
    ),
    Tool(
        "medial clear space", "Medial clear space", "Alt+3",
        (
            Step("the lateral border of the medial malleolus, 5 mm below the talar dome", _CORONAL, 0),
            Step("the medial border of the talus, straight across", _CORONAL, 0),
        ),
        _medial, _draw_chain,
        "Medial malleolus to talus, square to both borders, in the mortise view or the coronal slice nearest to it. As Murphy"
        " et al., Orthopedics 2014; 37: e449.",
        "Uninjured ankles, radiographs: 2.7 mm (SD 0.5), in 98 % not wider than the superior clear space (DeAngelis et al., "
        "Foot Ankle Int 2007; 28: 490). Limits of 4 or 5 mm are cited; uninjured men have 3.3 mm (SD 0.8), women 2.3 (SD "
        "0.6), so some men and tall people exceed 4 mm (Murphy et al.).",
    ),
    Tool(
        "tibiofibular", "Tibiofibular distance, 10 mm above the joint", "Alt+4",
        (
            Step("the middle of the plafond; the axial view then goes 10 mm above it", _SIDE_OR_FRONT, 0),
            *(
                Step(where if bone == "tibia" else f"the nearest point of the fibula, {side}", _AXIAL, 1)
                for side, where in _NOTCH.items()
                for bone in ("tibia", "fibula")
            ),
        ),
        _syndesmosis, _draw_syndesmosis,
        "Tibia to fibula in front, in the middle and at the back of the fibular notch. After Nault et al., J Orthop Trauma "
        "2013; 27: 638.",
        "A difference of more than 2 mm between front and back was called malreduced after fixation (Gardner et al., Foot "
        "Ankle Int 2006; 27: 788); in uninjured ankles it is as large (2 mm in front, 4 mm behind: Elgafy et al., Skeletal "
        "Radiol 2010; 39: 559). Compare the other side: uninjured, it differs by no more than 2.3 mm (Dikos et al., J Orthop "
        "Trauma 2012; 26: 433).",
    ),
)  # fmt: skip
BY_NAME = {tool.name: tool for tool in TOOLS}
# Names of the values above, the longer before those that they begin with.
VALUE_NAMES: tuple[str, ...] = (
    *("share of AP length", "medial clear space", "above plafond", "step-off", "posterior", "anterior", "fragment", "plafond"),
    *("middle", "length", "angle", "voxels", "mean", "area", "gap", "min", "max", "SD"),
)
GUIDED = tuple(tool for tool in TOOLS if tool.reported)


def title(kind: str) -> str:
    """A kind's name for people; that of a newer program stays as it is."""
    return BY_NAME[kind].title if kind in BY_NAME else kind


def stored(tool: Tool, points: Sequence[Point], rows_and_columns: RowsAndColumns | None) -> tuple[Point, ...]:
    """The points that are kept, of those that were set: a region keeps centre and half-axes. Raises ValueError where they are
    flat.
    """
    if tool.name == "region" and len(points) == 2 and rows_and_columns is not None:
        return ellipse_from_corners(points[0], points[1], *rows_and_columns)
    return tuple(points)


def whole(measure: Measure) -> bool:
    """Whether a measure has as many points as its kind keeps, so that they can be moved; a newer program may write others."""
    tool = BY_NAME.get(measure.kind)
    return tool is not None and len(measure.points) == len(_groups(tool))


def _groups(tool: Tool) -> list[int | None]:
    """Of each kept point the group that stays on one slice, None where it is free. A region keeps one more than are set."""
    return [0, 0, 0] if tool.name == "region" else [step.group for step in tool.steps]


def group_of(tool: Tool, index: int) -> tuple[int, ...]:
    """Indices of the kept points that must stay on one slice with a kept point; it alone where it is free."""
    groups = _groups(tool)
    if groups[index] is None:
        return (index,)
    return tuple(n for n, group in enumerate(groups) if group == groups[index])


def moved(tool: Tool, points: Sequence[Point], index: int, mm: Sequence[float]) -> tuple[Point, ...]:
    """The kept points with one dragged to another place. A region's centre takes the whole region along; a tip slides on its
    axis.
    """
    new = list(points)
    if tool.name == "region":
        centre = np.asarray(points[0])
        if index == 0:
            shift = np.asarray(mm) - centre
            return tuple(point(np.asarray(p) + shift) for p in points)
        axis = np.asarray(points[index]) - centre
        length = max(float((np.asarray(mm) - centre) @ axis / np.linalg.norm(axis)), 0.05)
        new[index] = point(centre + axis * length / np.linalg.norm(axis))
    else:
        new[index] = point(mm)
    return tuple(new)


def parts(measure: Measure) -> tuple[Part, ...]:
    """Lines and labels of a measure; one of an unknown kind is a chain of its points."""
    tool = BY_NAME.get(measure.kind)
    if tool is None:
        return (Part(measure.points),)
    try:
        return tool.draw(measure.points, measure.values)
    except (KeyError, TypeError, ValueError, IndexError):  # written by a newer program with other points or values
        return (Part(measure.points),)


def summary(measure: Measure) -> str:
    """A measure's values in one line."""
    if measure.kind in BY_NAME and len(measure.values) == 1:
        return measure.values[0].text
    return ", ".join(f"{v.name} {v.text}" for v in measure.values)
