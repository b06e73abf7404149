"""Slabs: several neighbouring slices shown as one, by their highest, lowest or mean HU."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.imaging.planes import Frame
from ankleviewer.core.volume import Volume

OUTSIDE = -32768  # no HU: black in every window
THICKNESSES_MM = (0.0, 3.0, 5.0, 10.0, 20.0)
MOST_MM = 100.0
MODES = {"max": "MIP", "min": "MinIP", "mean": "Mean"}
_CUT_MM = 0.75  # oblique slabs are cut at least as finely, and no voxel of the scan lies between two cuts
_KEPT = 48  # slices, and as many more as a slab has, within
_KEPT_BYTES = 192_000_000


@dataclass(frozen=True)
class Slab:
    """Thickness in mm, 0 for a single slice, and "max", "min" or "mean"."""

    mm: float = 0.0
    mode: str = "max"

    def __post_init__(self) -> None:
        if self.mode not in MODES or not 0 <= self.mm <= MOST_MM:
            raise ValueError(f"slab must be 0 to {MOST_MM:g} mm and one of {tuple(MODES)}, is {self.mm} mm, {self.mode!r}")

    def half(self, spacing: float) -> int:
        """Slices on either side of the middle one that belong to the slab; 0 = a single slice."""
        return max(0, round((self.mm / spacing - 1) / 2))

    def around(self, index: int, count: int, spacing: float) -> tuple[int, int]:
        """First and last slice of the slab around one of a plane's `count`; near the ends of the scan it is thinner."""
        half = self.half(spacing)
        return max(0, index - half), min(count - 1, index + half)

    def text(self, index: int, count: int, spacing: float) -> str:
        """What the pane says of the slab around one of a plane's `count` slices, with the thickness that is really shown: "MIP
        9.9 mm"; "" for a single slice by choice.
        """
        if self.mm == 0:
            return ""
        first, last = self.around(index, count, spacing)
        if first == last:
            return f"{MODES[self.mode]}: 1 slice"
        return f"{MODES[self.mode]} {(last - first + 1) * spacing:.1f}".removesuffix(".0") + " mm"


ONE_SLICE = Slab()


def next_thickness(slab: Slab) -> Slab:
    """The next of THICKNESSES_MM, round and round."""
    thicker = [mm for mm in THICKNESSES_MM if mm > slab.mm]
    return Slab(thicker[0] if thicker else THICKNESSES_MM[0], slab.mode)


def next_mode(slab: Slab) -> Slab:
    """The next of MODES, round and round."""
    names = list(MODES)
    return Slab(slab.mm, names[(names.index(slab.mode) + 1) % len(names)])


class SliceStore:
    """The latest slices of slabs of one plane (a pane's, or those of tiles side by side), so that a slab that moves on by a slice
    cuts only what is new. Bounded.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        self.kept = kept
        self._cuts: OrderedDict[int, NDArray[np.int16]] = OrderedDict()
        self._of: tuple[Any, Any] | None = None

    def holds(self, count: int, frame: Frame) -> bool:
        """Whether so many slices find room; it is made, within bounds."""
        if self.kept < count <= _KEPT_BYTES // (2 * frame.grid.shape[0] * frame.grid.shape[1]):
            self.kept = count + 4
        return count <= self.kept

    def clear(self) -> None:
        """Let go of the slices, and of their scan."""
        self._cuts.clear()
        self._of = None

    def cut(self, frame: Frame, volume: Volume, index: int) -> NDArray[np.int16]:
        """One slice, OUTSIDE where the scan holds no value."""
        if self._of is None or self._of[0] is not volume or self._of[1] != frame:
            self._cuts.clear()
            self._of = (volume, frame)
        if index not in self._cuts:
            self._cuts[index] = np.ascontiguousarray(one_slice(frame, volume, index))
            if len(self._cuts) > self.kept:
                self._cuts.popitem(last=False)
        self._cuts.move_to_end(index)
        return self._cuts[index]


def one_slice(frame: Frame, volume: Volume, index: int) -> NDArray[np.int16]:
    """One slice, HU [row, column], OUTSIDE where the scan holds no value; a view where it can be."""
    hu: NDArray[np.int16] = frame.pixels(volume.hu, index, OUTSIDE)
    if volume.padding is not None:
        hu = np.where(frame.pixels(volume.padding, index), np.int16(OUTSIDE), hu)
    return hu


def slab_hu(frame: Frame, volume: Volume, index: int, slab: Slab, store: SliceStore | None = None) -> NDArray[np.int16]:
    """The slab around a slice, HU [row, column], OUTSIDE where none of its slices holds a value.

    Slices that the scan does not have are left out; so is a value outside the scan, pixel by pixel.
    """
    spacing = frame.grid.spacing[2]
    if slab.half(spacing) == 0:
        return one_slice(frame, volume, index)
    stride = _stride(frame, volume) if frame.turned is not None else 1
    # Whole multiples of the stride, not steps from the middle: so the next slice's slab has nearly all of its cuts in the store.
    first, last = slab.around(index, frame.grid.shape[2], spacing)
    # the ends belong to what is said to be shown; in a mean they would count more than the others
    ends = () if slab.mode == "mean" else (first, index, last)
    chosen = [n for n in range(first, last + 1) if n % stride == 0 or n in ends] or [index]
    if store is not None and store.holds(len(chosen), frame):
        cuts = (store.cut(frame, volume, n) for n in chosen)
    else:
        cuts = (one_slice(frame, volume, n) for n in chosen)
    if slab.mode == "max":
        return _highest(cuts)
    if slab.mode == "min":
        return _lowest(cuts)
    return _mean(cuts)


def _stride(frame: Frame, volume: Volume) -> int:
    """Slices from one cut to the next, so that they lie no farther apart than the scan's voxels along the slab's normal."""
    normal = frame.grid.affine[:3, 2] / frame.grid.spacing[2]
    voxel = 1.0 / float(np.linalg.norm(volume.grid.inverse[:3, :3] @ normal))
    return max(1, int(min(_CUT_MM, voxel) / frame.grid.spacing[2] + 1e-6))


def _highest(cuts: Any) -> NDArray[np.int16]:
    out = np.array(next(cuts))
    for cut in cuts:
        np.maximum(out, cut, out=out)
    return out


def _lowest(cuts: Any) -> NDArray[np.int16]:
    # As unsigned numbers one below OUTSIDE wraps to the largest: "no value" loses against every value.
    def shifted(cut: NDArray[np.int16]) -> NDArray[np.uint16]:
        return np.asarray(np.ascontiguousarray(cut).view(np.uint16) + np.uint16(0x7FFF), dtype=np.uint16)

    out = shifted(next(cuts))
    for cut in cuts:
        np.minimum(out, shifted(cut), out=out)
    return np.asarray(out - np.uint16(0x7FFF), dtype=np.uint16).view(np.int16)


def _mean(cuts: Any) -> NDArray[np.int16]:
    first = next(cuts)
    total = np.zeros(first.shape, dtype=np.int32)
    count = np.zeros(first.shape, dtype=np.int16)
    for cut in (first, *cuts):
        inside = cut != OUTSIDE
        np.add(total, cut, out=total, where=inside, casting="unsafe")
        count += inside
    mean = np.rint(total / np.maximum(count, 1)).astype(np.int16)
    mean[count == 0] = OUTSIDE
    return mean
