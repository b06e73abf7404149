"""A picture for people: the three planes through the strongest finding, with heat outline, boxes, letters and the disclaimer.

The map is drawn as an outline only: a picture has no key that hides a fill, and nothing may cover the fracture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from textwrap import wrap

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ankleviewer import DISCLAIMER
from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.heat_raster import contours, heat_on_slice, map_reaching
from ankleviewer.core.assessment.result import ModelAnswer
from ankleviewer.core.display.scene import FoundBox, Scene, box_on_slice, resolve, slice_rgba
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.imaging.planes import PLANES, Viewport, position_text
from ankleviewer.reports.content import CALLS, chance_text, outline_text

PANE = 420
GAP = 8
HEAD = 64
NOTE, _NOTE_SIGNS = 20, 150
FOOT = 40
BACKGROUND, TEXT, QUIET = (18, 18, 20), (235, 235, 235), (160, 160, 165)
HEAT_LINE, BOX_LINE, READER_LINE, CROSS = (242, 234, 105), (255, 159, 28), (110, 231, 255), (120, 190, 255)
_BARS_MM = (1, 2, 5, 10, 20, 50, 100, 200)


def picture(
    scene: Scene,
    answer: ModelAnswer | None,
    at_mm: tuple[float, float, float],
    name: str = "",
    decision: Decision | None = None,
    notes: Sequence[str] = (),
    readers: Sequence[FoundBox] = (),
) -> Image.Image:
    """Axial, coronal and sagittal slices through one place.

    Args:
        scene: the scan with the answer's heat map and boxes, and the region to fit.
        answer: of the model shown; None or "not assessed" shows the scan alone and says so.
        at_mm: where the planes cross, LPS mm.
        name: of the ankle, "" for none.
        decision: of the model, so that a probability near one of its thresholds is written like what it is.
        notes: what must be seen with it (`content.beside_picture`).
        readers: boxes as the reader drew them.

    Returns:
        RGB image, 1276 x 532, and 20 px higher for each line of notes.
    """
    lines = [line for note in notes for line in wrap(note, _NOTE_SIGNS)]
    head = HEAD + NOTE * len(lines)
    width = 3 * PANE + 2 * GAP
    image = Image.new("RGB", (width, head + PANE + FOOT), BACKGROUND)
    state = replace(ViewState(), cursor_mm=at_mm)
    for n, plane in enumerate(PLANES):
        image.paste(pane(state, scene, plane, readers=readers), (n * (PANE + GAP), head))
    draw = ImageDraw.Draw(image)
    draw.text((10, 8), headline(answer, name, decision), TEXT, font=_font(24))
    draw.text((10, 38), _subline(answer, at_mm), QUIET, font=_font(15))
    for n, text in enumerate(lines):
        draw.text((10, HEAD - 4 + NOTE * n), text, TEXT, font=_font(15))
    draw.text((10, head + PANE + 10), DISCLAIMER, TEXT, font=_font(16))
    if scene.heat is not None:
        peak = float(scene.heat.peaks[0].max())
        level = f"Outline at {outline_text(scene.heat.threshold, scene.heat.reference, peak)}"
        draw.text((width - 10, head + PANE + 10), level, HEAT_LINE, font=_font(15), anchor="ra")
    return image


def png(image: Image.Image) -> bytes:
    """The picture as PNG bytes; the same picture gives the same bytes."""
    stream = BytesIO()
    image.save(stream, format="PNG", optimize=False)
    return stream.getvalue()


def headline(answer: ModelAnswer | None, name: str = "", decision: Decision | None = None) -> str:
    """The answer in words, e.g. "Left ankle: fracture (fracture probability 0.97)"."""
    ankle = name or "Ankle"
    if answer is None or answer.probability is None:
        return f"{ankle}: not assessed"
    return f"{ankle}: {CALLS[answer.call].lower()} ({chance_text(answer.probability, decision)})"


def _subline(answer: ModelAnswer | None, at_mm: tuple[float, float, float]) -> str:
    where = f"planes at {position_text(at_mm)} mm"
    if answer is None:
        return where
    model = f"model {answer.name}, version {answer.version}" + (" (preliminary)" if answer.status == "preliminary" else "")
    return f"{model}, {where}." + (" The outline is where the model looked." if answer.boxes else "")


def pane(state: ViewState, scene: Scene, plane: str, size: int = PANE, readers: Sequence[FoundBox] = ()) -> Image.Image:
    """One plane, fitted to the scene's region: grey slice, heat outline, boxes, crosshair, letters, scale bar.

    Args:
        state: what is shown and how, its crosshair is where the plane cuts.
        scene: the scan and the answer.
        plane: "axial", "coronal" or "sagittal".
        size: px of each edge; lines and letters grow with it.
        readers: boxes as the reader drew them, beside the model's.

    Returns:
        RGB image, size x size.
    """
    shown = resolve(state, scene, plane)
    port = Viewport.fit(shown.frame, (size, size), scene.region)
    grey = Image.fromarray(slice_rgba(shown.frame, scene.volume, shown.index, shown.window)[..., :3])
    origin, unit = port.to_pixel([0.0, 0.0]), port.to_pixel([1.0, 1.0])
    step = unit - origin
    # PIL maps output pixel centres (+0.5) to input coordinates whose pixel 0 spans 0..1; ours has its centre at 0
    affine = (step[0], 0.0, origin[0] + 0.5, 0.0, step[1], origin[1] + 0.5)
    drawn = grey.transform((size, size), Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR).convert("RGB")
    draw = ImageDraw.Draw(drawn)
    scale = size / PANE
    _heat(draw, shown.heat_level, scene, port, shown.index)
    for outline in shown.boxes:
        points = [(float(x), float(y)) for x, y in port.to_screen(outline.polygon)]
        line(draw, [*points, points[0]], BOX_LINE, dotted=not outline.firm, width=round(2 * scale))
    for box in readers:
        points = [(float(x), float(y)) for x, y in port.to_screen(box_on_slice(shown.frame, shown.index, box))]
        if points:
            line(draw, [*points, points[0]], READER_LINE, dotted=False, width=round(2 * scale))
    if shown.crosshair is not None:
        _cross(draw, port.to_screen(shown.crosshair), size)
    _letters(draw, shown.letters, size)
    _label(draw, (8 * scale, size - 24 * scale), f"{plane}  {shown.slice_text}", 14 * scale, "la")
    _scale_bar(draw, port.scale, size)
    return drawn


def _heat(draw: ImageDraw.ImageDraw, level: float | None, scene: Scene, port: Viewport, index: int) -> None:
    within = map_reaching(scene.heat, level) if scene.heat is not None and level is not None else None
    raster = heat_on_slice(port.frame, index, within) if within is not None else None
    if raster is None or level is None:
        return
    for edge in contours(raster, level):
        draw.line([(float(x), float(y)) for x, y in port.to_screen(edge)], HEAT_LINE, round(2 * port.width / PANE))


def line(
    draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], colour: tuple[int, int, int], dotted: bool, width: int = 2
) -> None:
    """A line through points, px; solid for a firm call, dotted for an uncertain one."""
    for a, b in pairwise(points):
        length = float(np.hypot(b[0] - a[0], b[1] - a[1]))
        count = max(1, round(length / (2 * width))) if dotted else 1
        marks = np.linspace(0.0, 1.0, count + 1)
        for n in range(0, count, 2 if dotted else 1):
            ends = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for t in (marks[n], marks[n + 1])]
            draw.line(ends, colour, width)


def _cross(draw: ImageDraw.ImageDraw, at: np.ndarray, size: int) -> None:
    """Crosshair with a free middle, so that it never covers what it points at."""
    x, y = float(at[0]), float(at[1])
    free, width = 24 * size / PANE, max(1, round(size / PANE))
    for ends in ((0, y, x - free, y), (x + free, y, size, y), (x, 0, x, y - free), (x, y + free, x, size)):
        if ends[0] <= ends[2] and ends[1] <= ends[3]:
            draw.line(ends, CROSS, width)


def _letters(draw: ImageDraw.ImageDraw, letters: tuple[str, str, str, str], size: int) -> None:
    middle, edge = size / 2, 14 * size / PANE
    places = ((edge, middle), (size - edge, middle), (middle, edge), (middle, size - edge))
    for letter, place in zip(letters, places, strict=True):
        _label(draw, place, letter, 18 * size / PANE, "mm")


def _scale_bar(draw: ImageDraw.ImageDraw, px_per_mm: float, size: int) -> None:
    """A bar of a round length at the lower right, about a fifth of the pane."""
    length = max((b for b in _BARS_MM if b * px_per_mm <= size / 4), default=_BARS_MM[0])
    unit = size / PANE
    x1, y = size - 10 * unit, size - 12 * unit
    x0 = x1 - length * px_per_mm
    for colour, width in (((0, 0, 0), 4 * unit), (TEXT, 2 * unit)):
        for ends in ((x0, y, x1, y), (x0, y - 4 * unit, x0, y + 4 * unit), (x1, y - 4 * unit, x1, y + 4 * unit)):
            draw.line(ends, colour, round(width))
    _label(draw, (x1, y - 7 * unit), f"{length} mm", 14 * unit, "rb")


def _label(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, anchor: str) -> None:
    """Text with a dark rim, readable over bone."""
    rim = max(2, round(size / 9))
    draw.text(at, text, TEXT, font=_font(round(size)), anchor=anchor, stroke_width=rim, stroke_fill=(0, 0, 0))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
