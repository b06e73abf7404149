"""The NIfTI-1/2 header: everything that can be judged before a single voxel is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import ScanError
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import FARTHEST_MM
from ankleviewer.io import guard
from ankleviewer.io.dicom.library import prepare_pydicom

Array = NDArray[np.float64]
RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
# NIfTI datatype codes that are real numbers.
REAL_TYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8"}
UNIT_MM = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
FORMS_CORNER_MM = 0.5
FORMS_SPACING = 0.01


@dataclass(frozen=True)
class NiftiHeader:
    """What the header says.

    Attributes:
        shape: voxels along i, j, k.
        dtype: as stored, byte order included.
        offset: bytes from the start of the (inflated) file to the first voxel.
        slope, intercept: HU = stored * slope + intercept.
        affine: 4 x 4, voxel index to LPS millimetres.
        findings: remarks on what was doubtful but readable.
    """

    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    offset: int
    slope: float
    intercept: float
    affine: Array
    findings: tuple[Finding, ...]


def parse(block: bytes) -> NiftiHeader:
    """Read a NIfTI-1 (348 bytes) or NIfTI-2 (540 bytes) header.

    Raises:
        ScanError: NII_MALFORMED, DIMS_INVALID, NOT_3D, SIZE_IMPLAUSIBLE, DTYPE_UNSUPPORTED, NII_OFFSET_INVALID,
            NII_SCALE_INVALID, SPACING_INVALID or AFFINE_INVALID.
    """
    prepare_pydicom()  # nibabel imports it
    from nibabel.nifti1 import Nifti1Header
    from nibabel.nifti2 import Nifti2Header

    version_1 = len(block) == 348
    # check=False: nibabel's own checks repair in silence (a pixdim of 0 becomes 1).
    header = (Nifti1Header if version_1 else Nifti2Header)(block, check=False)  # type: ignore[no-untyped-call]
    magic = bytes(header["magic"].tobytes())
    if not magic.startswith(b"n+"):
        raise ScanError("NII_MALFORMED", "Only single-file NIfTI (.nii, .nii.gz) is read, not a pair of .hdr and .img.")
    findings: list[Finding] = []
    shape = _shape(np.asarray(header["dim"], dtype=np.int64))
    code = int(header["datatype"])
    if code not in REAL_TYPES:
        raise ScanError("DTYPE_UNSUPPORTED", f"The voxels are of NIfTI type {code}, such as colour; a CT holds plain numbers.")
    dtype = np.dtype(REAL_TYPES[code]).newbyteorder(header.endianness)
    offset = _offset(float(header["vox_offset"]), 352 if version_1 else 544)
    slope, intercept = _scale(float(header["scl_slope"]), float(header["scl_inter"]), findings)
    affine = _affine(header, shape, findings)
    return NiftiHeader(shape, dtype, offset, slope, intercept, affine, tuple(findings))


def _shape(dim: NDArray[np.int64]) -> tuple[int, int, int]:
    rank = int(dim[0])
    if not 1 <= rank <= 7 or (dim[1 : rank + 1] < 1).any():
        raise ScanError("DIMS_INVALID", f"The header gives impossible dimensions: {dim.tolist()}.")
    sizes = [int(n) for n in dim[1 : rank + 1]]
    while len(sizes) > 3 and sizes[-1] == 1:
        sizes.pop()
    if len(sizes) != 3 or min(sizes) < 2:
        raise ScanError("NOT_3D", f"One three-dimensional scan is expected, this file holds {' × '.join(map(str, sizes))}.")
    if sizes[0] * sizes[1] * sizes[2] > guard.MAX_VOXELS:
        raise ScanError(
            "SIZE_IMPLAUSIBLE",
            f"The header claims {' × '.join(map(str, sizes))} voxels; at most "
            f"{guard.MAX_VOXELS / 1e9:.1f} thousand million are read.",
        )
    return sizes[0], sizes[1], sizes[2]


def _offset(value: float, least: int) -> int:
    if value == 0:
        return least
    if not np.isfinite(value) or value < least or value > 64_000_000 or not value.is_integer():
        raise ScanError("NII_OFFSET_INVALID", f"The header puts the voxels at byte {value:g}; {least} or more is expected.")
    return int(value)


def _scale(slope: float, intercept: float, findings: list[Finding]) -> tuple[float, float]:
    if slope == 0 or np.isnan(slope):
        if np.isfinite(intercept) and intercept != 0:
            findings.append(
                Finding(
                    "caveat",
                    "HU_OFFSET_AMBIGUOUS",
                    f"The header has an intercept of {intercept:g} without a "
                    "slope; it was not applied, as the NIfTI standard says, but programs differ.",
                )
            )
        return 1.0, 0.0
    if not np.isfinite(slope) or not np.isfinite(intercept):
        raise ScanError(
            "NII_SCALE_INVALID", f"The header scales the values by {slope:g} and {intercept:g}; finite numbers are expected."
        )
    return slope, intercept


def _affine(header: Any, shape: tuple[int, int, int], findings: list[Finding]) -> Array:
    unit = UNIT_MM.get(int(header["xyzt_units"]) & 7)
    if unit is None:
        raise ScanError("SPACING_INVALID", f"The header names no known unit of length (code {int(header['xyzt_units']) & 7}).")
    pixdim = np.asarray(header["pixdim"][1:4], dtype=np.float64)
    if not np.isfinite(pixdim).all() or (pixdim == 0).any():
        raise _not_positive(pixdim)
    sform = header.get_sform() if int(header["sform_code"]) > 0 else None
    qform = _qform(header, pixdim, alone=sform is None) if int(header["qform_code"]) > 0 else None
    if sform is None and qform is None:
        findings.append(
            Finding(
                "withhold", "ORIENTATION_UNKNOWN", "The file does not say how the patient lies in it; left and right are unknown."
            )
        )
        ras = np.asarray(header.get_base_affine(), dtype=np.float64)
    else:
        ras = np.asarray(sform if sform is not None else qform, dtype=np.float64)
    if not np.isfinite(ras).all() or abs(np.linalg.det(ras[:3, :3])) * unit**3 < 1e-6:
        raise ScanError("AFFINE_INVALID", "The position of the voxels in the patient is zero or not a number in the header.")
    if sform is not None and qform is not None:
        quaternion = np.array([header[name] for name in ("quatern_b", "quatern_c", "quatern_d")])
        _compare_forms(ras, qform, quaternion, shape, unit, findings)
    if unit != 1.0:
        findings.append(Finding("info", "UNITS_CONVERTED", "Lengths were converted to millimetres from the unit in the header."))
        ras[:3] *= unit
    if np.abs(ras[:3, 3]).max() > FARTHEST_MM:
        raise guard.too_far()
    spacing = np.linalg.norm(ras[:3, :3], axis=0)
    if not guard.is_spacing(*spacing):
        low, high = guard.SPACING_MM
        raise ScanError(
            "SPACING_INVALID", f"The voxels measure {np.round(spacing, 4).tolist()} mm; {low} to {high} mm are expected."
        )
    return np.asarray(RAS_TO_LPS @ ras, dtype=np.float64)


def _not_positive(pixdim: Array) -> ScanError:
    return ScanError("SPACING_INVALID", f"The header gives a voxel size of {pixdim.tolist()}; positive numbers are expected.")


def _qform(header: Any, pixdim: Array, alone: bool) -> Array:
    """The affine of the quaternion.

    Args:
        pixdim: voxel size as the header gives it. Negative numbers, of which programs make different things, are refused where
            the qform is `alone`, and lose their sign beside a sform, which then tells the axes.
        alone: there is no sform.

    Raises:
        ScanError: SPACING_INVALID or AFFINE_INVALID.
    """
    if alone and (pixdim < 0).any():
        raise _not_positive(pixdim)
    header["pixdim"][1:4] = np.abs(pixdim)
    # qfac. Many writers leave 0; the standard takes 1 then, and its own reader for all that is not negative (nibabel raises).
    header["pixdim"][0] = -1 if header["pixdim"][0] < 0 else 1
    try:
        return np.asarray(header.get_qform(), dtype=np.float64)
    except Exception:  # noqa: BLE001 - nibabel raises several kinds on quaternions that are none; here they all mean one thing
        raise ScanError("AFFINE_INVALID", "The rotation in the header (quaternion) is not a rotation.") from None


def _lost(quaternion: NDArray[np.floating[Any]]) -> float:
    """How far the first number of a rotation's quaternion may be from what was meant.

    The header keeps the other three, of NIfTI-1 in single precision; the first follows as the root of what they leave of one.
    Near half a turn, as of every axial scan in LPS, it is a small number of which rounding leaves little.
    """
    square, step = max(0.0, 1.0 - float((quaternion.astype(np.float64) ** 2).sum())), float(np.finfo(quaternion.dtype).eps)
    first, most, least = np.sqrt([square, square + step, max(0.0, square - step)])
    return float(max(most - first, first - least))


def _compare_forms(
    sform: Array,
    qform: Array,
    quaternion: NDArray[np.floating[Any]],
    shape: tuple[int, int, int],
    unit: float,
    findings: list[Finding],
) -> None:
    corners = np.array(np.meshgrid(*[(0, n - 1) for n in shape], indexing="ij")).reshape(3, -1)
    corners = np.vstack([corners, np.ones(8)])
    apart = float(np.linalg.norm(((sform - qform) @ corners)[:3], axis=0).max()) * unit
    reach = float(np.linalg.norm((sform[:3, :3] @ corners[:3]), axis=0).max()) * unit
    slack = 2 * _lost(quaternion) * reach  # twice the half angle's
    sizes_s, sizes_q = (np.linalg.norm(m[:3, :3], axis=0) for m in (sform, qform))
    ratio = float(np.abs(sizes_s / sizes_q - 1).max())
    if not apart <= FORMS_CORNER_MM + slack or not ratio <= FORMS_SPACING:
        findings.append(
            Finding(
                "withhold",
                "NII_FORMS_DISAGREE",
                f"The two positions in the header (sform, qform) differ by up "
                f"to {apart:.1f} mm; at most {FORMS_CORNER_MM + slack:.1f} mm is expected. The sform is shown.",
            )
        )
