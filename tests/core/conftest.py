"""Legs for the tests of the anatomy: real bone surfaces turned, tilted, mirrored, cropped and scanned."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ankleviewer.core.assessment.explain import HeatMap
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume


@pytest.fixture(scope="session")
def third_party() -> Path:
    folder = os.environ.get("ANKLEVIEWER_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("ANKLEVIEWER_TEST_DATA does not name the folder with the third-party test data")
    return Path(folder)


@dataclass(frozen=True)
class Leg:
    """HU at 1.25 mm (soft tissue, cortex, cancellous bone, marrow), origin = plafond centre, x lateral-ish: right leg in LPS."""

    hu: NDArray[np.int16]
    spacing: float
    origin: NDArray[np.float64]


def _voxels(mesh, shape, spacing: float, origin) -> NDArray[np.bool_]:
    import vtk
    from vtk.util.numpy_support import vtk_to_numpy

    image = vtk.vtkImageData()
    image.SetDimensions(*[int(n) for n in shape])
    image.SetSpacing(spacing, spacing, spacing)
    image.SetOrigin(*[float(v) for v in origin])
    image.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 1)
    image.GetPointData().GetScalars().Fill(1)
    stencil = vtk.vtkPolyDataToImageStencil()
    stencil.SetInputData(mesh)
    stencil.SetOutputOrigin(image.GetOrigin())
    stencil.SetOutputSpacing(image.GetSpacing())
    stencil.SetOutputWholeExtent(image.GetExtent())
    cut = vtk.vtkImageStencil()
    cut.SetInputData(image)
    cut.SetStencilConnection(stencil.GetOutputPort())
    cut.SetBackgroundValue(0)
    cut.Update()
    values = vtk_to_numpy(cut.GetOutput().GetPointData().GetScalars())
    return values.reshape(shape, order="F") > 0


@lru_cache(maxsize=2)
def leg(folder: Path, flexed_deg: float) -> Leg:
    """The right leg below mid-calf; the foot turned up by `flexed_deg` about the axis of the talar dome."""
    import pyvista as pv
    from scipy.ndimage import binary_closing, distance_transform_edt
    from scipy.spatial import cKDTree

    meshes = {p.stem[2:]: pv.read(p) for p in sorted((folder / "meshes" / "vhf").glob("R_*.ply"))}
    tibia, talus = meshes["Tibia"], meshes["Talus"]
    near = cKDTree(talus.points).query(tibia.points)[0] < 5
    normals = np.asarray(
        tibia.compute_normals(
            point_normals=True, cell_normals=False, consistent_normals=True, auto_orient_normals=True, split_vertices=False
        )["Normals"]
    )
    plafond = tibia.points[near & (normals[:, 2] < -0.8)].mean(axis=0).astype(np.float64)
    hinge = plafond - np.array([0.0, 0.0, 18.0])
    meshes = {
        name: mesh if name in {"Tibia", "Fibula"} else mesh.rotate_x(-flexed_deg, point=hinge) for name, mesh in meshes.items()
    }
    spacing = 1.25
    low = np.array([-75.0, -190.0, -190.0]) + plafond
    shape = np.ceil(np.array([150.0, 290.0, 350.0]) / spacing).astype(int)
    bone = np.zeros(shape, dtype=bool)
    hu = np.full(shape, 300, dtype=np.int16)
    z = low[2] + spacing * np.arange(shape[2])
    for name, mesh in meshes.items():
        bounds = np.asarray(mesh.bounds).reshape(3, 2)
        first = np.clip(np.floor((bounds[:, 0] - low) / spacing) - 2, 0, shape - 1).astype(int)
        last = np.clip(np.ceil((bounds[:, 1] - low) / spacing) + 3, first + 1, shape).astype(int)
        box = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
        part = _voxels(mesh, last - first, spacing, low + spacing * first)
        depth = distance_transform_edt(np.pad(part, ((0, 0), (0, 0), (0, 1)), mode="edge"))[..., :-1] * spacing
        shaft, height = name in {"Tibia", "Fibula"}, z[box[2]] - plafond[2]
        thick = np.where(shaft & (height > 40), 4.0, np.where(shaft & (height > 20), 2.6, 1.6))
        hu[box][part & (shaft & (height > 45))] = 0
        hu[box][part & (depth <= thick)] = 1000
        bone[box] |= part
    flesh = binary_closing(bone[::3, ::3, ::3], iterations=4)
    far = distance_transform_edt(~flesh) * spacing * 3
    skin = np.kron(far, np.ones((3, 3, 3)))[: shape[0], : shape[1], : shape[2]]
    grow = np.where(z > plafond[2] + 40, 9 + 0.12 * (z - plafond[2] - 40), 9.0)[None, None, :]
    inside = np.zeros(shape, dtype=bool)
    inside[: skin.shape[0], : skin.shape[1], : skin.shape[2]] = skin <= grow
    hu[~bone] = np.where(inside[~bone], 40, -1000)
    return Leg(hu, spacing, low - plafond)


def rotation(turn_deg: float, tilt_deg: float, towards_deg: float) -> NDArray[np.float64]:
    """Turn about the leg's axis, then tilt away from it in a direction of the horizontal plane."""
    from scipy.spatial.transform import Rotation

    towards = np.radians(towards_deg)
    tilt = Rotation.from_rotvec(np.radians(tilt_deg) * np.array([np.cos(towards), np.sin(towards), 0]))
    return (tilt * Rotation.from_euler("z", turn_deg, degrees=True)).as_matrix()


def scan(
    source: Leg,
    *,
    turn: float = 0,
    tilt: float = 0,
    towards: float = 0,
    left: bool = False,
    above: float = 100,
    below: float = 110,
    width: float = 160,
    spacing: float = 1.5,
    thick: float | None = None,
    noise: float = 25,
    bone: float = 1.0,
    shift: tuple[float, float] = (0, 0),
    blur: float = 0,
    seed: int = 0,
    cast: bool = False,
    table: bool = False,
) -> Volume:
    """A CT with the plafond centre at 0, 0, 0 mm; the field of view reaches `above` and `below` it."""
    from scipy.ndimage import affine_transform, binary_dilation, gaussian_filter

    step = np.array([spacing, spacing, thick or spacing])
    size = np.ceil(np.array([width, width, above + below]) / step).astype(int)
    origin = np.array([shift[0] - width / 2, shift[1] - width / 2, -below])
    turned = rotation(turn, tilt, towards)
    if left:
        turned = np.diag([-1.0, 1.0, 1.0]) @ turned
    into = turned.T / source.spacing
    hu = affine_transform(
        source.hu.astype(np.float32),
        into @ np.diag(step),
        into @ origin - source.origin / source.spacing,
        output_shape=tuple(size),
        order=1,
        cval=-1000,
    )
    hu = np.where(hu > 40, 40 + (hu - 40) * bone, hu)
    if cast:
        body = hu > -300
        inner = binary_dilation(body, iterations=max(1, round(2 / spacing)))
        hu[binary_dilation(inner, iterations=max(1, round(6 / spacing))) & ~inner] = 450
    if table:
        hu[:, -round(9 / spacing) : -round(5 / spacing), :] = 350
    if blur:
        hu = gaussian_filter(hu, [0, 0, blur / step[2]])
    hu = hu + np.random.default_rng(seed).normal(0, noise, hu.shape)
    return Volume(np.clip(np.rint(hu), -1024, 3000).astype(np.int16), Grid.axis_aligned(tuple(size), step, origin))


@pytest.fixture(scope="session")
def scan_leg(third_party: Path) -> Callable[..., Volume]:
    """scan_leg(flexed=..., **options of `scan`)."""

    def make(flexed: float = 0, **options) -> Volume:
        return scan(leg(third_party, flexed), **options)

    return make


def _blob(centre: tuple[float, float, float] = (0.0, 0.0, 70.0)) -> HeatMap:
    """A round heat map of radius 5 mm at level 2, on a model grid of its own spacing."""
    grid = Grid.axis_aligned((32, 32, 32), 1.1, (-17.0, -17.0, 53.0))
    mm = grid.to_mm(np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1))
    values = np.maximum(7.0 - np.linalg.norm(mm - np.asarray(centre), axis=-1), 0).astype(np.float32)
    return HeatMap(values, grid, threshold=2.0, reference=6.0, floor=0.5, cells=8)


@pytest.fixture
def blob() -> Callable[..., HeatMap]:
    """Makes a round heat map about a point, LPS mm."""
    return _blob
