"""The heat map on the scan's own voxels, so that any viewer can lay it over the scan."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.assessment.explain import HeatMap
from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.resample import interpolate


def on_scan(heatmaps: Iterable[HeatMap], scan: Grid) -> NDArray[np.float32]:
    """Heat maps of one model (one per ankle) as one array of the scan's shape, float32, logit units, 0 where no model looked.

    Linear interpolation between the map's voxels; where two maps meet, the larger value stays.
    """
    out = np.zeros(scan.shape, dtype=np.float32)
    for heat in heatmaps:
        low, high = heat.grid.bounds_mm()
        corners = np.array(np.meshgrid(*zip(low, high, strict=True), indexing="ij")).reshape(3, -1).T
        seen = scan.to_voxel(corners)
        start = np.clip(np.floor(seen.min(axis=0)).astype(int), 0, scan.shape)
        stop = np.clip(np.ceil(seen.max(axis=0)).astype(int) + 1, 0, scan.shape)
        if (stop <= start).any():
            continue
        region = scan.crop(_index(start), _index(stop))
        part = interpolate(heat.values, heat.grid, region)
        place = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
        np.maximum(out[place], part, out=out[place])
    return out


def _index(voxel: NDArray[np.int_]) -> tuple[int, int, int]:
    i, j, k = (int(n) for n in voxel)
    return i, j, k
