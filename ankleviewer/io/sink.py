"""HuSink: stored numbers to int16 Hounsfield units, slab by slab. What happens to single values lives here, not geometry."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import ScanError
from ankleviewer.core.volume import AIR_HU

LOWEST_HU = -3100  # below it nothing is measured: a number for "outside the field" (-8192), or a streak of metal
STRAY = 0.001  # share of a slice that may lie lower with more than one value
HIGHEST_HU = 32767
# Scanners mark "no value" outside their circle with -2000, -3024 or the like; air with noise stays well above this.
PADDING_BELOW_HU = -1500


class HuSink:
    """Collects a scan into one int16 array without ever holding it in floating point.

    Attributes:
        hu: int16, Fortran order (one slice is contiguous), shape (columns, rows, slices).
        padding: bool of the same shape once a padded voxel was met, else None.
        counts: int64 (65536,), how often each HU from -32768 on occurred before clipping at -1024, tagged padding left out.
        not_finite: number of NaN or infinite voxels, which became -1024.
    """

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.hu: NDArray[np.int16] = np.empty(shape, dtype=np.int16, order="F")
        self.padding: NDArray[np.bool_] | None = None
        self.counts: NDArray[np.int64] = np.zeros(65536, dtype=np.int64)
        self.not_finite = 0

    def put(
        self, k: int, stored: NDArray[np.generic], slope: float, intercept: float, no_value: NDArray[np.bool_] | None = None
    ) -> None:
        """Write slice `k`.

        Args:
            k: slice index.
            stored: (columns, rows), the numbers as stored, any real type.
            slope, intercept: HU = stored * slope + intercept (DICOM PS3.3 C.11.1; NIfTI scl_slope, scl_inter).
            no_value: (columns, rows), True where the scanner says that it stored no value.

        Raises:
            ScanError: HU_IMPLAUSIBLE if a value lies above 32767, or more than a few below -3100 beside the commonest there.
        """
        bad: NDArray[np.bool_] | None = None
        if stored.dtype.kind == "f":
            finite = np.isfinite(stored)
            if not finite.all():
                bad = ~finite
                self.not_finite += int(bad.sum())
                stored = np.where(finite, stored, 0)
        hu: NDArray[np.generic]
        small = slope == 1 and float(intercept).is_integer() and abs(intercept) < 1e6
        if small and stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2:
            hu = stored.astype(np.int32) + np.int32(intercept)
        else:
            hu = np.rint(stored.astype(np.float64) * slope + intercept)
        if bad is not None:
            hu[bad] = AIR_HU
        if no_value is not None:
            hu[no_value] = AIR_HU
        no_value = _with_stray(hu, no_value)
        low, high = float(hu.min()), float(hu.max())
        if low < LOWEST_HU or high > HIGHEST_HU:
            raise ScanError(
                "HU_IMPLAUSIBLE",
                f"Slice {k} holds values from {low:.0f} to {high:.0f} HU; a CT stays within {LOWEST_HU} to {HIGHEST_HU}.",
            )
        whole = hu.astype(np.int16)
        keep = whole if no_value is None else whole[~no_value]
        self.counts += np.bincount((keep.astype(np.int32) + 32768).ravel(), minlength=65536)
        if low < PADDING_BELOW_HU or no_value is not None:
            empty = whole < PADDING_BELOW_HU
            if no_value is not None:
                empty |= no_value
            if empty.any():
                if self.padding is None:
                    self.padding = np.zeros(self.hu.shape, dtype=np.bool_, order="F")
                self.padding[:, :, k] = empty
        np.maximum(whole, np.int16(AIR_HU), out=self.hu[:, :, k])
        if low < PADDING_BELOW_HU:
            self.hu[:, :, k][whole < PADDING_BELOW_HU] = AIR_HU


def _with_stray(hu: NDArray[np.generic], no_value: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    """`no_value` with the voxels below LOWEST_HU, which become air, where these mark what was not measured: one number, and few
    others. Else they stay, since the numbers are no Hounsfield units then.
    """
    stray: NDArray[np.bool_] = np.less(hu, LOWEST_HU)
    if not stray.any():
        return no_value
    low, most = hu[stray], STRAY * hu.size
    if np.count_nonzero(low != low.min()) > most and len(low) - np.unique(low, return_counts=True)[1].max() > most:
        return no_value
    hu[stray] = AIR_HU
    return stray if no_value is None else no_value | stray
