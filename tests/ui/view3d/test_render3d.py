"""The VTK window by itself: another size, another scan's bones, pictures that do not depend on what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.surface import bone_surface
from ankleviewer.core.display.view3d import View3D
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.ui.background.opengl import drawn_by_processor, opengl_missing
from ankleviewer.ui.look import theme

VIEWS = ["S", "A"]


@pytest.fixture
def shown(qtbot, fakes) -> Iterator[SimpleNamespace]:
    """A window with the phantom's bones (`render`), and the `scene`."""
    if missing := opengl_missing():
        pytest.skip(missing)
    from ankleviewer.ui.view3d.bone3d import mesh_of
    from ankleviewer.ui.view3d.render3d import Render3D

    window = QWidget()
    window.resize(420, 300)
    picked: list[np.ndarray] = []
    render = Render3D(window, picked.append, lambda: None)
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(render.widget)
    volume = fakes.phantom()
    for name, step in (("coarse", 4.0), ("fine", 1.5)):
        render.show_mesh(name, mesh_of(bone_surface(volume, None, step)), first=name == "coarse")
    boxes = (fakes.box(fakes.first, 0.7), fakes.box(fakes.second, 0.2))
    window.show()
    qtbot.waitExposed(window)
    made = SimpleNamespace(render=render, picked=picked, scene=Scene(volume, fakes.heat(fakes.first), boxes))
    yield made
    made.__dict__.clear()  # pytest keeps what a fixture yields until the leaks have been looked for
    window.close()
    render.close()
    window.deleteLater()


def test_another_size_is_drawn_coarsely_at_once_and_said(shown, qtbot) -> None:
    render, scene = shown.render, shown.scene
    if not drawn_by_processor():
        pytest.skip("no OpenGL in software here")
    render.show_state(ViewState(), scene, View3D())
    assert render.bone.is_fine
    window, painted = render.parent(), render.widget
    for width in (500, 260, 380):
        with qtbot.waitSignal(render.rested):
            window.resize(width, 300)
        window.grab()
        assert not render.bone.is_fine
        assert (painted._image.width(), painted._image.height()) == (width, 300)
    render.show_state(ViewState(), scene, View3D())
    assert render.bone.is_fine


def test_the_cut_belongs_to_one_scans_bones(shown) -> None:
    render = shown.render
    mesh = render.bone.mesh
    cuts: list[bool] = []
    render.cropped.connect(cuts.append)
    bounds = (*mesh.bounds[:1], 5.0, *mesh.bounds[2:])
    render.crop.cut(bounds)
    render.show_mesh("coarse", mesh, first=True, turn=False)  # its cast is shown, or no more
    render.show_mesh("fine", mesh, first=False)
    assert render.crop.bounds == pytest.approx(bounds) and cuts == [True]
    render.show_mesh("coarse", mesh, first=True)  # another scan, as large as the one before
    assert render.crop.bounds is None and not render.bone.clipping and cuts == [True, False]


def test_pictures_do_not_depend_on_what_is_shown_and_leave_it(shown, fakes, monkeypatch) -> None:
    render, scene = shown.render, shown.scene
    alone = replace(scene, boxes=scene.boxes[:1])
    asked = ViewState(crosshair=False, selected=0)
    render.show_state(ViewState(), scene, View3D())
    plain = render.pictures_from(VIEWS, asked, alone)
    assert [letters for _, letters in plain] == [("L", "R", "A", "P"), ("R", "L", "S", "I")]

    # all that can be shown otherwise
    state, options = replace(ViewState(), boxes=False), View3D(planes="slices", crop=True)
    judged = replace(scene, judged=("rejected", ""), missed=((1, fakes.second),))
    edited = {0: fakes.box((0.0, 0.0, 150.0), 0.5)}
    whole = render.crop.whole
    render.crop.cut((whole[0], 0.0, *whole[2:]))
    render.marks.edited = edited
    render.bone.split(lambda mm: mm[:, 2] < 130)
    render.standard_view("L")

    def screen() -> np.ndarray:
        render.show_state(state, judged, replace(options, foot=False))
        return render.picture()

    before, cut = screen(), render.bone.clipping
    for (now, _), (then, _) in zip(render.pictures_from(VIEWS, asked, alone), plain, strict=True):
        assert (np.abs(now.astype(int) - then).max(axis=2) > 8).mean() < 0.001
    assert render.bone.clipping is cut and render.marks.edited is edited
    assert (screen() == before).all()

    # the model's box shows through the bone in the picture, though the reader's stands beside it on the screen
    orange = np.array([int(theme.BOX[n : n + 2], 16) for n in (1, 3, 5)])
    assert (abs(plain[1][0].astype(int) - orange).max(axis=-1) < 40).any()
    assert not (abs(before.astype(int) - orange).max(axis=-1) < 40).any()

    def fail() -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(render, "picture", fail)
        with pytest.raises(MemoryError):
            render.pictures_from(VIEWS, asked, alone)
    assert (screen() == before).all()


def test_the_handles_of_the_crop_box_are_no_place(shown) -> None:
    render, picked = shown.render, shown.picked
    render.show_state(ViewState(), shown.scene, View3D())
    render.standard_view("A")
    places = [QPointF(*render.project(np.array(mm))) for mm in ((4.0, -11.0, 165.0), (-19.0, -11.0, 175.0))]
    for place in places:
        render._pick(place)
    before = [mm.copy() for mm in picked]
    render.show_state(ViewState(), shown.scene, View3D(crop=True))
    render.standard_view("A")
    for place in places:
        render._pick(place)
    assert len(before) == len(places)
    np.testing.assert_allclose(picked[len(places) :], before, atol=1e-6)


def test_a_click_meets_the_bone_under_a_volume_too_but_not_what_is_cut_away(shown) -> None:
    """A volume is no surface, and the bone behind it is hidden."""
    render, picked = shown.render, shown.picked
    render.show_state(ViewState(), shown.scene, View3D())
    render.standard_view("A")
    at = QPointF(*render.project(np.array([4.0, -11.0, 165.0])))
    render._pick(at)
    render.bone.show(False)
    render._pick(at)
    assert len(picked) == 2 and not render.bone._levels["fine"].actor.GetVisibility()
    np.testing.assert_allclose(picked[1], picked[0], atol=1e-6)
    whole = render.bone.mesh.bounds
    render.crop.cut((*whole[:2], picked[0][1] + 2.0, *whole[3:]))
    for visible in (True, False):
        render.bone.show(visible)
        render._pick(at)
    assert len(picked) == 2 or all(mm[1] > picked[0][1] + 1.9 for mm in picked[2:])
