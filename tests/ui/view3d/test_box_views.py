"""The figure of a box from three sides: the words, the letters' places, the pictures."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QDialog, QFileDialog, QPushButton, QWidget

from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.ui.look import theme
from ankleviewer.ui.look.dialogs import hand_on
from ankleviewer.ui.view3d import box_views as module
from ankleviewer.ui.view3d.box_views import (
    GAP,
    HEAD,
    LINE,
    PANEL,
    SIDES,
    box_views,
    box_views_dialog,
    facts,
    figure,
    readers_word,
    sides,
)


def test_facts_name_each_frame(fakes) -> None:
    first, second = facts(fakes.box(fakes.first, 0.7), 0)
    assert "x 76  y 90  z 22 (model grid)" in first
    assert "x 26  y 44  z 40 (scan voxel)" in first and first.endswith("both from 0")
    assert second == "R 6.0  P 4.0  S 140.0 mm;  size 12 × 12 × 12 mm"


def test_pictures_stand_side_by_side_and_the_middle_is_kept() -> None:
    wide = np.zeros((100, 160, 3), dtype=np.uint8)
    wide[:, 30:130] = (0, 90, 0)
    image = figure([(wide, ("R", "L", "S", "I"))] * len(SIDES), ("Finding 1", "L 1"))
    for n in range(len(SIDES)):
        x = GAP + n * (PANEL + GAP)
        for dx in (40, PANEL - 40):
            assert image.pixelColor(x + dx, HEAD + 60) == QColor(0, 90, 0)
    assert image.width() == 3 * PANEL + 4 * GAP


def test_the_readers_word_stands_under_the_models_box(fakes) -> None:
    own = BoxMm((-16.0, -6.0, 130.0), (4.0, 14.0, 150.0))
    place = "R 6.0  P 4.0  S 140.0 mm;  size 20 × 20 × 20 mm"
    assert readers_word("", None) == ""
    assert readers_word("accepted", None) == "Accepted by the reader"
    assert readers_word("rejected", own) == f"Rejected by the reader  ·  The reader's own box: {place}"
    blank = [(np.zeros((40, 40, 3), dtype=np.uint8), ("R", "L", "S", "I"))] * len(SIDES)
    plain, told = figure(blank, ("a", "b")), figure(blank, ("a", "b"), readers_word("rejected", own))
    assert told.height() == plain.height() + LINE and readers(told) > 50 and readers(plain) == 0


def pixels(image: QImage) -> np.ndarray:
    """(rows, columns, 3) in the order red, green, blue; a copy."""
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)


def readers(image: QImage) -> int:
    colour = QColor(theme.READER)
    return int((np.abs(pixels(image) - (colour.red(), colour.green(), colour.blue())).max(axis=-1) < 40).sum())


def pane_of(window, width: int = 1920) -> SimpleNamespace:
    """The window's 3D view as the figure needs it, without graphics, on a screen of some width."""
    blank = np.zeros((40, 40, 3), dtype=np.uint8), ("R", "L", "S", "I")
    return SimpleNamespace(
        model=window.view,
        cast=None,
        ankle=lambda: window.controller.ankle,
        render3d=SimpleNamespace(
            bone=SimpleNamespace(mesh=object()), pictures_from=lambda views, _state, _scene: [blank for _ in views]
        ),
        draw=lambda fine: None,
        edited=window.pane3d.edited,
        window=lambda: window,
        screen=lambda: SimpleNamespace(availableGeometry=lambda: QRect(0, 0, width, 700)),
    )


def test_the_figure_tells_what_the_reader_did(make_window, backend) -> None:
    window = make_window(backend)
    controller = window.controller
    assert readers(box_views(pane_of(window))) == 0
    controller.judge("rejected", 0)
    judged = readers(box_views(pane_of(window)))
    controller.reviewing.edit_box(controller.answer, 0, BoxMm((-16.0, -6.0, 130.0), (4.0, 14.0, 150.0)))
    assert readers(box_views(pane_of(window))) > 2 * judged > 100
    controller.go_to_finding(1)
    assert readers(box_views(pane_of(window))) == 0


def test_it_asks_for_the_findings_box_alone_whatever_the_pane_shows(make_window, backend) -> None:
    window = make_window(backend)
    controller, pane = window.controller, pane_of(window)
    asked: list[tuple[ViewState, Scene]] = []
    drawn: list[bool] = []

    def fail(_views: list[str], state: ViewState, scene: Scene) -> None:
        asked.append((state, scene))
        raise MemoryError

    pane.render3d.pictures_from = fail
    pane.draw = lambda fine: drawn.extend([fine])
    controller.judge("rejected", 1)
    controller.add_missed()
    controller.go_to_finding(1)
    window.view.update(boxes=False, hide_ai=True, threshold=5.0)
    with pytest.raises(MemoryError):
        box_views(pane)
    assert drawn == [True], "the pane has to show again what it showed"
    ((state, scene),) = asked
    assert state.boxes and not state.hide_ai and not state.crosshair and state.selected == 0 and state.threshold == 5.0
    assert scene.boxes == (window.view.scene.boxes[1],) and not scene.judged and not scene.missed
    assert scene.volume is window.view.scene.volume and scene.heat is window.view.scene.heat


def test_the_third_side_is_the_ankles_own(make_window, fakes) -> None:
    box, region = fakes.box(fakes.first, 0.7), ((-24.0, -28.0, 104.0), (24.0, 28.0, 176.0))  # its centre at x -6
    for side, wanted in (("R", "R"), ("L", "L")):
        assert [view[0] for view in sides(fakes.ankle(side), box, region)] == ["S", "A", wanted]
    blind = fakes.ankle("unknown")
    assert sides(blind, box, region)[2] == ("R", "Right", "from the right")
    assert sides(blind, fakes.box(fakes.second, 0.7), region)[2][0] == sides(blind, box, None)[2][0] == "L"
    assert sides(None, box, region)[2][0] == "R" and sides(None, box, None) == SIDES
    asked, images = [], []
    for side in ("R", "L"):
        window = make_window(fakes.Backend(ankles=(fakes.ankle(side),)))
        pane = pane_of(window)
        plain = pane.render3d.pictures_from
        pane.render3d.pictures_from = lambda views, state, scene, plain=plain: asked.append(views) or plain(views, state, scene)
        images.append(pixels(box_views(pane)))
    assert asked == [["S", "A", "R"], ["S", "A", "L"]]
    rows, columns = np.nonzero((images[0] != images[1]).any(axis=2))
    assert rows.max() < HEAD and columns.min() > 2 * PANEL, "the heading follows"


def test_it_says_that_the_cast_is_left_out(make_window, backend) -> None:
    pane = pane_of(make_window(backend))
    plain = pixels(box_views(pane))
    pane.cast = object()
    changed = (pixels(box_views(pane)) != plain).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert changed.any() and rows.min() > HEAD + PANEL and columns.min() > PANEL


def test_the_dialog_fits_a_narrow_screen(make_window, backend) -> None:
    window = make_window(backend)
    for width, wanted in ((1024, 1024), (1920, 3 * PANEL + 4 * GAP + 16)):
        pane = pane_of(window, width)
        dialog = box_views_dialog(pane)
        assert wanted - 20 < dialog.sizeHint().width() <= wanted
        dialog.close()


def test_the_picture_is_saved_whole_and_told_or_refused_with_a_reason(make_window, backend, tmp_path, monkeypatch) -> None:
    window = make_window(backend)
    dialog = box_views_dialog(pane_of(window, 1024))
    save = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Save picture…")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    save.click()
    assert QImage(str(tmp_path / "mine.png")).width() == 3 * PANEL + 4 * GAP
    assert window.toast.widget.text() == "Picture saved" and not window.banner.isVisible()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "mine.png"), ""))
    save.click()
    assert window.banner.isVisible() and "FILE_NOT_WRITTEN" in window.banner.code.text()
    dialog.close()


def test_without_bone_there_is_no_figure(make_window, backend) -> None:
    pane = pane_of(make_window(backend))
    assert box_views(pane) is not None
    pane.render3d.bone.mesh = None  # it could not be made for this scan
    assert box_views(pane) is None


class Pane(QObject):
    settled = Signal()
    model = SimpleNamespace(scene=SimpleNamespace(boxes=("a box",)))


def test_a_figure_that_waits_for_its_3d_view_comes_once_in_the_last_window(qtbot, monkeypatch) -> None:
    """The language may change twice before the bones are there."""
    windows = [QWidget() for _ in range(3)]
    for window in windows:
        qtbot.addWidget(window)
        window.pane3d = Pane(window)
    asked = []
    monkeypatch.setattr(module, "box_views_dialog", lambda pane, index: asked.append((pane, index)) or QDialog(pane.parent()))
    first, second, third = windows
    module._again(0, "a box", first, lambda dialog: dialog.show())
    hand_on(first, second)
    hand_on(second, third)
    for window in (first, second):
        window.pane3d.settled.emit()
    assert not asked, "no window that is gone shows it"
    third.pane3d.settled.emit()
    third.pane3d.settled.emit()
    assert asked == [(third.pane3d, 0)] and [d.isVisible() for d in third.findChildren(QDialog)].count(True) == 1
    qtbot.waitUntil(lambda: len(third.findChildren(QDialog)) == 1)
    other = QWidget()
    qtbot.addWidget(other)
    other.pane3d = Pane(other)
    module._again(0, "another box", other, lambda dialog: dialog.show())
    other.pane3d.settled.emit()
    assert len(asked) == 1, "of another scan's box there is no figure"
