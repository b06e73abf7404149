"""Bones from a folder of closed surface meshes (PLY, STL, OBJ, VTP; LPS millimetres), brought into the canonical frame.

A file belongs to a bone by its name ("L_Tibia.ply", "right_talus.stl"); tibia, fibula, talus and calcaneus are needed, the rest
is used if there.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ankleviewer.core.errors import ScanError
from trainer.simulate.atlas import BONES, Atlas, SdfGrid, box_grid, trim

Array = NDArray[np.float64]

_WORDS = {
    "tibia": "tibia",
    "fibula": "fibula",
    "talus": "talus",
    "calcan": "calcaneus",
    "navicular": "navicular",
    "cuboid": "cuboid",
    "cuneiform": "cuneiforms",
    "metatars": "metatarsals",
    "phalan": "metatarsals",
}
_SUFFIXES = (".ply", ".stl", ".obj", ".vtp")
_NEEDED = ("tibia", "fibula", "talus", "calcaneus")
_SIDES = {"L": r"(^|[_\W])(l|left)([_\W]|$)", "R": r"(^|[_\W])(r|right)([_\W]|$)"}
TOP_MM = 115.0
REACH_MM = 130.0
NEAR_MM = 3.5
FIBULA_ANGLE_DEG = 12.0  # the fibula lies a little behind the transverse axis of the plafond


def mesh_files(folder: Path, side: str) -> dict[str, list[Path]]:
    """Bone name to mesh files of one side ("L" or "R").

    Raises:
        ScanError: BONES_MISSING where a needed bone has no file.
    """
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _SUFFIXES or not re.search(_SIDES[side], path.stem, re.IGNORECASE):
            continue
        bone = next((b for word, b in _WORDS.items() if word in path.stem.lower()), None)
        if bone is not None:
            found.setdefault(bone, []).append(path)
    missing = [b for b in _NEEDED if b not in found]
    if missing:
        raise ScanError("BONES_MISSING", f"The folder holds no {side} mesh for {', '.join(missing)}.")
    return found


def sides_of(folder: Path) -> str:
    """The sides of which all needed bones are there, "L", "R" or "LR".

    Raises:
        ScanError: BONES_MISSING, there is neither, or no folder.
    """
    _check_folder(folder)
    sides, problem = "", None
    for side in "LR":
        try:
            mesh_files(folder, side)
        except ScanError as error:
            problem = problem or error
        else:
            sides += side
    if not sides and problem is not None:
        raise problem
    return sides


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise ScanError("BONES_MISSING", f"{folder} is no folder of meshes.")


def fingerprint(folder: Path) -> str:
    """Hash of a folder's meshes, their names included: the same bones in another place are the same.

    Raises:
        ScanError: BONES_MISSING, there is no folder.
    """
    _check_folder(folder)
    seen = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in _SUFFIXES:
            seen.update(path.name.encode("utf-8", "surrogateescape") + hashlib.sha256(path.read_bytes()).digest())
    return seen.hexdigest()[:16]


def from_meshes(folder: Path, side: str = "L") -> Atlas:
    """Atlas of one side's bones. A right ankle is mirrored into the canonical left one.

    Distances are exact (vtkImplicitPolyDataDistance); this takes about half a minute, so callers keep the result.
    """
    import pyvista as pv

    meshes: dict[str, list[pv.PolyData]] = {}
    for bone, files in mesh_files(folder, side).items():
        meshes[bone] = [_sewn(pv.read(f).extract_surface(algorithm="dataset_surface").triangulate()) for f in files]
    to_canonical = _frame(
        np.asarray(meshes["tibia"][0].points, dtype=np.float64), np.asarray(meshes["fibula"][0].points, dtype=np.float64), side
    )
    bones = {}
    for bone, parts in meshes.items():
        grid = _distance([p.transform(to_canonical, inplace=False) for p in parts], mirrored=side == "R")
        if grid is not None:
            bones[bone] = grid
    return Atlas(f"{folder.name}-{side}", {b: bones[b] for b in BONES if b in bones}, {"tibia": (3.4, 1.0), "fibula": (2.2, 1.1)})


def _sewn(mesh: Any) -> Any:
    """The surface with equal vertices made one: an .obj with a normal for each face, or seams of a texture, holds one for every
    triangle, and nothing then tells inside from outside.
    """
    return mesh.clean() if mesh.n_open_edges else mesh


def _frame(tibia: Array, fibula: Array, side: str) -> Array:
    """4 x 4, LPS mm to canonical mm, from the two shafts."""
    mirror = np.diag([-1.0 if side == "R" else 1.0, 1.0, 1.0])
    tibia, fibula = tibia @ mirror, fibula @ mirror
    middle = tibia.mean(axis=0)
    up = np.linalg.svd(tibia - middle, full_matrices=False)[2][0]
    t, f = tibia @ up, fibula @ up
    if f.min() - t.min() > t.max() - f.max():  # the fibula ends beyond the tibia at the ankle and short of it at the knee
        up = -up
    low = (tibia @ up).min()
    distal = tibia[(tibia @ up > low + 14) & (tibia @ up < low + 34)].mean(axis=0)
    beside = fibula[(fibula @ up > low + 14) & (fibula @ up < low + 34)].mean(axis=0) - distal
    beside -= up * (beside @ up)
    beside /= np.linalg.norm(beside)
    back = np.cross(up, beside)
    angle = np.deg2rad(FIBULA_ANGLE_DEG)
    lateral = np.cos(angle) * beside - np.sin(angle) * back
    rotation = np.stack([lateral, np.cross(up, lateral), up])
    local = (tibia - distal) @ rotation.T
    central = local[(np.linalg.norm(local[:, :2], axis=1) < 8.0) & (local[:, 2] < 10.0)]
    origin = distal + up * np.median(central[:, 2])
    out = np.eye(4)
    out[:3, :3] = rotation @ mirror
    out[:3, 3] = -rotation @ origin
    return out


def _distance(parts: list[Any], mirrored: bool) -> SdfGrid | None:
    import vtk
    from scipy.spatial import cKDTree
    from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

    points = np.concatenate([np.asarray(p.points) for p in parts])
    points = points[(points[:, 2] < TOP_MM) & (np.linalg.norm(points, axis=1) < REACH_MM)]
    if len(points) < 50:
        return None
    low, high = (torch.tensor(x, dtype=torch.float32) for x in (points.min(axis=0), points.max(axis=0)))
    grid = box_grid(low, high)
    flat = grid.reshape(-1, 3).numpy().astype(np.float64)
    best = np.full(len(flat), np.inf)
    for part in parts:
        mesh = part.flip_faces() if mirrored else part.copy()
        mesh.clear_data()  # normals that a file brings along would be kept, also where they point inwards
        mesh = mesh.compute_normals(cell_normals=False, split_vertices=False, auto_orient_normals=True)
        vertices, normals = np.asarray(mesh.points, dtype=np.float64), np.asarray(mesh.point_data["Normals"], dtype=np.float64)
        away, nearest = cKDTree(vertices).query(flat)
        # far from the surface the nearest vertex tells the distance and the side well enough; near it the triangles do
        values = away * np.where(((flat - vertices[nearest]) * normals[nearest]).sum(axis=1) < 0, -1.0, 1.0)
        close = away < NEAR_MM
        function, out = vtk.vtkImplicitPolyDataDistance(), vtk.vtkDoubleArray()
        function.SetInput(mesh)
        function.FunctionValue(numpy_to_vtk(np.ascontiguousarray(flat[close]), deep=True), out)
        values[close] = vtk_to_numpy(out)
        best = np.minimum(best, values)
    return trim(grid, torch.from_numpy(best.astype(np.float32)).reshape(grid.shape[:3]))
