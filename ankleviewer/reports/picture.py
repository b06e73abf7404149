"""A picture for people: the three planes through the strongest finding, with heat outline, boxes, letters and the disclaimer.

The map is drawn as an outline only: a picture has no key that hides a fill, and nothing may cover the fracture.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ankleviewer import DISCLAIMER
from ankleviewer.core.display import Scene, contours, heat_on_slice, resolve, slice_rgba
from ankleviewer.core.planes import PLANES, Viewport, position_text
from ankleviewer.core.result import ModelAnswer
from ankleviewer.core.viewstate import ViewState

PANE = 420
GAP = 8
HEAD = 64
FOOT = 40
BACKGROUND, TEXT, QUIET = (18, 18, 20), (235, 235, 235), (160, 160, 165)
HEAT_LINE, BOX_LINE, CROSS = (255, 214, 92), (255, 255, 255), (120, 190, 255)


def picture(scene: Scene, answer: ModelAnswer | None, at_mm: tuple[float, float, float], side: str = "") -> Image.Image:
    """Axial, coronal and sagittal slices through one place.

    Args:
        scene: the scan with the answer's heat map and boxes, and the region to fit.
        answer: of the model shown; None or "not assessed" shows the scan alone and says so.
        at_mm: where the planes cross, LPS mm.
        side: "L", "R" or "".

    Returns:
        RGB image, 1276 x 532.
    """
    width = 3 * PANE + 2 * GAP
    image = Image.new("RGB", (width, HEAD + PANE + FOOT), BACKGROUND)
    state = replace(ViewState(), cursor_mm=at_mm)
    for n, plane in enumerate(PLANES):
        image.paste(_pane(state, scene, plane), (n * (PANE + GAP), HEAD))
    draw = ImageDraw.Draw(image)
    draw.text((10, 8), headline(answer, side), TEXT, font=_font(24))
    draw.text((10, 38), _subline(answer, at_mm), QUIET, font=_font(15))
    draw.text((10, HEAD + PANE + 10), DISCLAIMER, TEXT, font=_font(16))
    if scene.heat is not None:
        level = f"Outline at {scene.heat.threshold:.2g} of {scene.heat.reference:.3g} logit units"
        draw.text((width - 10, HEAD + PANE + 10), level, HEAT_LINE, font=_font(15), anchor="ra")
    return image


def png(image: Image.Image) -> bytes:
    """The picture as PNG bytes; the same picture gives the same bytes."""
    stream = BytesIO()
    image.save(stream, format="PNG", optimize=False)
    return stream.getvalue()


def headline(answer: ModelAnswer | None, side: str = "") -> str:
    """The answer in words, e.g. "Left ankle: fracture suspected (97 %)"."""
    ankle = {"L": "Left ankle", "R": "Right ankle"}.get(side, "Ankle")
    if answer is None or answer.probability is None:
        return f"{ankle}: not assessed"
    words = {"fracture": "fracture suspected", "uncertain": "uncertain", "no fracture": "no fracture found"}[answer.call]
    return f"{ankle}: {words} ({_percent(answer.probability)})"


def _percent(probability: float) -> str:
    """Never "100 %" or "0 %": no model knows that."""
    if probability > 0.99:
        return "> 99 %"
    return "< 1 %" if probability < 0.01 else f"{probability:.0%}".replace("%", " %")


def _subline(answer: ModelAnswer | None, at_mm: tuple[float, float, float]) -> str:
    where = f"planes at {position_text(at_mm)} mm"
    if answer is None:
        return where
    model = f"model {answer.name}, version {answer.version}" + (" (preliminary)" if answer.status == "preliminary" else "")
    return f"{model}, {where}. The outline is where the model looked."


def _pane(state: ViewState, scene: Scene, plane: str) -> Image.Image:
    """One plane, fitted to the scene's region: grey slice, heat fill and outline, boxes, crosshair, letters."""
    shown = resolve(state, scene, plane)
    port = Viewport.fit(shown.frame, (PANE, PANE), scene.region)
    grey = Image.fromarray(slice_rgba(shown.frame, scene.volume, shown.index, shown.window)[..., :3])
    origin, unit = port.to_pixel([0.0, 0.0]), port.to_pixel([1.0, 1.0])
    step = unit - origin
    # PIL maps output pixel centres (+0.5) to input coordinates whose pixel 0 spans 0..1; ours has its centre at 0
    affine = (step[0], 0.0, origin[0] + 0.5, 0.0, step[1], origin[1] + 0.5)
    pane = grey.transform((PANE, PANE), Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR).convert("RGB")
    draw = ImageDraw.Draw(pane)
    _heat(draw, shown.heat_level, scene, port, shown.index)
    for outline in shown.boxes:
        points = [(float(x), float(y)) for x, y in port.to_screen(outline.polygon)]
        _line(draw, [*points, points[0]], BOX_LINE, dotted=not outline.firm)
    if shown.crosshair is not None:
        _cross(draw, port.to_screen(shown.crosshair))
    _letters(draw, shown.letters)
    draw.text((8, PANE - 24), f"{plane}  {shown.slice_text}", QUIET, font=_font(14))
    return pane


def _heat(draw: ImageDraw.ImageDraw, level: float | None, scene: Scene, port: Viewport, index: int) -> None:
    raster = heat_on_slice(port.frame, index, scene.heat) if scene.heat is not None and level is not None else None
    if raster is None or scene.heat is None or level is None or raster.values.max() <= level:
        return
    for line in contours(raster, level):
        draw.line([(float(x), float(y)) for x, y in port.to_screen(line)], HEAT_LINE, 2)


def _line(draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], colour: tuple[int, int, int], dotted: bool) -> None:
    """A closed line, solid for a firm call, dotted for an uncertain one."""
    for a, b in pairwise(points):
        length = float(np.hypot(b[0] - a[0], b[1] - a[1]))
        count = max(1, round(length / 4)) if dotted else 1
        marks = np.linspace(0.0, 1.0, count + 1)
        for n in range(0, count, 2 if dotted else 1):
            ends = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for t in (marks[n], marks[n + 1])]
            draw.line(ends, colour, 2)


def _cross(draw: ImageDraw.ImageDraw, at: np.ndarray) -> None:
    """Crosshair with a free middle, so that it never covers what it points at."""
    x, y = float(at[0]), float(at[1])
    free = 24
    for line in ((0, y, x - free, y), (x + free, y, PANE, y), (x, 0, x, y - free), (x, y + free, x, PANE)):
        if line[0] <= line[2] and line[1] <= line[3]:
            draw.line(line, CROSS, 1)


def _letters(draw: ImageDraw.ImageDraw, letters: tuple[str, str, str, str]) -> None:
    middle, edge = PANE / 2, 14
    places = ((edge, middle), (PANE - edge, middle), (middle, edge), (middle, PANE - edge))
    for letter, place in zip(letters, places, strict=True):
        draw.text(place, letter, TEXT, font=_font(18), anchor="mm", stroke_width=2, stroke_fill=(0, 0, 0))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
