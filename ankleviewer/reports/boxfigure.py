"""The box in three perspectives, as the paper's figure shows it: from above, from the front, from the ankle's own side.

The bone is drawn by its own surface: along each line of sight the first place that is as dense as bone, shaded by how it is
turned to the light. No graphics library is needed, and the same scan always gives the same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ankleviewer.core.anatomy.cast import Cast
from ankleviewer.core.assessment.result import Box
from ankleviewer.core.display.scene import FoundBox
from ankleviewer.core.geometry import LPS_NEGATIVE, LPS_POSITIVE, Array, Grid
from ankleviewer.core.imaging.bonefield import Field, without_specks
from ankleviewer.core.imaging.resample import resample
from ankleviewer.core.volume import Volume
from ankleviewer.reports.picture import BOX_LINE, READER_LINE, TEXT, line

BONE_HU = 250.0
STEP_MM = 0.6
_OUTSIDE_HU = -1000.0
_LIGHT = np.array([-0.35, -0.45, 0.82])  # screen right, screen down, to the reader
_GROUND, _QUIET = (0, 0, 0), (175, 180, 188)


@dataclass(frozen=True)
class Perspective:
    """A direction of sight: patient axis (0 = L, 1 = P, 2 = S) and sign of screen right, screen down, and of the way in."""

    name: str
    right: tuple[int, int]
    down: tuple[int, int]
    inward: tuple[int, int]


# From above the patient's right lies on screen right: the mirror of an axial slice, which is seen from the feet.
_LEFT = Perspective("Left (seen from the patient's left)", (1, 1), (2, -1), (0, -1))
_RIGHT = Perspective("Right (seen from the patient's right)", (1, -1), (2, -1), (0, 1))
PERSPECTIVES = (
    Perspective("Top (seen from above)", (0, -1), (1, 1), (2, -1)),
    Perspective("Front", (0, 1), (2, -1), (1, 1)),
    _LEFT,
)


def perspectives(side: str, boxes: Sequence[FoundBox] = (), region: tuple[Array, Array] | None = None) -> tuple[Perspective, ...]:
    """From above, the front, and the side on which the box can be seen: the ankle's own.

    Args:
        side: of the ankle, "L", "R" or "unknown".
        boxes, region: of an ankle of unknown side the end of the region (LPS mm) nearer to the first box; the left without them.
    """
    if side not in ("L", "R") and boxes and region is not None:
        side = "R" if boxes[0].center_mm[0] < (float(region[0][0]) + float(region[1][0])) / 2 else "L"
    return *PERSPECTIVES[:2], _RIGHT if side == "R" else _LEFT


def letter(axis: int, sign: float) -> str:
    """The letter of a patient direction: axis 0 = L / R, 1 = P / A, 2 = S / I."""
    return (LPS_POSITIVE if sign > 0 else LPS_NEGATIVE)[axis]


def bone_grid(volume: Volume, region: tuple[Array, Array]) -> tuple[NDArray[np.float32], Grid]:
    """HU of a region (LPS min, max) on a grid along the patient's axes, STEP_MM apart."""
    low, high = (np.asarray(v, dtype=np.float64) for v in region)
    i, j, k = (max(2, int(np.ceil(n / STEP_MM))) for n in high - low)
    grid = Grid.axis_aligned((i, j, k), (STEP_MM, STEP_MM, STEP_MM), (float(low[0]), float(low[1]), float(low[2])))
    return resample(volume, grid, _OUTSIDE_HU), grid


def shaded(hu: NDArray[np.float32], view: Perspective) -> NDArray[np.uint8]:
    """The bone seen along one direction.

    Args:
        hu: on a grid along the patient's axes (L, P, S).
        view: where it is seen from.

    Returns:
        uint8 [row, column], 0 where the sight meets no bone.
    """
    turned = hu.transpose(view.inward[0], view.down[0], view.right[0])
    turned = turned[:: view.inward[1], :: view.down[1], :: view.right[1]]
    bone = turned > BONE_HU
    met = bone.any(axis=0)
    first = bone.argmax(axis=0)
    row, column = np.indices(first.shape)
    here = turned[first, row, column]
    before = turned[np.maximum(first - 1, 0), row, column]
    depth = first - np.where(first > 0, (here - BONE_HU) / np.maximum(here - before, 1.0), 0.0)
    far = float(depth[met].max()) if met.any() else 0.0
    depth = np.where(met, depth, far)
    down, right = np.gradient(depth)
    steep = np.sqrt(down**2 + right**2 + 1.0)
    lit = np.clip((_LIGHT[0] * right + _LIGHT[1] * down + _LIGHT[2]) / steep / np.linalg.norm(_LIGHT), 0.0, 1.0)
    near = float(depth[met].min()) if met.any() else 0.0
    fade = 1.0 - 0.35 * (depth - near) / max(far - near, 1.0)  # farther bone a little darker
    return np.where(met, 50 + 190 * lit * fade, 0).astype(np.uint8)


def figure(
    volume: Volume,
    region: tuple[Array, Array],
    boxes: Sequence[Box],
    firm: bool,
    size: int = 620,
    readers: Sequence[FoundBox] = (),
    cast: Cast | None = None,
    views: Sequence[Perspective] = PERSPECTIVES,
) -> list[Image.Image]:
    """One picture for each of `views`, size x size px: bone, all boxes numbered, the first one's centre on the edges;
    `readers`: the reader's own boxes, not numbered; `cast`: what would hide the bone, left out.
    """
    hu, grid = bone_grid(volume, region)
    seen = Field(hu, grid) if cast is None else cast.left_out(Field(hu, grid))
    # noise and lime before the bone would be shaded as if they were pits in it
    hu = without_specks(seen.hu, BONE_HU, np.full(3, STEP_MM))
    low = grid.to_mm((0, 0, 0)) - STEP_MM / 2
    high = low + np.asarray(grid.shape) * STEP_MM
    return [_panel(shaded(hu, view), view, (low, high), boxes, firm, size, readers) for view in views]


def _panel(
    bone: NDArray[np.uint8],
    view: Perspective,
    ends: tuple[Array, Array],
    boxes: Sequence[Box],
    firm: bool,
    size: int,
    readers: Sequence[FoundBox],
) -> Image.Image:
    margin, unit = size * 0.085, size / 480
    bone, ends = _cut(bone, view, ends, [*boxes, *readers])
    rows, columns = bone.shape
    scale = (size - 2 * margin) / max(rows, columns)
    wide, tall = round(columns * scale), round(rows * scale)
    left, top = (size - wide) / 2, (size - tall) / 2
    image = Image.new("RGB", (size, size), _GROUND)
    image.paste(Image.fromarray(bone).resize((wide, tall), Image.Resampling.BICUBIC).convert("RGB"), (round(left), round(top)))
    draw = ImageDraw.Draw(image)

    def place(mm: Sequence[float]) -> tuple[float, float]:
        shares = []
        for axis, sign in (view.right, view.down):
            share = (mm[axis] - float(ends[0][axis])) / float(ends[1][axis] - ends[0][axis])
            shares.append(share if sign > 0 else 1.0 - share)
        return left + shares[0] * wide, top + shares[1] * tall

    def corners(box: FoundBox) -> list[tuple[float, float]]:
        (x0, y0), (x1, y1) = place(box.min_mm), place(box.max_mm)
        x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]

    if boxes:
        x, y = place(boxes[0].center_mm)
        line(draw, [(x, size - margin), (x, y)], _QUIET, dotted=True, width=max(1, round(unit)))
        line(draw, [(margin, y), (x, y)], _QUIET, dotted=True, width=max(1, round(unit)))
    for n, box in reversed(list(enumerate(boxes, start=1))):
        around = corners(box)
        line(draw, around, BOX_LINE, dotted=not firm, width=round((3 if n == 1 else 2) * unit))
        _text(draw, (around[0][0], around[0][1] - 4 * unit), str(n), 20 * unit, "lb", BOX_LINE)
    for own in readers:
        line(draw, corners(own), READER_LINE, dotted=False, width=round(2 * unit))
    taken: list[tuple[float, float, float, float]] = []
    if boxes:
        x, y = place(boxes[0].center_mm)
        across, up = _mm(boxes[0], view.right[0]), _mm(boxes[0], view.down[0])
        half = _width(draw, across, 19 * unit) / 2 + 4 * unit
        at = (min(max(x, half), size - half), size - 0.5 * margin)
        taken = [(at[0] - half, at[1] - 12 * unit, at[0] + half, at[1] + 12 * unit)]
        _text(draw, at, across, 19 * unit, "mm", TEXT)
        end = 8 * unit + _width(draw, up, 19 * unit) + 4 * unit
        taken.append((0, y - 28 * unit, end, y + 4 * unit))  # above the line, which it belongs to as its end
        _text(draw, (8 * unit, y - 6 * unit), up, 19 * unit, "lb", TEXT)
    for (axis, sign), spots in ((view.right, ((0.0, 0.5), (1.0, 0.5))), (view.down, ((0.5, 0.0), (0.5, 1.0)))):
        for share, way in zip(spots, (-sign, sign), strict=True):
            middle = (0.5 * margin + share[0] * (size - margin), 0.5 * margin + share[1] * (size - margin))
            _text(draw, _clear(middle, taken, 13 * unit, size, share[1] == 0.5), letter(axis, way), 26 * unit, "mm", TEXT)
    return image


def _clear(
    at: tuple[float, float], taken: Sequence[tuple[float, float, float, float]], reach: float, size: int, upright: bool
) -> tuple[float, float]:
    """Where a letter of an edge goes: its middle, or along the edge just so far that it covers no coordinate. The letter gives
    way, since it is told of the whole edge, the coordinate of the one line beside it.
    """
    for left, top, right, low in taken:
        if left - reach < at[0] < right + reach and top - reach < at[1] < low + reach:
            if upright:
                return at[0], low + reach if (top + low) / 2 < size / 2 else top - reach
            return right + reach if (left + right) / 2 < size / 2 else left - reach, at[1]
    return at


def _cut(
    bone: NDArray[np.uint8], view: Perspective, ends: tuple[Array, Array], boxes: Sequence[FoundBox]
) -> tuple[NDArray[np.uint8], tuple[Array, Array]]:
    """The part of a picture that holds bone or a box, and its ends (LPS mm)."""
    low, high = ends[0].copy(), ends[1].copy()
    windows = []
    for (axis, sign), along in ((view.down, 1), (view.right, 0)):
        met = np.flatnonzero(np.any(bone, axis=along))
        count = bone.shape[1 - along]
        start, stop = (int(met[0]), int(met[-1]) + 1) if len(met) else (0, count)
        for box in boxes:
            edges = np.array([box.min_mm[axis], box.max_mm[axis]]) - ends[0][axis]
            edges = (edges if sign > 0 else float(ends[1][axis] - ends[0][axis]) - edges[::-1]) / STEP_MM
            start, stop = min(start, int(edges[0])), max(stop, int(np.ceil(edges[1])))
        start, stop = max(start, 0), min(stop, count)
        windows.append(slice(start, stop))
        first, last = (start, stop) if sign > 0 else (count - stop, count - start)
        low[axis], high[axis] = ends[0][axis] + first * STEP_MM, ends[0][axis] + last * STEP_MM
    return bone[windows[0], windows[1]], (low, high)


def _mm(box: Box, axis: int) -> str:
    value = round(box.center_mm[axis], 1)
    return f"{letter(axis, 1.0 if value >= 0 else -1.0)} {abs(value):.1f} mm"


def _width(draw: ImageDraw.ImageDraw, text: str, size: float) -> float:
    return float(draw.textlength(text, font=ImageFont.load_default(round(size))))


def _text(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, anchor: str, colour: tuple[int, int, int]
) -> None:
    font = ImageFont.load_default(round(size))
    draw.text(at, text, colour, font=font, anchor=anchor, stroke_width=max(1, round(size / 9)), stroke_fill=_GROUND)
