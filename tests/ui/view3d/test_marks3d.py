"""Marks of the 3D view: dashes and rings lie where they should; the reader's boxes, signs and rings follow every step."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pytest

from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.oblique import Turn, frames_of, start, turned
from ankleviewer.core.reading.boxedit import Hold
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.ui.background.opengl import opengl_missing
from ankleviewer.ui.look import theme


def test_dashes_lie_on_the_edges() -> None:
    from ankleviewer.ui.view3d.marks3d import dotted

    low, high = np.array([0.0, 0.0, 0.0]), np.array([10.0, 12.0, 14.0])
    points = np.asarray(dotted(low, high).points)
    on_face = (np.isclose(points, low) | np.isclose(points, high)).sum(axis=1)
    assert (on_face >= 2).all()
    assert (points >= low).all() and (points <= high).all()
    assert dotted(low, high).n_cells > 12 * 3


def test_rings_lie_about_the_place() -> None:
    from ankleviewer.ui.view3d.marks3d import rings

    lines = rings(np.array([1.0, 2.0, 3.0]))
    away = np.asarray(lines.points) - [1.0, 2.0, 3.0]
    np.testing.assert_allclose(np.linalg.norm(away, axis=1), 3.0, atol=1e-6)
    assert lines.n_cells == 3 * 36 and all((np.abs(away[:, a]) < 1e-6).sum() >= 72 for a in range(3))


def directions(grid: Grid, turn: Turn | None) -> np.ndarray:
    """Unit directions (3, 3) of the crosshair's lines, one a row."""
    from ankleviewer.ui.view3d.marks3d import crosshair

    strokes = crosshair(grid, turn).reshape(3, 4, 3)
    assert np.allclose(strokes.sum(axis=1), 0) and np.allclose(np.linalg.norm(strokes, axis=2), [16, 4, 4, 16])
    return strokes[:, 3] / 16


def test_the_crosshair_lies_in_the_planes_of_the_slices(fakes) -> None:
    assert np.allclose(np.abs(directions(fakes.grid, None)), np.eye(3))
    tilted = np.eye(4)
    tilted[1:3, 1:3] = [[np.cos(0.4), 0.0], [np.sin(0.4), 1.0]]  # rows of a tilted gantry: at no right angle to the slices' way
    turn = turned(start(fakes.grid, fakes.first), "sagittal", 25.0, fakes.first)
    for grid, now in ((Grid((40, 40, 40), tilted), None), (fakes.grid, turn)):
        lines = directions(grid, now)
        frames = frames_of(grid, now)
        normals = [np.cross(frame.grid.affine[:3, 0], frame.grid.affine[:3, 1]) for frame in frames]
        for line, (one, other) in zip(lines, ((0, 1), (0, 2), (1, 2)), strict=True):
            assert abs(line @ normals[one]) < 1e-6 and abs(line @ normals[other]) < 1e-6
        assert np.abs(lines).max(axis=1).min() < 0.95, "along the patient's axes"


def test_the_crosshair_has_no_planes_colour_and_turns_with_them(fakes) -> None:
    from ankleviewer.ui.view3d.marks3d import Marks3D

    made: list[tuple[np.ndarray, str]] = []
    taken: list[object] = []

    def add_mesh(mesh: object, color: str, **_look: object) -> MagicMock:
        made.append((np.asarray(mesh.points), color))
        return MagicMock()

    marks = Marks3D(SimpleNamespace(add_mesh=add_mesh, remove_actor=lambda actor, **_: taken.append(actor)))
    scene, state = Scene(fakes.phantom()), ViewState()
    marks.show(state, scene)
    marks.show(ViewState(cursor_mm=fakes.first), scene)
    assert len(made) == 3 and not {colour for _, colour in made} & set(theme.PLANE.values())
    marks.show(ViewState(oblique=True, turn=turned(start(fakes.grid, fakes.first), "axial", 30.0, fakes.first)), scene)
    assert len(made) == 6 and len(taken) == 3 and not np.allclose(made[0][0], made[3][0])


def test_of_the_crosshair_within_bone_more_is_seen_than_the_ends_that_stick_out(fakes) -> None:
    """Behind bone it shows through, dark; not in the quick pictures of a move, nor where it is off. Before bone it is light."""
    import pyvista as pv

    from ankleviewer.ui.view3d.marks3d import Marks3D

    if missing := opengl_missing():
        pytest.skip(missing)
    plotter = pv.Plotter(off_screen=True, window_size=(200, 200), lighting="none")
    plotter.set_background(theme.PANE)
    plotter.enable_parallel_projection()
    plotter.add_mesh(pv.Sphere(radius=20.0, center=(0.0, 0.0, 140.0)), color=(150, 145, 135), lighting=False)
    plotter.camera_position = [(0.0, -400.0, 140.0), (0.0, 0.0, 140.0), (0.0, 0.0, 1.0)]
    plotter.camera.parallel_scale = 12.0  # nothing but bone
    marks, scene = Marks3D(plotter), Scene(fakes.phantom())

    def picture(depth: float = 0.0, quick: bool = False, crosshair: bool = True) -> np.ndarray:
        marks.show(ViewState(cursor_mm=(0.0, depth, 140.0), crosshair=crosshair), scene)
        marks.be_quick(quick)
        plotter.renderer.ResetCameraClippingRange()
        plotter.render()
        return np.asarray(plotter.screenshot(return_img=True)).astype(int)[..., 0]

    bone = picture(crosshair=False)
    assert bone.min() == bone.max()
    within, quick, before, alone = picture(), picture(quick=True), picture(depth=-30.0), picture(depth=-30.0, quick=True)
    plotter.close()
    assert (within < bone - 40).sum() > 100 and within.max() <= bone.max() + 5
    assert np.array_equal(quick, bone)
    light = alone > bone + 5
    assert light.sum() > 100 and (before[light] > bone[light] + 5).all(), "what shows through does not lie over the light line"


def test_a_rejected_box_is_thinner_and_dimmer_than_the_others(fakes) -> None:
    from ankleviewer.ui.view3d.marks3d import Marks3D

    looks: list[tuple[float, float]] = []

    def add_mesh(_mesh: object, color: str, line_width: float, opacity: float, **_look: object) -> MagicMock:
        if color == theme.BOX:
            looks.append((line_width, opacity))
        return MagicMock()

    marks = Marks3D(SimpleNamespace(add_mesh=add_mesh, remove_actor=lambda *_, **__: None))
    marks.labels = MagicMock()
    box = BoxMm((0.0, 0.0, 0.0), (10.0, 10.0, 10.0))
    marks.show(ViewState(selected=-1), Scene(fakes.phantom(), boxes=(box, box), judged=("accepted", "rejected")))
    (sure, sure_through), (rejected, rejected_through) = looks[:2], looks[2:]
    assert rejected[0] < sure[0] and 0.3 < rejected[1] < 0.7 < sure[1]
    assert 0 < rejected_through[1] < sure_through[1]


def test_the_readers_box_of_a_rejected_finding_is_thinner_and_dimmer_too(fakes) -> None:
    from ankleviewer.ui.view3d.marks3d import Marks3D

    looks: list[tuple[float, float]] = []

    def add_mesh(_mesh: object, color: str, line_width: float, opacity: float, **_look: object) -> MagicMock:
        if color == theme.READER:
            looks.append((line_width, opacity))
        return MagicMock()

    marks = Marks3D(SimpleNamespace(add_mesh=add_mesh, remove_actor=lambda *_, **__: None))
    marks.labels = MagicMock()
    box = BoxMm((0.0, 0.0, 0.0), (10.0, 10.0, 10.0))
    marks.edited = {0: box, 1: box}
    marks.show(ViewState(), Scene(fakes.phantom(), boxes=(box, box), judged=("rejected",)))
    (rejected, rejected_through), (sure, sure_through) = looks[:2], looks[2:]
    assert rejected[0] < sure[0] and 0.3 < rejected[1] < 0.7 < sure[1]
    assert 0 < rejected_through[1] < sure_through[1]


def like(picture: np.ndarray, colour: str) -> int:
    """Number of pixels of a colour."""
    wanted = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)])
    return int((abs(picture.astype(int) - wanted).max(axis=-1) < 40).sum())


def test_what_the_reader_does_is_seen_at_once_and_follows_undo_and_redo(make_window, backend, qtbot) -> None:
    window = make_window(backend, gl=True)
    pane, controller, editing = window.pane3d, window.controller, window.editing
    qtbot.waitUntil(lambda: pane.render3d is not None and not pane.pending, timeout=60000)
    marks = pane.render3d.marks

    def texts() -> list[str]:
        qtbot.waitUntil(lambda: not pane._later.isActive() and not pane._quiet.isActive())
        return marks.labels.texts

    def readers_pixels() -> int:
        qtbot.waitUntil(lambda: not pane._later.isActive() and not pane._quiet.isActive())
        return like(pane.render3d.picture(), theme.READER)

    assert texts() == ["1", "2"] and readers_pixels() == 0
    controller.judge("accepted", 0)
    controller.judge("rejected", 1)
    assert texts() == ["1 ✓", "2 ✕"]
    controller.add_missed()
    assert texts() == ["1 ✓", "2 ✕", "M1"] and readers_pixels() > 20

    controller.go_to_finding(0)
    editing.toggle()
    editing.take(Hold((0, 0, 0)), (0.0, 0.0, 0.0))
    editing.drag((0.0, 0.0, 12.0))  # in the middle of a drag, nothing written yet
    assert texts() == ["1 ✓", "2 ✕", "1 edited", "M1"] and not controller.reviewing.review.edited
    bounds = marks.readers[0].bounds
    assert bounds[4:] == pytest.approx((146.0, 158.0))
    editing.drop()
    assert texts() == ["1 ✓", "2 ✕", "1 edited", "M1"]
    editing.stop()
    for expected in (["1 ✓", "2 ✕", "M1"], ["1 ✓", "2 ✕"], ["1 ✓", "2"]):
        controller.measuring.undo()
        assert texts() == expected
    for expected in (["1 ✓", "2 ✕"], ["1 ✓", "2 ✕", "M1"], ["1 ✓", "2 ✕", "1 edited", "M1"]):
        controller.reviewing.redo()
        assert texts() == expected
    assert marks.readers[0].bounds[4:] == pytest.approx((146.0, 158.0))

    # Space takes the boxes away, the reader's too, as on the slices; what the reader added stays.
    window.view.update(hide_ai=True)
    assert texts() == ["M1"]
    window.view.update(hide_ai=False, boxes=False)
    assert texts() == ["M1"]


def test_labels_are_set_with_their_signs() -> None:
    from ankleviewer.ui.view3d.labels3d import rgba_of

    plain, signed = rgba_of("1", theme.BOX, 1.0), rgba_of("1 ✓", theme.BOX, 1.0)
    assert signed.shape[1] > plain.shape[1] + 5
    assert like(signed[..., :3], theme.BOX) > like(plain[..., :3], theme.BOX) > 5
    assert signed[0, 0, 3] == 0 and signed[..., 3].max() == 255
    double = rgba_of("1", theme.BOX, 2.0)
    assert abs(double.shape[0] - 2 * plain.shape[0]) <= 2


def test_a_mark_of_the_other_ankle_is_not_drawn_on_this_one(make_window, fakes, qtbot) -> None:
    right, left = fakes.ankle("R"), fakes.ankle("L")
    left.min_mm, left.max_mm = ((v[0] + 500.0, v[1], v[2]) for v in (right.min_mm, right.max_mm))
    # without boxes, which lie at the right ankle and would be shown with the left one
    answers = (fakes.answer("fracture", ankle=0), fakes.answer("no fracture", ankle=1))
    window = make_window(fakes.Backend(ankles=(right, left), answers=answers), gl=True)
    pane, controller = window.pane3d, window.controller
    qtbot.waitUntil(lambda: pane.render3d is not None and not pane.pending, timeout=60000)

    def texts() -> list[str]:
        qtbot.waitUntil(lambda: not pane._later.isActive() and not pane._quiet.isActive())
        return pane.render3d.marks.labels.texts

    controller.choose_ankle(0)
    controller.add_missed()
    assert "M1" in texts()
    controller.choose_ankle(1)
    assert "M1" not in texts()
    controller.choose_ankle(0)
    assert "M1" in texts()
