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


def guide(size: tuple[int, int], picture: PanePicture, *prompts: str, note: str = "", least: float = 300.0) -> QRectF | None:
    """Where the guide lies in a pane of a size."""
    image = canvas(*size, 0)
    painter = QPainter(image)
    place = paint_guide(painter, Viewport.fit(picture.frame, size), picture, "2 of 4", prompts, note, least=least)
    painter.end()
    assert (place is None) == (pixels(image).max() < 100)
    return place


@pytest.mark.parametrize("size", [(320, 200), (410, 318), (900, 600)])
def test_the_guide_is_one_line_inside_its_pane(size: tuple[int, int], qapp) -> None:
    short = guide(size, picture_of(), "Set one end")
    long = guide(size, picture_of(), "Set one end " * 30, "Set one end " * 20)
    noted = guide(size, picture_of(), "Set one end", note="Two points cannot lie at the same place")
    assert short.height() == long.height() == noted.height() < 30
    assert min(short.left(), long.left(), noted.left()) >= 0 and max(p.right() for p in (short, long, noted)) <= size[0]
    assert short.width() < noted.width() < long.width()


def test_the_guide_says_all_where_there_is_room_and_less_where_not(qapp) -> None:
    prompts = ("Set one end of the line, far from all that could be broken  (coronal or sagittal view)", "Set one end")
    assert guide((900, 600), picture_of(), *prompts).width() > 1.5 * guide((320, 300), picture_of(), *prompts).width()
    assert guide((320, 300), picture_of(), *prompts).width() == guide((320, 300), picture_of(), prompts[1]).width()


def test_a_small_pane_has_no_guide_unless_nothing_else_says_it(qapp) -> None:
    assert guide((273, 212), picture_of(), "Set one end") is None
    assert guide((273, 212), picture_of(), "Set one end", least=0.0) is not None


@pytest.mark.parametrize("y", [2.0, 16.0, 34.0])
def test_the_guide_lies_off_boxes_and_crosshair(y: float, qapp) -> None:
    """A box at the upper edge, in the middle, at the lower edge, with the crosshair in it."""
    box = BoxMm((14.0, y - 2, 2.0), (26.0, y + 5, 8.0))
    scene = Scene(Volume(np.zeros(GRID.shape, np.int16), GRID), boxes=(box,))
    picture = resolve(ViewState(cursor_mm=(20.0, y + 2, 5.0)), scene, "axial")
    port = Viewport.fit(picture.frame, (410, 318))
    place = guide((410, 318), picture, "Set the larger fragment's joint surface")
    polygon = port.to_screen(picture.boxes[0].polygon)
    bounds = QRectF(QPointF(*polygon.min(axis=0)), QPointF(*polygon.max(axis=0)))
    assert not place.intersects(bounds) and not place.contains(QPointF(*port.to_screen(picture.crosshair)))
    assert place.top() < 40 or place.bottom() > 318 - 40, "at an edge"


@pytest.mark.parametrize(("side", "radius"), [(2000, 9.0), (80, 6.0), (40, 4.0)])
def test_a_ring_is_of_one_size_in_the_patient_as_far_as_it_can_be_seen(side: int, radius: float, qapp) -> None:
    """In a small pane it must not cover what it marks: here panes of 50, 2 and 1 px a mm."""
    picture = picture_of(missed=((1, (20.0, 20.0, 5.0)),))
    port = Viewport.fit(picture.frame, (side, side))
    assert slice_paint.ring_px(port) == pytest.approx(radius, abs=0.01)
    image = canvas(side, side, 0)
    painter = QPainter(image)
    slice_paint._missed(painter, port, picture)
    painter.end()
    y, x = np.nonzero(abs(pixels(image) - pixels(_dot())[0, 0]).max(axis=-1) < 60)
    assert (x.max() - x.min()) / 2 == pytest.approx(radius, abs=1.5) and (y.max() - y.min()) / 2 == pytest.approx(radius, abs=1.5)


def test_a_rejected_box_is_thin_and_dim_but_seen(qapp) -> None:
    """Less ink than that of a box without a word, accepted, or selected; not none."""
    box = BoxMm((10.0, 10.0, 2.0), (30.0, 30.0, 8.0))

    def ink(judged: str, selected: int) -> int:
        scene = Scene(Volume(np.zeros(GRID.shape, np.int16), GRID), boxes=(box,), judged=(judged,))
        picture = resolve(ViewState(cursor_mm=(20.0, 20.0, 5.0), crosshair=False, selected=selected), scene, "axial")
        image = canvas(300, 300, 0)
        painter = QPainter(image)
        slice_paint._boxes(painter, Viewport.fit(picture.frame, (300, 300)), picture)
        painter.end()
        return int(pixels(image).max(axis=-1).sum())

    for selected in (-1, 0):
        assert ink("accepted", selected) == ink("", selected)
        assert 0.1 * ink("", selected) < ink("rejected", selected) < 0.6 * ink("", selected)


def test_the_readers_box_of_a_rejected_finding_is_thin_and_dim_too(qapp) -> None:
    """As the model's own: less ink, not none; its handles, while it is in hand, are those of any box."""

    def ink(*boxes: OwnBox) -> int:
        image = canvas(300, 300, 0)
        painter = QPainter(image)
        picture = picture_of()
        paint_own(painter, Viewport.fit(picture.frame, (300, 300)), picture, [], boxes)
        painter.end()
        return int(pixels(image).max(axis=-1).sum())

    box = BoxMm((10.0, 10.0, 2.0), (30.0, 30.0, 8.0))
    label = ink(OwnBox(0, box)) - ink(OwnBox(0, box, edited=False))
    stays, rejected = (ink(OwnBox(0, box, edited=False, rejected=no)) for no in (False, True))
    assert label > 0 and 0.1 * stays < rejected < 0.6 * stays
    assert ink(OwnBox(0, box, rejected=True)) - rejected == pytest.approx(label, rel=0.1), "its words are as legible"
    assert ink(OwnBox(0, box, edited=False, active=True, rejected=True)) > 1.4 * rejected


def test_the_text_at_the_foot_leaves_the_letter_free(monkeypatch: pytest.MonkeyPatch, qapp) -> None:
    """Window left, scale right, the letter between: where there is no room the window goes, and the scale's text moves up."""
    for width in range(100, 420, 10):
        placed: list[tuple[str, QRectF]] = []

        def text(painter: QPainter, at: QPointF, text: str, _colour: QColor, placed=placed) -> None:
            metrics = QFontMetricsF(painter.font())
            placed.append(
                (text, QRectF(at.x(), at.y() - metrics.ascent() + 2, metrics.horizontalAdvance(text), metrics.ascent() - 2))
            )

        monkeypatch.setattr(slice_paint, "paint_text", text)
        picture = picture_of()
        port = Viewport.fit(picture.frame, (width, 300))
        image = canvas(width, 300, 0)
        painter = QPainter(image)
        slice_paint._letters(painter, port, picture)
        painter.setFont(theme.font(theme.PANE_PX))
        slice_paint._foot(painter, port, picture)
        painter.end()
        met = [(a, b) for n, (a, one) in enumerate(placed) for b, other in placed[:n] if one.intersects(other)]
        assert not met, (width, met)
        assert any(word.endswith("mm") for word, _ in placed), "the bar's length is never left out"
        assert any(word.startswith("W ") for word, _ in placed) == (width > 200) or 190 <= width <= 260


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
