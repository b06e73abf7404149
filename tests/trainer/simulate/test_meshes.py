"""Bones from meshes: file names, sides, frame, distances. Legs of cylinders and spheres; real ones in the long proof."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import pyvista as pv
import torch

from ankleviewer.core.errors import ScanError
from trainer.simulate.atlas import Atlas
from trainer.simulate.injuries import draw_injury
from trainer.simulate.meshes import fingerprint, from_meshes, mesh_files
from trainer.simulate.streams import stream


def tube(x: float, y: float, low: float, high: float, radius: float) -> pv.PolyData:
    """A closed upright cylinder with vertices all over, its flat ends included."""
    step = 2.5
    half = int(np.ceil(radius / step)) + 2
    axis = (np.arange(2 * half + 1) - half) * step
    z = np.arange(low - 1.7 * step, high + 2 * step, step)
    gx, gy, gz = np.meshgrid(axis, axis, z, indexing="ij")
    distance = np.maximum(np.hypot(gx, gy) - radius, np.abs(gz - (low + high) / 2) - (high - low) / 2)
    image = pv.ImageData(dimensions=distance.shape, spacing=(step,) * 3, origin=(x + axis[0], y + axis[0], z[0]))
    image["distance"] = distance.flatten(order="F")
    return image.contour([0.0], scalars="distance")


def leg(folder: Path, side: str) -> None:
    """A leg 300 mm long, standing at (200, 50, -30) mm; the fibula at its outer side, lower at the ankle."""
    out = 1.0 if side == "L" else -1.0
    at = np.array([200.0 * out, 50.0, -30.0])

    def put(name: str, mesh: pv.PolyData) -> None:
        mesh.translate(at, inplace=False).save(folder / f"{side}_{name}.ply")

    put("Tibia", tube(0, 0, 0, 300, 18.0))
    put("Fibula", tube(27 * out, 5.7, -25, 280, 6.0))
    put("Talus", pv.Sphere(radius=14.0, center=(0, 0, -18), theta_resolution=40, phi_resolution=40))
    put("Calcaneous", pv.Sphere(radius=18.0, center=(0, 20, -55), theta_resolution=40, phi_resolution=40))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("legs")
    leg(out, "L")
    leg(out, "R")
    (out / "L_notes.txt").write_text("no mesh")
    return out


@pytest.fixture(scope="module")
def left(folder: Path) -> Atlas:
    return from_meshes(folder, "L")


def test_files_are_found_by_side_and_bone(folder: Path, tmp_path: Path) -> None:
    found = mesh_files(folder, "R")
    assert {k: [p.name for p in v] for k, v in found.items()} == {
        b: [f"R_{n}.ply"] for b, n in (("calcaneus", "Calcaneous"), ("fibula", "Fibula"), ("talus", "Talus"), ("tibia", "Tibia"))
    }
    for name in ("right_tibia.stl", "left-fibula.stl", "Tibia L.obj"):
        (tmp_path / name).write_text("")
    with pytest.raises(ScanError, match="no L mesh for talus, calcaneus") as met:
        mesh_files(tmp_path, "L")
    assert met.value.code == "BONES_MISSING"


def test_meshes_are_known_by_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "L_Tibia.ply").write_text("a")
    before = fingerprint(tmp_path)
    (tmp_path / "notes.txt").write_text("no mesh")
    assert fingerprint(tmp_path) == before
    (tmp_path / "L_Tibia.ply").write_text("b")
    assert fingerprint(tmp_path) != before
    (tmp_path / "L_Tibia.ply").write_text("a")
    (tmp_path / "L_Tibia.ply").rename(tmp_path / "R_Tibia.ply")
    assert fingerprint(tmp_path) != before


def test_the_frame_puts_the_plafond_at_the_origin(left: Atlas) -> None:
    assert list(left.bones) == ["talus", "tibia", "fibula", "calcaneus"] and left.name.endswith("-L")
    talus, fibula = left.bones["talus"], left.bones["fibula"]
    centre = talus.points()[talus.values < 0].mean(dim=0)
    np.testing.assert_allclose(centre.numpy(), [0, 0, -18], atol=1.5)
    beside = fibula.points()[fibula.values < 0].mean(dim=0)
    assert float(beside[0]) > 24 and abs(float(beside[1])) < 8, "the fibula is lateral"
    heel = left.bones["calcaneus"].points()[left.bones["calcaneus"].values < 0].mean(dim=0)
    assert float(heel[1]) > 15, "the heel is behind"


def test_distances_are_those_of_the_shape(left: Atlas) -> None:
    talus = left.bones["talus"]
    centre = talus.points()[talus.values < 0].mean(dim=0)
    exact = (talus.points() - centre).norm(dim=-1) - 14.0
    near = exact.abs() < 3.0
    assert float((talus.values - exact)[near].abs().max()) < 0.6
    assert float((talus.values - exact).abs().max()) < 1.5
    tibia = left.bones["tibia"]
    assert float(tibia(torch.tensor([0.0, 0.0, 60.0]))) < -14 and float(tibia(torch.tensor([25.0, 0.0, 60.0]))) > 5


def test_a_right_leg_becomes_the_same_left_one(folder: Path, left: Atlas) -> None:
    right = from_meshes(folder, "R")
    points = torch.rand(3000, 3, generator=torch.Generator().manual_seed(0)) * 100 - 50
    for bone in left.bones:
        one, two = left.bones[bone](points), right.bones[bone](points)
        near = one.abs() < 5
        assert float((one - two)[near].abs().max()) < 0.7, bone


@pytest.mark.long
@pytest.mark.parametrize("side", ["L", "R"])
def test_real_bones(data_folder: Path, side: str) -> None:
    atlas = from_meshes(data_folder / "meshes" / "vhf", side)
    assert {"tibia", "fibula", "talus", "calcaneus", "navicular", "cuboid"} <= set(atlas.bones)
    volume = {n: float((g.values < 0).sum()) / 1000 for n, g in atlas.bones.items()}
    assert 20 < volume["talus"] < 60 and 35 < volume["calcaneus"] < 100
    axes = (torch.arange(-12, 12, 0.5), torch.arange(-12, 12, 0.5), torch.arange(-12, 6, 0.5))
    points = torch.stack(torch.meshgrid(*axes, indexing="ij"), dim=-1)
    gap = 2 * float(torch.maximum(atlas.bones["tibia"](points), atlas.bones["talus"](points)).min())
    assert 0.0 < gap < 5.0, "segmented from 1 mm slices, the left joint narrows to 0.34 mm; the bones must not touch"
    centre = {n: g.points()[g.values < 0].mean(dim=0) for n, g in atlas.bones.items()}
    assert centre["fibula"][0] > centre["tibia"][0] + 15
    assert centre["navicular"][1] < centre["talus"][1] < centre["calcaneus"][1]
    for name in ("weber-b", "medial malleolus", "talus neck", "pilon"):
        assert draw_injury(stream(1, 0, name), atlas, name, "moderate")


def test_triangles_that_share_no_vertex_are_sewn_together(folder: Path, left: Atlas, tmp_path: Path) -> None:
    """As an .obj with a normal for each face holds them."""
    for path in folder.glob("L_*.ply"):
        mesh = pv.read(path)
        faces = mesh.regular_faces
        loose = pv.PolyData.from_regular_faces(np.asarray(mesh.points)[faces.ravel()], np.arange(faces.size).reshape(-1, 3))
        assert loose.n_open_edges
        loose.save(tmp_path / path.name)
    again = from_meshes(tmp_path, "L")
    for bone, grid in left.bones.items():
        torch.testing.assert_close(again.bones[bone].values, grid.values, atol=2e-3, rtol=0)
