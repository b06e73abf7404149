"""The part of a scan that a peer has to look at, as anybody would cut it out who wants its best speed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import SimpleITK
from numpy.typing import NDArray

TAIL = 4.0  # sigmas: what a Gaussian weighs beyond them (1 in 15,000) is less than the pairs may differ by


def ends(mask: NDArray[np.bool_]) -> tuple[list[int], list[int]]:
    """First and last index of what is true in a mask (x, y, z), per axis.

    Raises:
        IndexError: nothing is true.
    """
    along = [np.flatnonzero(mask.any(axis=tuple(a for a in range(mask.ndim) if a != axis))) for axis in range(mask.ndim)]
    return [int(found[0]) for found in along], [int(found[-1]) for found in along]


def region(
    image: SimpleITK.Image, low_mm: Sequence[float], high_mm: Sequence[float], sigma_mm: Sequence[float]
) -> SimpleITK.Image:
    """The voxels of an image between two points and about them, so that a Gaussian gives the same there as on the whole.

    Args:
        image: axes along those of the world, any origin and spacing.
        low_mm, high_mm: corners of what is to be sampled, mm.
        sigma_mm: width of the Gaussian along each axis, mm.
    """
    first, count = [], []
    for axis, (spacing, origin, size) in enumerate(zip(image.GetSpacing(), image.GetOrigin(), image.GetSize(), strict=True)):
        rim = TAIL * sigma_mm[axis]
        start = max(0, int(np.floor((low_mm[axis] - rim - origin) / spacing)))
        stop = min(
            size, int(np.ceil((high_mm[axis] + rim - origin) / spacing)) + 1
        )  # linear interpolation asks for both neighbours
        first.append(start)
        count.append(stop - start)
    part: SimpleITK.Image = SimpleITK.RegionOfInterest(image, count, first)
    return part
