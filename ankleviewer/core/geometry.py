"""Grid: where the voxels of an array lie in the patient. One frame inside the program: LPS millimetres (DICOM PS3.3 C.7.6.2).

Voxel indices name voxel centres: index (0, 0, 0) is the centre of the first voxel, and a voxel covers index -0.5 to +0.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Point = tuple[float, float, float]

FARTHEST_MM = 1e6  # of a scan from its own origin: beyond, numbers get too coarse for places, and no scanner puts one there
UP = (0.0, 0.0, 1.0)

LPS_POSITIVE = ("L", "P", "S")
LPS_NEGATIVE = ("R", "A", "I")


@dataclass(frozen=True, eq=False)
class Grid:
    """Shape and affine of a voxel array.

    Attributes:
        shape: number of voxels along the array axes (i, j, k), for a scan: column, row, slice.
        affine: 4 x 4, maps voxel index (i, j, k, 1) to LPS millimetres.

    Raises:
        ValueError: affine not 4 x 4, not finite or singular, or a dimension below 1.
    """

    shape: tuple[int, int, int]
    affine: Array

    def __post_init__(self) -> None:
        affine = np.array(self.affine, dtype=np.float64)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise ValueError(f"affine must be 4 x 4 and finite, is {affine.tolist()}")
        if abs(np.linalg.det(affine[:3, :3])) < 1e-9:
            raise ValueError(f"affine must be invertible, is {affine.tolist()}")
        if len(self.shape) != 3 or min(self.shape) < 1:
            raise ValueError(f"shape must be three positive numbers, is {self.shape}")
        affine.setflags(write=False)
        object.__setattr__(self, "affine", affine)
        object.__setattr__(self, "shape", tuple(int(n) for n in self.shape))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grid) and self.shape == other.shape and bool(np.array_equal(self.affine, other.affine))

    def __hash__(self) -> int:
        return hash((self.shape, self.affine.tobytes()))

    @staticmethod
    def axis_aligned(shape: tuple[int, int, int], spacing: ArrayLike, origin: ArrayLike) -> Grid:
        """Grid whose axes run to the patient's left, posterior and superior; origin = centre of voxel (0, 0, 0), mm."""
        affine = np.eye(4)
        affine[:3, :3] = np.diag(np.broadcast_to(np.asarray(spacing, dtype=np.float64), (3,)))
        affine[:3, 3] = origin
        return Grid(shape, affine)

    @cached_property
    def inverse(self) -> Array:
        """4 x 4, LPS millimetres to voxel index."""
        return np.asarray(np.linalg.inv(self.affine), dtype=np.float64)

    @cached_property
    def spacing(self) -> tuple[float, float, float]:
        """Distance between neighbouring voxel centres along each array axis, mm (norms of the affine's columns)."""
        x, y, z = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(x), float(y), float(z)

    @property
    def orientation(self) -> str:
        """Three letters: the patient direction towards which each index grows, e.g. "LPS"."""
        direction = self.affine[:3, :3] / np.asarray(self.spacing)
        axes = closest_axes(direction)
        return "".join((LPS_POSITIVE if direction[a, i] > 0 else LPS_NEGATIVE)[a] for i, a in enumerate(axes))

    def to_mm(self, voxel: ArrayLike) -> Array:
        """Voxel indices (..., 3) to LPS millimetres (..., 3)."""
        v = np.asarray(voxel, dtype=np.float64)
        return np.asarray(v @ self.affine[:3, :3].T + self.affine[:3, 3])

    def to_voxel(self, mm: ArrayLike) -> Array:
        """LPS millimetres (..., 3) to (fractional) voxel indices (..., 3)."""
        p = np.asarray(mm, dtype=np.float64)
        return np.asarray(p @ self.inverse[:3, :3].T + self.inverse[:3, 3])

    def holds(self, mm: ArrayLike) -> bool:
        """Whether a place, LPS mm, lies in one of its voxels, outer faces included."""
        voxel = self.to_voxel(mm)
        return bool(((voxel >= -0.5 - 1e-6) & (voxel <= np.asarray(self.shape) - 0.5 + 1e-6)).all())

    def bounds_mm(self) -> tuple[Array, Array]:
        """Axis-aligned LPS box (min, max) around all voxels, outer faces included, mm."""
        corners = np.array(np.meshgrid(*[(-0.5, n - 0.5) for n in self.shape], indexing="ij")).reshape(3, -1).T
        mm = self.to_mm(corners)
        return mm.min(axis=0), mm.max(axis=0)

    def crop(self, start: tuple[int, int, int], stop: tuple[int, int, int]) -> Grid:
        """Grid of the sub-array [start, stop)."""
        affine = self.affine.copy()
        affine[:3, 3] = self.to_mm(start)
        return Grid((stop[0] - start[0], stop[1] - start[1], stop[2] - start[2]), affine)


def closest_axes(direction: Array) -> tuple[int, int, int]:
    """For each array axis the patient axis (0 = L, 1 = P, 2 = S) it runs along most closely, each used once.

    Args:
        direction: 3 x 3, columns are unit vectors of the array axes in LPS.
    """
    weight = np.abs(direction)
    orders = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    return max(orders, key=lambda o: weight[o[0], 0] * weight[o[1], 1] * weight[o[2], 2] + 1e-6 * weight[o[0], 0])


def standing(up: ArrayLike, back: ArrayLike | None = None) -> Array:
    """3 x 3 rotation that brings a direction to +z, and another one as near to +y as that leaves it. Without that other one: by
    the shortest way; a direction that points straight down is turned about x.

    Args:
        up: (3,), LPS, any length but 0.
        back: (3,), LPS, not along `up`.
    """
    a = np.asarray(up, dtype=np.float64)
    a = a / np.linalg.norm(a)
    if back is not None:
        behind = np.asarray(back, dtype=np.float64)
        behind = behind - (behind @ a) * a
        behind = behind / np.linalg.norm(behind)
        return np.stack([np.cross(behind, a), behind, a])
    cosine = float(a[2])
    if cosine < -1.0 + 1e-6:
        return np.diag([1.0, -1.0, -1.0])
    axis = np.array([a[1], -a[0], 0.0])  # a x z: its length is the sine
    cross = np.array([[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1.0 + cosine))


def triple(mm: ArrayLike) -> Point:
    """Three coordinates as plain numbers."""
    x, y, z = (float(v) for v in np.asarray(mm, dtype=np.float64))
    return x, y, z
