"""Volume: Hounsfield units on a Grid. The only form in which a scan travels through the program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.geometry import Grid

AIR_HU = -1024


@dataclass(frozen=True, eq=False)
class Volume:
    """A CT scan.

    Attributes:
        hu: int16, shape (columns, rows, slices) = grid.shape, Hounsfield units; nothing below -1024.
        grid: where the voxels lie, LPS millimetres.
        padding: bool array of the same shape, True where the scanner stored no value (outside the scan circle); None if none.
    """

    hu: NDArray[np.int16]
    grid: Grid
    padding: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if self.hu.dtype != np.int16:
            raise ValueError(f"hu must be int16, is {self.hu.dtype}")
        if self.hu.shape != self.grid.shape:
            raise ValueError(f"hu has shape {self.hu.shape}, its grid {self.grid.shape}")
        if self.padding is not None and self.padding.shape != self.hu.shape:
            raise ValueError(f"padding has shape {self.padding.shape}, hu {self.hu.shape}")
