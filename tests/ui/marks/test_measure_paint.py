"""What is painted of measures and the guide: labels with a halo, painted once and kept; the guide inside its pane."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPolygonF

from ankleviewer.core.display.scene import PanePicture, Scene, resolve
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.planes import Frame, Viewport
from ankleviewer.core.reading.measure_marks import Line, MeasureMark
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.core.volume import Volume
from ankleviewer.ui.look import theme
from ankleviewer.ui.marks import measure_paint
from ankleviewer.ui.marks.measure_paint import OwnBox, paint_guide, paint_own, paint_text
from ankleviewer.ui.slices import slice_paint

GRID = Grid.axis_aligned((40, 40, 10), 1.0, (0.0, 0.0, 0.0))


def picture_of(missed: tuple[tuple[int, tuple[float, float, float]], ...] = (), boxes: tuple[BoxMm, ...] = ()) -> PanePicture:
    scene = Scene(Volume(np.zeros(GRID.shape, np.int16), GRID), boxes=boxes, missed=missed)
    return resolve(ViewState(cursor_mm=(20.0, 20.0, 5.0), crosshair=False), scene, "axial")


def canvas(width: int, height: int, grey: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(grey, grey, grey))
    return image


def pixels(image: QImage) -> np.ndarray:
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)


def luminance(rgb: np.ndarray) -> np.ndarray:
    linear = np.where(rgb / 255 <= 0.04045, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    return linear[..., ::-1] @ (0.2126, 0.7152, 0.0722)  # RGB32 lies in memory as B, G, R


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_text_is_legible_on_air_soft_tissue_and_cortex(grey: int, qapp) -> None:
    """The text's own colour next to its halo: a contrast of 4.5 to 1 on any ground."""
    image = canvas(120, 40, grey)
    painter = QPainter(image)
    painter.setFont(theme.font(12, bold=True))
    paint_text(painter, QPointF(10, 26), "33.7 mm", QColor(theme.READER))
    painter.end()
    shown = luminance(pixels(image))
    ink = shown > 0.98 * luminance(pixels(_dot()))[0, 0]
    ink &= abs(pixels(image) - pixels(_dot())[0, 0]).max(axis=-1) < 12
    assert ink.sum() > 20
    near = np.zeros_like(ink)
    for axis in (0, 1):
        for step in (-2, 2):
            near |= np.roll(ink, step, axis=axis)
    around = shown[near & ~ink]
    assert (shown[ink].min() + 0.05) / (np.percentile(around, 25) + 0.05) > 4.5


def _dot() -> QImage:
    image = QImage(1, 1, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.READER))
    return image


@pytest.mark.parametrize("size", [(120, 100), (240, 300), (900, 600)])
def test_the_guide_stays_inside_its_pane_and_grows_with_its_text(size: tuple[int, int], qapp) -> None:
    port = Viewport.fit(Frame.of(GRID, "axial"), size)
    image = canvas(*size, 0)
    painter = QPainter(image)
    short = paint_guide(painter, port, "Distance", "Set one end", "", "Esc: end")
    noted = paint_guide(painter, port, "Distance", "Set one end " * 6, "Two points cannot lie at the same place", "Esc: end")
    painter.end()
    assert short.left() >= 0 and short.right() <= size[0] and noted.height() > short.height()
    assert pixels(image).max() > 150


@pytest.mark.parametrize(
    ("ends", "seen"),
    [
        ([(5.0, 20.0), (15.0, 20.0)], True),
        ([(-6.0, 20.0), (5.0, 20.0)], True),
        ([(-6.0, 20.0), (-2.0, 20.0)], False),
        ([(46.0, 20.0), (60.0, 20.0)], False),
        ([(-20.0, 10.0), (10.0, -20.0)], False),  # past the corner
    ],
)
def test_a_value_stands_only_where_its_line_is(ends: list[tuple[float, float]], seen: bool, qapp) -> None:
    """Of a measure beside the pane nothing is painted: its value alone would seem to belong to what is there."""
    port = Viewport.fit(Frame.of(GRID, "axial"), (300, 300))
    line = Line(np.array(ends), False, ("16.5 mm",))
    image = canvas(300, 300, 0)
    painter = QPainter(image)
    paint_own(painter, port, picture_of(), [MeasureMark(1, False, (line,), {})], [])
    painter.end()
    assert (pixels(image).max() > 150) == seen


def test_labels_come_after_all_lines_and_cover_no_other(monkeypatch: pytest.MonkeyPatch, qapp) -> None:
    """A measure that ends in a mark, and a box edited so that its lower edge lies where the model's number stands."""
    port = Viewport.fit(Frame.of(GRID, "axial"), (300, 300))
    model = BoxMm((10.0, 20.0, 2.0), (24.0, 30.0, 8.0))
    picture = picture_of(missed=((1, (18.0, 12.0, 5.0)),), boxes=(model,))
    placed: list[tuple[str, QPointF, QFontMetricsF]] = []
    drawn: list[str] = []

    def text(painter: QPainter, at: QPointF, text: str, colour: QColor) -> None:
        drawn.append(text)
        placed.append((text, at, QFontMetricsF(painter.font())))

    def watched(painter: QPainter, polygon: QPolygonF) -> None:
        drawn.append("line")

    painter_class = type("Watched", (QPainter,), {"drawPolygon": watched, "drawPolyline": watched})
    monkeypatch.setattr(slice_paint, "paint_text", text)
    monkeypatch.setattr(measure_paint, "paint_text", text)
    image = canvas(300, 300, 0)
    painter = painter_class(image)
    line = Line(np.array([(8.0, 12.0), (18.0, 12.0)]), False, ("10.0 mm",))
    own = [OwnBox(0, BoxMm((10.0, 8.0, 2.0), (24.0, 18.0, 8.0))), OwnBox(1, BoxMm((11.0, 8.0, 2.0), (25.0, 18.0, 8.0)))]
    paint_own(painter, port, picture, [MeasureMark(1, False, (line,), {})], own)
    painter.end()
    assert "line" not in drawn[drawn.index("1") :], "no line runs through a label"
    assert [said for said in drawn if said != "line"] == ["1", "M1", "1 edited", "2 edited", "10.0 mm"]
    rects = [QRectF(at.x(), at.y() - m.ascent(), m.horizontalAdvance(said), m.height()) for said, at, m in placed]
    assert not [(a, b) for n, a in enumerate(rects) for b in rects[:n] if a.intersects(b)]


def test_without_marks_of_the_readers_nothing_is_painted_twice(monkeypatch: pytest.MonkeyPatch, qapp) -> None:
    monkeypatch.setattr(measure_paint, "paint_numbers", None)
    image = canvas(300, 300, 0)
    painter = QPainter(image)
    paint_own(painter, Viewport.fit(Frame.of(GRID, "axial"), (300, 300)), picture_of(), [], [])
    painter.end()
