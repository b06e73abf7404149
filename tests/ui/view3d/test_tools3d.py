"""The 3D view's menu in a window with OpenGL, in one life of the window: making it takes most of the time."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from ankleviewer.core.anatomy import disarticulate
from ankleviewer.core.anatomy.cast import Cast
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.imaging import bonefield
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.ui.view3d import bone_work
from ankleviewer.ui.view3d.tools3d import NO_BOX, NO_CAST, SEPARATING, WITHOUT_CAST, WITHOUT_FOOT
from ankleviewer.ui.words.translate import tr


def test_everything_the_menu_offers(make_window, backend, qtbot, monkeypatch) -> None:
    window = make_window(backend, gl=True)
    pane = window.pane3d
    qtbot.waitUntil(lambda: pane.render3d is not None and not pane.pending, timeout=60000)
    render, tools = pane.render3d, pane.tools
    assert render.by_processor  # the tests' screen is drawn in software

    # The volume stays off in software, with a line that says why; the switch allows it.
    tools.toggle_volume()
    assert not pane.options.volume and tools.line.isVisible() and "graphics card" in tools.line.text()
    entries = [action.text() for action in tools.button.menu().actions()]
    assert any(f"“{entry}”" in tools.line.text() for entry in entries if entry), "it names the entry that does it"
    tools.toggle_in_software()
    qtbot.waitUntil(lambda: render.volume is not None and render.volume.ready, timeout=20000)
    pane.draw(fine=True)
    volume = render.picture()
    assert not render.bone._levels["fine"].actor.GetVisibility()
    assert (volume.max(axis=2) > 60).mean() > 0.02
    tools.toggle_in_software()
    pane.draw(fine=True)
    assert render.bone._levels["fine"].actor.GetVisibility()

    # Slices hide bone, frames show lines.
    plain = render.picture()
    pane.set_options(planes="slices")
    pane.draw(fine=True)
    assert (render.picture() != plain).any(axis=2).mean() > 0.02
    pane.set_options(planes="off")

    # A handle of the crop box is dragged: bone goes; reset brings it back.
    pane.look_from("A")
    pane.set_options(crop=True)
    pane.draw(fine=True)
    whole = render.crop.whole
    handle = np.array([whole[1], (whole[2] + whole[3]) / 2, (whole[4] + whole[5]) / 2])
    x, y = render.project(handle)
    start, none = QPoint(round(x), round(y)), Qt.KeyboardModifier.NoModifier
    QTest.mousePress(render.widget, Qt.MouseButton.LeftButton, none, start)
    for step in range(1, 9):
        QTest.mouseMove(render.widget, start - QPoint(6 * step, 0))
    QTest.mouseRelease(render.widget, Qt.MouseButton.LeftButton, none, start - QPoint(48, 0))
    assert render.crop.bounds is not None and render.crop.bounds[1] < whole[1] - 3
    assert tools.button.text() == "✂" and not render.moving
    tools.reset_crop()
    assert render.crop.bounds is None and tools.button.text() == "☰"
    pane.set_options(crop=False)

    # Spinning turns the camera; a box is shown from three sides and the screen keeps its view.
    before = np.array(render.plotter.camera.position)
    tools._turn()
    now = np.array(render.plotter.camera.position)
    assert np.linalg.norm(now - before) > 1
    tools.show_box_views()
    (dialog,) = [w for w in window.findChildren(QDialog) if w.windowTitle() == "Box from three sides"]
    assert np.allclose(render.plotter.camera.position, now)
    dialog.close()

    # The phantom has no joint: the line says so and the foot stays. Until then it says that it is at work; the sign is not set.
    tools.toggle_foot()
    assert tools.line.isVisible() and tools.line.text() == tr(SEPARATING) and not tools._hide.isActive()
    assert tools.button.text() == "☰"
    qtbot.waitUntil(lambda: pane.options.foot and not tools.job.running, timeout=20000)
    assert "could not be told apart" in tools.line.text()
    tools.line.hide()
    tools.toggle_foot()  # asked again: it is not said to be missing
    assert pane.options.foot and "could not be told apart" in tools.line.text() and tools.button.text() == "☰"

    # Where it was told apart, the line says what is missing for as long as it is.
    tools.say(tr(WITHOUT_FOOT))
    pane.options = replace(pane.options, foot=False)
    tools.toggle_foot()
    assert pane.options.foot and not tools.line.isVisible()

    # The foot is back before the work that tells it apart is done: nothing is missing.
    render.show_foot = lambda _made: None
    tools._on_done(("foot", pane.model.scene, object()))
    assert tools._made["foot"] is not None and not tools.line.isVisible()

    # Told apart: only now the sign is set. A finding whose bone goes with the foot is named, unless findings are hidden.
    low, high = np.array(render.bone.mesh.bounds).reshape(3, 2).T
    window.view.set_scene(replace(pane.model.scene, boxes=(BoxMm((*low,), (*high,)),)))
    qtbot.waitUntil(lambda: not pane._later.isActive())
    foot = SimpleNamespace(at=lambda mm: np.asarray(mm)[:, 2] < low[2] + 2 * (high[2] - low[2]))
    pane.options, tools._made = replace(pane.options, foot=False), {}
    tools._prepare = lambda: None
    tools._tell_missing()
    assert tools.button.text() == "☰"
    tools._on_done(("foot", pane.model.scene, foot))
    told = f"{tr(WITHOUT_FOOT)} Finding 1 lies in the part that is left out."
    assert tools.button.text() == "✂" and tools.line.text() == told and told in tools.button.toolTip()
    window.view.update(hide_ai=True)
    assert tools.line.text() == tr(WITHOUT_FOOT) and "Finding" not in tools.button.toolTip()
    window.view.update(hide_ai=False)
    assert tools.line.text() == told
    points = np.asarray(render.bone.mesh.points)
    for share, told in ((0.3, "Part of finding 1 lies in what is left out."), (0.02, "")):
        edge = np.quantile(points[:, 2], share)
        tools._made["foot"] = SimpleNamespace(at=lambda mm, edge=edge: np.asarray(mm)[:, 2] < edge)
        tools._on_done(("foot", pane.model.scene, tools._made["foot"]))
        assert tools.line.text() == f"{tr(WITHOUT_FOOT)} {told}".strip(), "a part is said to be one, and a rim is none"
        assert tools.line.text() in tools.button.toolTip()
    tools._made["foot"] = SimpleNamespace(at=lambda mm: np.asarray(mm)[:, 2] < low[2] - 1)
    tools._on_done(("foot", pane.model.scene, tools._made["foot"]))
    assert tools.line.text() == tr(WITHOUT_FOOT), "it lies in what is shown"
    del tools._prepare, render.show_foot
    tools.toggle_foot()
    assert not tools.line.isVisible() and tools.button.text() == "☰"

    # What is being made for bones that are shown another way is not waited for.
    go = threading.Event()
    tools.job.start(lambda _progress, _cancelled: go.wait(20) and ("voxels", pane.model.scene, "of before"))
    tools._prepare = lambda: None
    tools.on_scene()
    go.set()
    qtbot.waitUntil(lambda: not tools.job.alive)
    qtbot.wait(20)
    del tools._prepare
    assert "voxels" not in tools._made

    # It was told apart for another ankle of the same scan, which is no longer the one shown.
    other = replace(pane.model.scene, region=(np.zeros(3), np.ones(3)))
    tools._made = {}
    tools._on_done(("foot", other, object()))
    assert not tools._made

    # Shift+K shows the cast; the camera stays. Where none is found, a line says so; where one is, the line says what is missing.
    pane.look_from("L")
    before = np.array(render.plotter.camera.position)
    tools.toggle_cast()
    qtbot.waitUntil(lambda: not pane.pending, timeout=20000)
    assert pane.options.cast and tools.button.text() == "☰" and not tools.line.isVisible()
    tools.toggle_cast()
    qtbot.waitUntil(lambda: not pane.pending, timeout=20000)
    assert tools.line.isVisible() and tools.line.text() == tr(NO_CAST) and pane.cast is None

    whole = render.bone.mesh.bounds
    volume = pane.model.scene.volume
    mask = np.zeros(volume.grid.shape, dtype=bool)
    mask[: mask.shape[0] // 2] = True
    monkeypatch.setattr(bone_work, "find_cast", lambda *_: Cast(mask, volume.grid))
    tools.toggle_cast()
    tools.toggle_cast()
    qtbot.waitUntil(lambda: pane.cast is not None and not pane.pending, timeout=20000)
    assert tools.line.isVisible() and tools.line.text() == tr(WITHOUT_CAST)
    assert tools.button.text() == "✂" and tr(WITHOUT_CAST) in tools.button.toolTip()
    assert render.bone.mesh.bounds[1] - render.bone.mesh.bounds[0] < 0.8 * (whole[1] - whole[0])
    assert np.allclose(render.plotter.camera.position, before)
    tools.toggle_cast()
    qtbot.waitUntil(lambda: not pane.pending, timeout=20000)
    assert np.allclose(render.bone.mesh.bounds, whole) and not tools.line.isVisible() and tools.button.text() == "☰"

    # Boxes have come: the line that there are none is no longer true. Another scan: it is not of that one; nor is the cut.
    tools.say(tr(NO_BOX))
    tools.on_answer()
    assert not tools.line.isVisible()
    backend.answers = ()
    backend.volume = replace(backend.volume)  # the same bones, but another scan
    tools.say(tr(NO_BOX))
    render.crop.cut((*whole[:1], 0.0, *whole[2:]))
    assert tools.button.text() == "✂" and tools.line.isVisible()
    window.controller.open("other.nii.gz")
    qtbot.waitUntil(lambda: pane.pending, timeout=20000)
    assert not tools.line.isVisible()
    qtbot.waitUntil(lambda: not pane.pending, timeout=20000)
    assert render.crop.bounds is None and tools.button.text() == "☰"


def test_what_fails_is_no_longer_asked_for_and_a_judgement_makes_nothing_anew(make_window, backend, qtbot, monkeypatch) -> None:
    window = make_window(backend, gl=True)
    pane, controller = window.pane3d, window.controller
    qtbot.waitUntil(lambda: pane.render3d is not None and not pane.pending, timeout=60000)
    render, tools = pane.render3d, pane.tools

    def fail(*_args: object) -> None:
        raise AnkleViewerError("MEMORY_SHORT", "There is not enough memory.")

    # The foot is still shown, so its entry is not ticked; the line says what happened, and the next try is a new one.
    with monkeypatch.context() as broken:
        broken.setattr(disarticulate, "split_foot", fail)
        for _ in range(2):
            tools.toggle_foot()
            assert not pane.options.foot and tools.line.text() == tr(SEPARATING)
            qtbot.waitUntil(lambda: not tools.job.running, timeout=20000)
            assert pane.options.foot and tools.line.text() == "That failed (MEMORY_SHORT)" and tools._hide.isActive()
            assert tools.button.text() == "☰" and "foot" not in tools._made

    # The surface is still shown; what was asked for with it is made all the same.
    foot = SimpleNamespace(at=lambda mm: np.zeros(len(mm), dtype=bool))
    with monkeypatch.context() as broken:
        broken.setattr(bonefield, "bone_field", fail)
        broken.setattr(disarticulate, "split_foot", lambda *_: foot)
        broken.setattr(render, "show_foot", lambda _made: None)
        pane.set_options(volume=True, foot=False)
        qtbot.waitUntil(lambda: tools._made.get("foot") is foot, timeout=20000)
        assert not pane.options.volume and not pane.options.foot and render.volume is None
        pane.set_options(foot=True)

    # What is no longer wanted may fail unheard; what was asked for while it was made has waited for it.
    for broken_at, other, first, then in (
        (
            (bonefield, "bone_field"),
            (disarticulate, "split_foot", lambda *_: foot),
            {"volume": True},
            {"volume": False, "foot": False},
        ),
        ((disarticulate, "split_foot"), (bonefield, "bone_field", fail), {"foot": False}, {"foot": True, "volume": True}),
    ):
        tools.forget()
        go, begun = threading.Event(), []

        def late(*_args: object, go=go) -> None:
            assert go.wait(20)
            fail()

        with monkeypatch.context() as broken:
            broken.setattr(*broken_at, late)
            broken.setattr(other[0], other[1], lambda *args, make=other[2], begun=begun: begun.append(1) or make(*args))
            broken.setattr(render, "show_foot", lambda _made: None)
            tools._hide.stop()
            tools.line.hide()
            pane.set_options(**first)
            pane.set_options(**then)
            said = []
            broken.setattr(tools, "say", said.append)
            assert tools.job.running and not begun
            go.set()
            qtbot.waitUntil(lambda begun=begun: bool(begun) and not tools.job.running, timeout=20000)
            failures = [text for text in said if text.startswith("That failed")]
            assert len(failures) == (other[2] is fail), "of the one that was still wanted"
        pane.set_options(foot=True, volume=False)
    tools.forget()

    # Accepted, rejected, on the paper's map too: voxels and map are those of before. Another map is read anew.
    made = []
    real = bonefield.bone_field
    monkeypatch.setattr(bonefield, "bone_field", lambda *args: made.append(1) or real(*args))
    tools.toggle_in_software()
    qtbot.waitUntil(lambda: render.volume is not None and render.volume.ready and not tools.job.running, timeout=20000)
    assert len(made) == 1 and pane.options.volume
    for paper in (False, True):
        window.view.update(paper_map=paper)
        qtbot.waitUntil(lambda: not tools.job.running and "voxels" in tools._made, timeout=20000)
        before, voxels = pane.model.scene, tools._made["voxels"]
        assert len(made) == 1 + paper
        for judgement in ("accepted", "rejected", "rejected"):
            controller.judge(judgement, 0)
            assert pane.model.scene is not before and pane.model.scene.heat is before.heat is not None
            assert tools._made["voxels"] is voxels and not tools.job.running and pane.options.volume
    assert len(made) == 2


def test_a_minimised_window_does_not_turn(make_window, backend, monkeypatch) -> None:
    """Without a graphics card it took a core for as long as nobody looked."""
    window, turned = make_window(backend, path=None), []
    pane = window.pane3d
    monkeypatch.setattr(pane, "render3d", SimpleNamespace(moving=False, turn=turned.append, close=lambda: None))
    monkeypatch.setattr(pane, "isVisible", lambda: True)
    pane.tools._turn()
    window.showMinimized()
    pane.tools._turn()
    assert len(turned) == 1
    monkeypatch.undo()
