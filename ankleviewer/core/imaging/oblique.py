"""Oblique planes: three planes at right angles, turned together about the crosshair, each with its own way up on the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from ankleviewer.core.geometry import FARTHEST_MM, Array, Grid, Point, triple
from ankleviewer.core.imaging.planes import CONVENTION, PLANES, Frame

LEAST_MM = 0.2  # finer pixels would show no more
MOST_MM = 60.0  # three times the largest voxel, as while planes turn with a slab


@dataclass(frozen=True)
class Turn:
    """How the three planes are turned.

    Attributes:
        axes: row by row the 3 x 3 rotation whose columns are the set's own left, posterior and superior, in LPS.
        rolls: degrees by which the pictures of axial, coronal and sagittal are turned within their planes, so that a picture
            stays as it is while the two other planes turn about its normal.
        pivot: LPS mm that lies on a slice of all three, where the planes were turned about.
        spacing: mm between pixels and between slices.
    """

    axes: tuple[float, ...]
    rolls: tuple[float, float, float]
    pivot: Point
    spacing: float

    def __post_init__(self) -> None:
        """Raises ValueError for what turns nothing, as a file may hold."""
        if len(self.axes) != 9 or not np.allclose(self.matrix @ self.matrix.T, np.eye(3), atol=1e-3):
            raise ValueError(f"axes must be a rotation, are {self.axes}")
        if not LEAST_MM <= self.spacing <= MOST_MM or max(map(abs, self.pivot)) > 2 * FARTHEST_MM:
            raise ValueError(f"planes of {self.spacing} mm about {self.pivot} cannot be shown")

    @property
    def matrix(self) -> Array:
        """`axes` as 3 x 3."""
        return np.array(self.axes).reshape(3, 3)


def spacing_of(scan: Grid) -> float:
    """Mm between the pixels of oblique slices: the scan's finest spacing, not below LEAST_MM."""
    return max(LEAST_MM, min(scan.spacing))


def start(scan: Grid, at: ArrayLike) -> Turn:
    """The set that shows what the scan's own planes show, through an LPS position."""
    directions = np.zeros((3, 3))
    for plane in PLANES:
        frame = Frame.of(scan, plane)
        for shown, (axis, sign) in enumerate(CONVENTION[plane]):
            directions[:, axis] = sign * frame.grid.affine[:3, shown] / frame.grid.spacing[shown]
    return aligned(scan, directions, at)


def aligned(scan: Grid, directions: ArrayLike, at: ArrayLike) -> Turn:
    """The set whose left, posterior and superior are the columns of `directions`, made orthonormal, through an LPS position."""
    u, _, v = np.linalg.svd(np.asarray(directions, dtype=np.float64))
    return Turn(_flat(u @ v), (0.0, 0.0, 0.0), triple(at), spacing_of(scan))


def turned(turn: Turn, plane: str, degrees: float, at: ArrayLike) -> Turn:
    """The two other planes turned about a plane's normal, clockwise on its screen, through `at`; its own picture stays."""
    angle = np.radians(degrees)
    right, down, normal = _unrolled(turn, plane)
    before = np.stack([right, down, normal], axis=1)
    spin = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    u, _, v = np.linalg.svd(before @ spin @ before.T @ turn.matrix)  # rounding must not add up over thousands of moves
    rolls = [roll - degrees if name == plane else roll for name, roll in zip(PLANES, turn.rolls, strict=True)]
    return replace(turn, axes=_flat(u @ v), rolls=(rolls[0], rolls[1], rolls[2]), pivot=triple(at))


def _unrolled(turn: Turn, plane: str) -> tuple[Array, Array, Array]:
    """Right, down and slice direction of a plane before its roll, LPS unit vectors."""
    right, down, normal = (sign * turn.matrix[:, axis] for axis, sign in CONVENTION[plane])
    return right, down, normal


def grid_of(scan: Grid, turn: Turn, plane: str) -> Grid:
    """Display grid of a turned plane: covers the scan, and the pivot is the centre of one of its voxels."""
    right, down, normal = _unrolled(turn, plane)
    roll = np.radians(turn.rolls[PLANES.index(plane)])
    basis = np.stack([np.cos(roll) * right + np.sin(roll) * down, np.cos(roll) * down - np.sin(roll) * right, normal], axis=1)
    corners = np.array(np.meshgrid(*[(0.0, n - 1.0) for n in scan.shape], indexing="ij")).reshape(3, -1).T
    along = (scan.to_mm(corners) - np.asarray(turn.pivot)) @ basis / turn.spacing
    # A thousandth of a pixel: a set that is not turned at all has exactly the scan's own slices.
    low = np.minimum(np.ceil(along.min(axis=0) - 1e-3), 0)
    high = np.maximum(np.floor(along.max(axis=0) + 1e-3), 0)
    affine = np.eye(4)
    affine[:3, :3] = basis * turn.spacing
    affine[:3, 3] = np.asarray(turn.pivot) + affine[:3, :3] @ low
    columns, rows, slices = (int(n) for n in high - low + 1)
    # The plane whose line is dragged stays the very same in spite of rounding, so that its picture is not made again.
    return Grid((columns, rows, slices), np.round(affine, 9))


@lru_cache(maxsize=8)
def frames_of(scan: Grid, turn: Turn | None) -> tuple[Frame, Frame, Frame]:
    """Axial, coronal and sagittal frame of a scan: its own planes for None, else turned."""
    own = [Frame.of(scan, plane) for plane in PLANES]
    if turn is not None:
        own = [replace(frame, turned=grid_of(scan, turn, frame.plane)) for frame in own]
    return own[0], own[1], own[2]


def line_on(frame: Frame, other: Frame) -> tuple[float, float]:
    """Direction (x, y) on a frame's screen of the line in which another frame's plane cuts it, unit length, y downwards."""
    right, down = (frame.grid.affine[:3, n] / frame.grid.spacing[n] for n in range(2))
    along = np.cross(_normal(frame), _normal(other))
    x, y = float(along @ right), float(along @ down)
    length = float(np.hypot(x, y))
    return (x / length, y / length) if length > 1e-9 else (1.0, 0.0)


def tilt_text(frame: Frame) -> str:
    """How far an oblique frame is tilted, e.g. "∠ 13°"; "" for the scan's own planes."""
    return "" if frame.turned is None else f"∠ {tilt_deg(frame):.0f}°"


def tilt_deg(frame: Frame) -> float:
    """Angle between an oblique frame's normal and that of the scan's own plane, 0 to 180 degrees."""
    own = _normal(replace(frame, turned=None))
    return float(np.degrees(np.arccos(np.clip(own @ _normal(frame), -1.0, 1.0))))


def _normal(frame: Frame) -> Array:
    """Unit normal of a frame's slices on the side of growing slice numbers."""
    affine = frame.grid.affine
    normal = np.cross(affine[:3, 0], affine[:3, 1])
    normal = normal / np.linalg.norm(normal)
    return np.asarray(normal if normal @ affine[:3, 2] > 0 else -normal)


def _flat(matrix: Array) -> tuple[float, ...]:
    return tuple(float(v) for v in matrix.ravel())
