"""The 3D pane: geometry on the screen, colours by the shared threshold, letters, and nothing left behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from ankleviewer.core.volume import Volume
from ankleviewer.ui.look import theme
from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.view3d import pane3d


@pytest.fixture
def window(make_window, backend, qtbot):
    window = make_window(backend, gl=True)
    qtbot.waitUntil(lambda: window.pane3d.render3d is not None and not window.pane3d.pending, timeout=60000)
    return window


def orange(picture: np.ndarray) -> np.ndarray:
    """Mask of the box's colour."""
    wanted = np.array([int(theme.BOX[n : n + 2], 16) for n in (1, 3, 5)])
    return abs(picture.astype(int) - wanted).max(axis=-1) < 40


@pytest.mark.parametrize("early", [True, False])
def test_where_vtk_s_window_cannot_be_made_there_is_a_sentence(make_window, backend, qtbot, monkeypatch, early: bool) -> None:
    """It said "Preparing the 3D view" for ever, looking two hundred times a second."""
    asked = []

    def broken(*_: object) -> None:
        asked.append(1)
        raise RuntimeError("no display")

    monkeypatch.setattr(pane3d.Pane3D, "_made", broken)
    monkeypatch.setattr(pane3d, "drawn_by_processor", lambda: False)  # it is made for the first scan then
    window = make_window(backend, gl=True)
    if early:
        window.pane3d._steps.close()
    qtbot.waitUntil(lambda: not window.pane3d.pending, timeout=60000)
    assert window.pane3d._message.text() == "The 3D view failed (INTERNAL_ERROR)" and window.pane3d.render3d is None
    assert not window.pane3d._awaited and len(asked) == 1
    window.controller.analyse()
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
    assert len(asked) == 1, "nothing is tried again"


def test_where_a_step_towards_the_3d_view_breaks_none_is_made(make_window, backend, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(pane3d, "_WITH_QT", ("ankleviewer.no_such_part",))
    window = make_window(backend, gl=True)
    qtbot.waitUntil(lambda: not window.pane3d.pending, timeout=60000)
    assert window.pane3d._message.text() == "The 3D view failed (INTERNAL_ERROR)"
    assert window.pane3d.render3d is None and window.pane3d._spare is None


def test_one_window_shows_it_all(window, fakes) -> None:
    """One test for the whole life of the one VTK window: making it takes most of the time."""
    scene3d = window.pane3d.render3d
    view = window.view

    # Standard views carry the right letters; seen from above the right side is on screen right.
    for name, letters in (("A", "RLSI"), ("P", "LRSI"), ("L", "APSI"), ("R", "PASI"), ("S", "LRAP"), ("I", "RLAP")):
        window.pane3d.look_from(name)
        assert "".join(scene3d.letters()) == letters

    # A corner of the box lands where the projection says, and Space takes box and heat away.
    view.update(crosshair=False, selected=0)
    window.pane3d.look_from("R")
    window.pane3d.draw(fine=True)
    shown = scene3d.picture()
    ratio = scene3d.widget.devicePixelRatioF()
    corner = np.array(scene3d.project(np.add(fakes.first, (-6, 6, 6)))) * ratio
    hits = np.argwhere(orange(shown))[:, ::-1]
    assert np.linalg.norm(hits - corner, axis=1).min() < 4
    view.update(hide_ai=True)
    window.pane3d.draw(fine=True)
    assert not orange(scene3d.picture()).any()
    bone_only = scene3d.bone.mesh.point_data["colour"].copy()
    view.update(hide_ai=False)
    window.pane3d.draw(fine=True)
    assert (scene3d.bone.mesh.point_data["colour"] != bone_only).any(axis=1).sum() > 50

    # One threshold for slices and 3D.
    touched = (scene3d.bone.mesh.point_data["colour"] != bone_only).any(axis=1).sum()
    view.update(threshold=6.0)
    window.pane3d.draw(fine=True)
    assert 0 < (scene3d.bone.mesh.point_data["colour"] != bone_only).any(axis=1).sum() < touched

    # The fibula is lateral (R) and a little behind: the finding is seen from there, not through the tibia.
    assert scene3d.best_view(np.array([-19.0, 8.0, 140.0])) == "R"

    # The picture of the window holds the 3D view.
    image = window.picture()
    assert (image.width(), image.height()) == (round(window.width() * ratio), round(window.height() * ratio))
    place = scene3d.widget.mapTo(window, scene3d.widget.rect().center())
    colours = {image.pixelColor(place.x() + dx, place.y() + dy).name() for dx in range(-60, 60, 5) for dy in range(-60, 60, 5)}
    assert len(colours) > 10

    # A click on bone takes the crosshair there; the double-click maximises.
    target = scene3d.project(np.array([4.0, 0.0, 150.0]))
    from PySide6.QtCore import QPointF

    scene3d._pick(QPointF(*target))
    assert np.linalg.norm(np.array(view.state.cursor_mm)[1:] - [0.0, 150.0]) < 3
    view.toggle_layout("3d")
    assert window.panes["axial"].isHidden() and scene3d.widget.isVisible()


def test_a_slow_fine_picture_stays_where_nothing_moves(window, qtbot, monkeypatch) -> None:
    """A coarse bone closes the gap of a fracture; judging or hiding must not make it come and go."""
    pane, view = window.pane3d, window.view
    if not pane.render3d.by_processor:
        pytest.skip("no OpenGL in software here")
    monkeypatch.setattr(pane3d, "_QUICK_MS", -1.0)
    qtbot.waitUntil(lambda: pane._fine_ms < 1e9 and not pane._quiet.isActive() and not pane._later.isActive(), timeout=20000)
    drawn: list[bool] = []
    draw = pane.draw
    monkeypatch.setattr(pane, "draw", lambda fine: drawn.append(fine) or draw(fine))

    def wait(change: dict[str, object]) -> list[bool]:
        drawn.clear()
        view.update(**change)
        qtbot.waitUntil(lambda: True in drawn, timeout=20000)
        return list(drawn)

    assert wait({"boxes": not view.state.boxes}) == [True]
    assert wait({"hide_ai": True}) == [True]
    moved = wait({"threshold": 6.0})
    assert moved[0] is False and moved[-1] is True
    x, y, z = view.state.cursor_mm
    assert wait({"cursor_mm": (x, y, z + 2.0)})[0] is False
    drawn.clear()
    pane.look_from("L")
    assert drawn == [False], "a turn is seen at once"


def test_never_the_last_scan_s_bones_under_this_one_s_boxes(window, qtbot) -> None:
    pane, view = window.pane3d, window.view
    assert not pane.preparing and pane._stack.currentWidget() is pane.render3d.widget
    other = Volume(view.scene.volume.hu.copy(), view.scene.volume.grid)
    view.set_scene(replace(view.scene, volume=other))
    assert pane.preparing and pane._stack.currentWidget() is pane._message
    pane.tools.show_box_views()
    assert pane.tools.line.text() == pane._message.text() == "Preparing the 3D view"
    qtbot.waitUntil(lambda: not pane.pending, timeout=20000)
    assert pane._stack.currentWidget() is pane.render3d.widget and not pane.preparing
    view.set_scene(replace(view.scene, boxes=()))
    assert pane._stack.currentWidget() is pane.render3d.widget, "another answer for the same bones"


def test_where_the_next_scan_s_bones_fail_the_last_one_s_are_gone(window, qtbot, monkeypatch) -> None:
    pane, view = window.pane3d, window.view

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pane3d, "bone_work", lambda *_: fail)
    view.set_scene(replace(view.scene, volume=Volume(view.scene.volume.hu.copy(), view.scene.volume.grid)))
    qtbot.waitUntil(lambda: not pane.pending, timeout=20000)
    assert "failed" in pane._message.text() and pane.render3d.bone.mesh is None
    pane.tools.show_box_views()
    assert pane.tools.line.text() == "There is no box to show."
    monkeypatch.undo()
    view.set_scene(replace(view.scene))
    qtbot.waitUntil(lambda: pane.render3d.bone.mesh is not None and not pane.pending, timeout=20000)


def test_turned_planes_and_the_window_are_followed(window, qtbot) -> None:
    pane, view = window.pane3d, window.view
    pane.set_options(planes="slices")

    def drawn() -> tuple[object, object]:
        held = pane.render3d.planes._drawn[0]
        return (held[2], held[4]) if held is not None else (None, None)

    qtbot.waitUntil(lambda: drawn() == (None, view.state.window), timeout=20000)
    view.preset("4")
    qtbot.waitUntil(lambda: drawn()[1] == view.state.window)
    view.turn_others("axial", 30.0)
    qtbot.waitUntil(lambda: drawn()[0] == view.state.shown_turn is not None)
    view.toggle_oblique()
    qtbot.waitUntil(lambda: drawn()[0] is None)


def test_what_the_model_says_goes_at_once_and_the_bone_stays_fine(window, qtbot, monkeypatch) -> None:
    """Also while reading or analysis keeps the fine picture waiting."""
    pane, view = window.pane3d, window.view
    if not pane.render3d.by_processor:
        pytest.skip("no OpenGL in software here")
    monkeypatch.setattr(pane3d, "_QUICK_MS", -1.0)
    qtbot.waitUntil(lambda: pane._fine_ms < 1e9 and not pane._quiet.isActive() and not pane._later.isActive(), timeout=20000)
    monkeypatch.setattr(pane, "busy", lambda: True)
    drawn: list[bool] = []
    draw = pane.draw
    monkeypatch.setattr(pane, "draw", lambda fine: drawn.append(fine) or draw(fine))
    for hidden in (True, False):
        view.update(hide_ai=hidden)
        assert pane._later.remainingTime() <= 20
        qtbot.waitUntil(lambda: bool(drawn))
        assert drawn == [True] and bool(pane.render3d.marks._boxes) is not hidden and pane.render3d.bone.is_fine
        drawn.clear()


def boneless(volume: Volume) -> Volume:
    return Volume(np.minimum(volume.hu, 80).astype(np.int16), volume.grid)


def test_a_second_scan_without_bone_is_said_to_have_none(window, qtbot) -> None:
    pane, view = window.pane3d, window.view
    scene = view.scene
    view.set_scene(replace(scene, volume=boneless(scene.volume)))
    assert pane._message.text() == "Preparing the 3D view"
    with qtbot.waitSignal(pane.settled, timeout=20000):
        pass
    assert pane._message.text() == "No bone to show in 3D" and pane._stack.currentWidget() is pane._message
    assert not pane.pending and pane.render3d.bone.mesh is None
    view.set_scene(scene)
    qtbot.waitUntil(lambda: not pane.pending, timeout=20000)
    assert pane._stack.currentWidget() is pane.render3d.widget and pane.render3d.bone.mesh is not None


def test_of_a_first_scan_without_bone_no_surface_is_made_again(make_window, backend, qtbot, monkeypatch) -> None:
    backend.volume = boneless(backend.volume)
    window = make_window(backend, gl=True)
    pane, view = window.pane3d, window.view
    qtbot.waitUntil(lambda: pane._message.text() == "No bone to show in 3D", timeout=60000)
    started: list[object] = []
    monkeypatch.setattr(pane.job, "start", lambda *work, **_: started.append(work))
    view.set_scene(replace(view.scene, judged=("accepted", "")))
    view.set_scene(replace(view.scene, boxes=()))
    assert started == [] and not pane.pending and pane._message.text() == "No bone to show in 3D"
    pane.set_options(cast=not pane.options.cast)
    assert len(started) == 1, "with the cast there may be some"


def test_a_double_click_on_bone_keeps_the_crosshair(window, qtbot) -> None:
    pane, view, render = window.pane3d, window.view, window.pane3d.render3d
    pane.look_from("A")
    before, left = view.state.cursor_mm, Qt.MouseButton.LeftButton
    at = QPoint(*(round(v) for v in render.project(np.array([4.0, -11.0, 165.0]))))
    QTest.mouseClick(render.widget, left, pos=at)
    assert view.state.cursor_mm != before, "a click moves it without delay"
    QTest.mouseDClick(render.widget, left, pos=at)
    assert view.state.cursor_mm == before and view.state.layout == "3d"


def test_without_opengl_the_slices_still_work(make_window, backend) -> None:
    window = make_window(backend)
    assert window.pane3d.render3d is None
    assert "switched off" in window.pane3d._message.text()
    assert window.panes["axial"].picture().boxes
