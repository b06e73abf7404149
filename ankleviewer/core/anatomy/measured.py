"""What of a scan was measured: its field of view ends where the scanner stored its last value, whatever was filled up around."""

from __future__ import annotations

import numpy as np

from ankleviewer.core.volume import Volume

SPARSE = 16


def measured(volume: Volume) -> Volume:
    """The part of a scan that holds measured values: without outer layers of padding, and without slices at its upper and lower
    end in which every voxel has one and the same value. The scan itself where there are none, or where nothing was measured.
    """
    low, high = [0, 0, 0], list(volume.hu.shape)
    if volume.padding is not None:
        for axis in range(3):
            others = tuple(n for n in range(3) if n != axis)
            held = np.flatnonzero(~volume.padding.all(axis=others))
            if not len(held):
                return volume
            low[axis], high[axis] = int(held[0]), int(held[-1]) + 1
    along = length_axis(volume)
    while high[along] - low[along] > 1 and is_blank(volume, along, high[along] - 1):
        high[along] -= 1
    while high[along] - low[along] > 1 and is_blank(volume, along, low[along]):
        low[along] += 1
    if high[along] - low[along] < 2 or (low == [0, 0, 0] and tuple(high) == volume.hu.shape):
        return volume
    part = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    grid = volume.grid.crop((low[0], low[1], low[2]), (high[0], high[1], high[2]))
    # views: a copy of a large scan would take half a gigabyte
    return Volume(volume.hu[part], grid, None if volume.padding is None else volume.padding[part])


def length_axis(volume: Volume) -> int:
    """The scan's axis nearest to the patient's length; only across it a layer of one value tells that nothing was measured: to
    the sides air may well be of one value.
    """
    return int(np.abs(volume.grid.affine[2, :3]).argmax())


def is_blank(volume: Volume, axis: int, index: int) -> bool:
    """Whether every voxel of a layer across an axis has one and the same value."""
    layer = volume.hu[tuple(index if n == axis else slice(None) for n in range(3))]  # `take` would copy all of the scan
    some = layer[::SPARSE, ::SPARSE]  # enough to tell nearly every layer that was measured
    return bool(some.min() == some.max() and layer.min() == layer.max())
