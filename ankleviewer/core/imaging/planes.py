"""Planes: the scan's own slices turned to the radiological convention. Orientation letters, pixel <-> millimetre, viewport.

Axial is seen from the feet, coronal from the front, sagittal from the patient's left: screen directions are fixed in the
patient, and the array axis that runs closest to each of them (whatever its sign) is laid along it. Nothing is resampled, but for
turned planes (`oblique`), whose frames carry a grid of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ankleviewer.core.geometry import LPS_NEGATIVE, LPS_POSITIVE, Array, Grid, closest_axes
from ankleviewer.core.imaging.cutting import cut
from ankleviewer.core.volume import AIR_HU

PLANES = ("axial", "coronal", "sagittal")

# Patient axis (0 = L, 1 = P, 2 = S) and sign of: screen right, screen down, growing slice number.
CONVENTION: dict[str, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    "axial": ((0, 1), (1, 1), (2, 1)),
    "coronal": ((0, 1), (2, -1), (1, 1)),
    "sagittal": ((1, 1), (2, -1), (0, 1)),
}
_SECOND_LETTER = 0.2588  # sin 15 degrees: a direction leaning further than this shows both letters, e.g. "AL"


def direction_letters(direction: ArrayLike) -> str:
    """Letters of a direction in LPS, strongest first ("A", "AL"); a component below sin 15 degrees is left out."""
    d = np.asarray(direction, dtype=np.float64)
    d = d / np.linalg.norm(d)
    order = sorted(range(3), key=lambda a: -abs(d[a]))
    named = [a for n, a in enumerate(order) if n == 0 or abs(d[a]) > _SECOND_LETTER]
    return "".join((LPS_POSITIVE if d[a] > 0 else LPS_NEGATIVE)[a] for a in named)


def position_text(mm: ArrayLike, digits: int = 1) -> str:
    """A position as letters and millimetres, e.g. "R 17.6  P 35.3  S 12.1" (viewer convention: never bare signs)."""
    parts = []
    for a, value in enumerate(np.asarray(mm, dtype=np.float64)):
        shown = round(float(value), digits)
        parts.append(f"{(LPS_POSITIVE if shown >= 0 else LPS_NEGATIVE)[a]} {abs(shown):.{digits}f}")
    return "  ".join(parts)


@dataclass(frozen=True)
class Frame:
    """One plane through one scan.

    Attributes:
        plane: "axial", "coronal" or "sagittal".
        scan: the scan's grid.
        axes: scan array axes that lie along screen right, screen down and the slice number.
        flips: whether each of those axes is reversed.
        turned: display grid of an oblique plane; None for the scan's own slices.
    """

    plane: str
    scan: Grid
    axes: tuple[int, int, int]
    flips: tuple[bool, bool, bool]
    turned: Grid | None = None

    @staticmethod
    def of(scan: Grid, plane: str) -> Frame:
        """The frame of a plane; ValueError for an unknown plane name."""
        if plane not in CONVENTION:
            raise ValueError(f"plane must be one of {PLANES}, is {plane!r}")
        direction = scan.affine[:3, :3] / np.asarray(scan.spacing)
        runs_along = closest_axes(direction)
        axes, flips = [], []
        for patient_axis, sign in CONVENTION[plane]:
            axis = runs_along.index(patient_axis)
            axes.append(axis)
            flips.append(bool(direction[patient_axis, axis] * sign < 0))
        return Frame(plane, scan, (axes[0], axes[1], axes[2]), (flips[0], flips[1], flips[2]))

    @cached_property
    def grid(self) -> Grid:
        """Grid of the display array, indexed [x, y, slice]: screen column, screen row, slice number from 0."""
        if self.turned is not None:
            return self.turned
        turn = np.zeros((4, 4))
        turn[3, 3] = 1.0
        for shown, (axis, flip) in enumerate(zip(self.axes, self.flips, strict=True)):
            turn[axis, shown] = -1.0 if flip else 1.0
            turn[axis, 3] = self.scan.shape[axis] - 1 if flip else 0.0
        shape = (self.scan.shape[self.axes[0]], self.scan.shape[self.axes[1]], self.scan.shape[self.axes[2]])
        return Grid(shape, self.scan.affine @ turn)

    @cached_property
    def letters(self) -> tuple[str, str, str, str]:
        """Orientation letters at the left, right, top and bottom edge of the picture."""
        right, down = self.grid.affine[:3, 0], self.grid.affine[:3, 1]
        return direction_letters(-right), direction_letters(right), direction_letters(-down), direction_letters(down)

    def pixels(self, array: NDArray[Any], index: int, outside: int | None = None) -> NDArray[Any]:
        """Slice `index` of a scan array, [row, column]: a view (no copy) of the scan's own slices, resampled for oblique ones.

        Args:
            outside: value of an oblique slice where it leaves the scan; None: air (-1024), and True in a mask.

        Raises:
            IndexError: outside 0 .. slices - 1.
        """
        if not 0 <= index < self.grid.shape[2]:
            raise IndexError(f"{self.plane} slice must be 0..{self.grid.shape[2] - 1}, is {index}")
        if self.turned is not None:
            fill = (1 if array.dtype == np.bool_ else AIR_HU) if outside is None else outside
            return cut(array, self.scan, self.turned, index, fill)
        view = array.transpose(self.axes[1], self.axes[0], self.axes[2])
        view = view[:: -1 if self.flips[1] else 1, :: -1 if self.flips[0] else 1, :]
        return view[:, :, self.grid.shape[2] - 1 - index if self.flips[2] else index]

    def slice_at(self, mm: ArrayLike) -> int:
        """Slice number (from 0) nearest to an LPS position, held inside the scan."""
        return int(np.clip(np.rint(self.grid.to_voxel(mm)[2]), 0, self.grid.shape[2] - 1))

    def step(self, mm: ArrayLike, count: int) -> Array:
        """The LPS position moved by exactly `count` slices of this plane, held inside the scan, on a slice's centre."""
        pixel = self.grid.to_voxel(mm)
        pixel[2] = np.clip(self.slice_at(mm) + count, 0, self.grid.shape[2] - 1)
        return self.grid.to_mm(pixel)


@dataclass(frozen=True)
class Viewport:
    """How a frame's slice lies in a pane: screen px = centre + (slice mm - focus) * scale. All lengths in device-independent px.

    Attributes:
        frame: the plane shown.
        width, height: size of the pane.
        scale: screen px per millimetre.
        focus: (x, y) in slice millimetres (pixel index * pixel spacing) that lies in the pane's middle.
    """

    frame: Frame
    width: float
    height: float
    scale: float
    focus: tuple[float, float]

    @staticmethod
    def fit(
        frame: Frame,
        size: tuple[float, float],
        region: tuple[ArrayLike, ArrayLike] | None = None,
        zoom: float = 1.0,
        pan: tuple[float, float] = (0.0, 0.0),
        margin: float = 0.0,
    ) -> Viewport:
        """The viewport that shows the whole slice, or an LPS box (min, max), as large as the pane allows.

        Args:
            zoom: 1 fits; larger magnifies.
            pan: shift of the focus in slice millimetres.
            margin: px kept free on each side.
        """
        low, high = region_on_slice(frame, region)
        free = max(size[0] - 2 * margin, 20.0), max(size[1] - 2 * margin, 20.0)
        scale = min(free[0] / (high[0] - low[0]), free[1] / (high[1] - low[1])) * zoom
        focus = ((low[0] + high[0]) / 2 + pan[0], (low[1] + high[1]) / 2 + pan[1])
        return Viewport(frame, float(size[0]), float(size[1]), float(scale), (float(focus[0]), float(focus[1])))

    def to_screen(self, pixel: ArrayLike) -> Array:
        """Display pixel positions (..., 2) [x, y] to screen px (..., 2)."""
        spacing = np.asarray(self.frame.grid.spacing[:2])
        mm = np.asarray(pixel, dtype=np.float64) * spacing - np.asarray(self.focus)
        return np.asarray(mm * self.scale + np.array([self.width / 2, self.height / 2]))

    def to_pixel(self, screen: ArrayLike) -> Array:
        """Screen px (..., 2) to display pixel positions (..., 2)."""
        spacing = np.asarray(self.frame.grid.spacing[:2])
        mm = (np.asarray(screen, dtype=np.float64) - np.array([self.width / 2, self.height / 2])) / self.scale
        return np.asarray((mm + np.asarray(self.focus)) / spacing)

    def seen(self, margin: int = 0) -> tuple[int, int, int, int]:
        """Pixels (x0, y0, x1, y1) of the slice that lie in the pane, ends exclusive, with some more around; never none at all."""
        columns, rows = self.frame.grid.shape[:2]
        low, high = self.to_pixel((0.0, 0.0)), self.to_pixel((self.width, self.height))
        x0, y0 = (min(max(int(v) - margin, 0), n - 1) for v, n in zip(np.floor(low), (columns, rows), strict=True))
        x1, y1 = (max(min(int(v) + 1 + margin, n), 1) for v, n in zip(np.ceil(high), (columns, rows), strict=True))
        return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


def region_on_slice(frame: Frame, region: tuple[ArrayLike, ArrayLike] | None) -> tuple[Array, Array]:
    """Bounds (min, max) in slice millimetres of an LPS box cut to the scan, or of the whole slice for None.

    On an oblique frame they have the size that they have on the scan's own plane, so that a picture keeps its scale while it
    turns; the middle is that of the box.
    """
    if frame.turned is not None:
        own = replace(frame, turned=None)
        low, high = region_on_slice(own, region)
        centre = (low + high) / 2 / np.asarray(own.grid.spacing[:2])
        ends = own.grid.shape[2] - 1 if region is None else sum(own.grid.to_voxel(r)[2] for r in region)
        middle = frame.grid.to_voxel(own.grid.to_mm((*centre, float(ends) / 2)))[:2] * np.asarray(frame.grid.spacing[:2])
        return middle - (high - low) / 2, middle + (high - low) / 2
    spacing = np.asarray(frame.grid.spacing[:2])
    low, high = np.array([-0.5, -0.5]), np.asarray(frame.grid.shape[:2]) - 0.5
    if region is not None:
        ends = np.stack([np.asarray(region[0], dtype=np.float64), np.asarray(region[1], dtype=np.float64)])
        corners = np.array(np.meshgrid(*ends.T, indexing="ij")).reshape(3, -1).T
        pixel = frame.grid.to_voxel(corners)[:, :2]
        cut_low, cut_high = np.maximum(pixel.min(axis=0), low), np.minimum(pixel.max(axis=0), high)
        if (cut_high - cut_low > 2).all():
            low, high = cut_low, cut_high
    return low * spacing, high * spacing
