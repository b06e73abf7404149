"""The two bone surfaces: which one is seen, what colours it has, what is cut or left out. No OpenGL."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.surface import bone_surface, heat_at
from ankleviewer.core.display.viewstate import ViewState


@pytest.fixture
def bone(fakes):
    from vtkmodules.vtkRenderingCore import vtkRenderer

    from ankleviewer.ui.view3d.bone3d import Bone3D, mesh_of

    made = Bone3D(SimpleNamespace(renderer=vtkRenderer()))
    for name, step in (("coarse", 3.0), ("fine", 1.0)):
        made.add(name, mesh_of(bone_surface(fakes.phantom(), None, step)))
    return made


def seen(bone):
    return [name for name, level in bone._levels.items() if level.actor.GetVisibility()]


def test_one_surface_is_seen(bone) -> None:
    assert seen(bone) == ["fine"] and bone.is_fine
    bone.use(fine=False)
    assert seen(bone) == ["coarse"] and not bone.is_fine
    bone.show(False)
    assert seen(bone) == []
    assert bone.mesh is bone._levels["fine"].mesh
    with bone.pickable():
        assert seen(bone) == ["fine"], "what was seen before the press of the mouse brought the coarse one"
    assert seen(bone) == []
    bone.show(True)
    assert seen(bone) == ["coarse"]
    bone.clear()
    assert bone.mesh is None


def test_what_begins_to_move_has_the_colours_of_what_stood(bone, fakes) -> None:
    """Hidden findings, or another model's map, came back for as long as the view was turned."""
    scene, state = Scene(fakes.phantom(), fakes.heat(fakes.first)), ViewState()
    colours = bone._levels["coarse"].mesh.point_data["colour"]
    plain = colours.copy()
    bone.use(fine=False)
    bone.colour(state, scene)
    assert (colours != plain).any()
    bone.use(fine=True)
    other = Scene(fakes.phantom(), fakes.heat(fakes.second))
    bone.colour(state, other)
    near = np.linalg.norm(np.asarray(bone._levels["coarse"].mesh.points) - fakes.first, axis=1) < 8
    assert near.any() and (colours[near] == plain[near]).all()
    bone.colour(replace(state, hide_ai=True), other)
    assert (colours == plain).all()


def test_heat_colours_come_and_go(bone, fakes) -> None:
    scene = Scene(fakes.phantom(), fakes.heat(fakes.first))
    state = ViewState()
    colours = bone.mesh.point_data["colour"]
    plain = colours.copy()
    bone.colour(state, scene)
    hot = (colours != plain).any(axis=1)
    near = np.linalg.norm(np.asarray(bone.mesh.points) - fakes.first, axis=1) < 6
    assert hot[near].all() and hot.mean() < 0.5
    stamp = bone.mesh.GetMTime()
    bone.colour(state, scene)
    assert bone.mesh.GetMTime() == stamp
    bone.colour(replace(state, hide_ai=True), scene)
    assert (colours == plain).all()


def test_a_low_threshold_colours_no_bone_on_which_the_map_shows_nothing(bone, fakes) -> None:
    heat = fakes.heat(fakes.first)
    colours = bone.mesh.point_data["colour"]
    plain = colours.copy()
    bone.colour(replace(ViewState(), threshold=0.01 * heat.reference), Scene(fakes.phantom(), heat))
    dark = heat_at(bone.mesh.points, heat) <= 0
    assert dark.any() and (colours[dark] == plain[dark]).all() and (colours[~dark] != plain[~dark]).any()


def test_without_the_foot_no_triangle_lies_below(bone) -> None:
    bone.split(lambda mm: mm[:, 2] < 130)
    bone.hide_foot(True)
    shown = bone._levels["fine"].actor.GetMapper().GetInput()
    used = np.unique(shown.regular_faces)
    assert np.asarray(shown.points)[used, 2].min() >= 130
    bone.hide_foot(False)
    assert bone._levels["fine"].actor.GetMapper().GetInput() is bone.mesh
