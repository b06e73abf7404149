"""Reading and writing NIfTI. The header's rules live in nifti_header; here are the voxels and the way to the disk."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import Cancelled, ScanError, stop_if
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.core.watching import Progress
from ankleviewer.io import guard, nifti_header
from ankleviewer.io.atomic import atomic_file
from ankleviewer.io.dicom.library import prepare_pydicom
from ankleviewer.io.dicom.pixels import few_greys
from ankleviewer.io.resample import SHEAR_REFUSED_DEG, is_sheared, shear_angle_deg, to_orthogonal
from ankleviewer.io.sink import HuSink

HEAT_MAP = "AnkleViewer heat map"  # in the header (descrip) of each that is written, by which it is known again
NOT_FINITE_SHARE = 0.01


@contextlib.contextmanager
def stored_slices(path: Path, compressed: bool) -> Iterator[tuple[nifti_header.NiftiHeader, Iterator[NDArray[Any]]]]:
    """A file's header, and its slices one by one as they are stored, (columns, rows), unscaled; all of them are to be taken.

    Raises:
        ScanError: see `nifti_header.parse`, plus FILE_TRUNCATED, GZIP_CRC, ARCHIVE_BOMB.
    """
    stored = path.stat().st_size
    with guard.BoundedReader(path, compressed) as stream:
        head = stream.read(4)
        head += stream.read((348 if head in (b"\x5c\x01\0\0", b"\0\0\x01\x5c") else 540) - 4)
        header = nifti_header.parse(head)
        nx, ny, nz = header.shape
        slab = nx * ny * header.dtype.itemsize
        guard.check_claim(header.offset + slab * nz, stored, compressed)
        stream.skip(header.offset - len(head))
        yield header, (np.frombuffer(stream.read(slab), dtype=header.dtype).reshape((nx, ny), order="F") for _ in range(nz))
        stream.finish()


def read_nifti(
    path: Path, compressed: bool, progress: Progress, cancelled: Callable[[], bool]
) -> tuple[Volume, list[Finding], NDArray[np.int64]]:
    """A .nii or .nii.gz file as a Volume, slice by slice into int16 (peak memory: the int16 volume).

    Returns:
        The volume, what was remarkable about the file, and the counts of HU before clipping (`HuSink.counts`).

    Raises:
        ScanError: see `nifti_header.parse`, plus FILE_TRUNCATED, GZIP_CRC, ARCHIVE_BOMB, VOXELS_NOT_FINITE, AFFINE_SHEARED.
        Cancelled: on request.
    """
    with stored_slices(path, compressed) as (header, slices):
        nx, ny, nz = header.shape
        sink = HuSink(header.shape)
        for k in range(nz):
            if cancelled():
                raise Cancelled
            sink.put(k, next(slices), header.slope, header.intercept)
            if k % 16 == 0:
                progress(0.9 * k / nz, "Reading voxels")
    findings = list(header.findings)
    if header.dtype.itemsize == 1:
        findings.append(few_greys())
    share = sink.not_finite / (nx * ny * nz)
    if share > NOT_FINITE_SHARE:
        raise ScanError("VOXELS_NOT_FINITE", f"{share:.1%} of the voxels are not numbers; at most {NOT_FINITE_SHARE:.0%} may be.")
    if sink.not_finite:
        findings.append(Finding("caveat", "VOXELS_NOT_FINITE", f"{sink.not_finite} voxels are not numbers and are shown as air."))
    volume = Volume(sink.hu, Grid(header.shape, header.affine), sink.padding)
    if is_sheared(volume.grid):
        angle = shear_angle_deg(volume.grid)
        if angle > SHEAR_REFUSED_DEG:
            raise ScanError(
                "AFFINE_SHEARED",
                f"The voxel axes are {angle:.2f} degrees away from right angles; at most {SHEAR_REFUSED_DEG} is accepted.",
            )
        findings.append(
            Finding(
                "caveat",
                "AFFINE_SHEARED",
                f"The voxel axes were {angle:.2f} degrees away from right angles; the scan was resampled.",
            )
        )
        volume = to_orthogonal(volume)
    return volume, findings, sink.counts


def write_nifti(
    data: Volume | NDArray[Any],
    grid: Grid | None,
    path: str | Path,
    *,
    slope: float = 1.0,
    intercept: float = 0.0,
    description: str = "",
) -> None:
    """Write a Volume, or an array with its grid, as NIfTI-1 (.nii, or .nii.gz by the name); the same input gives the same bytes.

    Args:
        data: Volume, or array of shape grid.shape: bool (stored as uint8), uint8, int16, int32, uint16, float32 or float64.
        grid: LPS millimetres; may be None for a Volume. Stored as RAS in sform and qform, both with code 1 (scanner).
        path: replaced atomically.
        slope, intercept: what readers make of the numbers: value = number * slope + intercept (scl_slope, scl_inter).
        description: at most 79 ASCII characters about the data (descrip).

    Raises:
        ValueError: shape or type that cannot be stored.
        OSError: not writable.
    """
    prepare_pydicom()  # nibabel imports it
    from nibabel.nifti1 import Nifti1Header

    if isinstance(data, Volume):
        grid = data.grid
        data = data.hu
    if grid is None or data.shape != grid.shape:
        raise ValueError(f"array of shape {data.shape} does not fit the grid {None if grid is None else grid.shape}")
    dtype = np.dtype(np.uint8) if data.dtype == np.bool_ else data.dtype
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise ValueError(f"type {data.dtype} cannot be stored in NIfTI")
    ras = nifti_header.RAS_TO_LPS @ grid.affine
    header: Any = Nifti1Header(endianness="<")  # type: ignore[no-untyped-call]
    header.set_data_dtype(dtype)
    header.set_data_shape(data.shape)
    header.set_xyzt_units("mm")
    header.set_sform(ras, code=1)
    header.set_qform(ras, code=1)
    header["vox_offset"] = 352
    header["scl_slope"], header["scl_inter"] = slope, intercept
    header["magic"] = b"n+1"
    header["descrip"] = description.encode("ascii")
    with atomic_file(path) as stream:
        if str(path).lower().endswith(".gz"):
            with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=stream, mtime=0) as packed:
                _write(packed, header.binaryblock, data, dtype)  # type: ignore[arg-type]
        else:
            _write(stream, header.binaryblock, data, dtype)


def description_of(path: Path) -> str:
    """The description (descrip) of a NIfTI-1 file; "" where it has none or the file is no such file. Raises OSError."""
    kind = guard.kind_of(path)
    if kind not in ("nifti", "nifti.gz"):
        return ""
    try:
        with guard.BoundedReader(path, kind == "nifti.gz") as stream:
            return stream.read(348)[148:228].rstrip(b"\0").decode("ascii", "replace")
    except ScanError:  # cut off or damaged
        return ""


def is_heat_map(path: Path) -> bool:
    """Whether a file is a heat map that this program wrote (`reports.heatmap`); its header alone is read. Raises OSError."""
    return description_of(path) == HEAT_MAP


def images_among(files: Iterable[Path]) -> tuple[list[Path], int]:
    """The NIfTI files that may be scans, by their first bytes, and the number of heat maps, which this program wrote beside them
    and which are none. A file that cannot be read is neither.
    """
    scans, heat_maps = [], 0
    for file in files:
        with contextlib.suppress(OSError):  # gone, or closed to us
            if guard.kind_among(file) in ("nifti", "nifti.gz"):
                heat_map = is_heat_map(file)
                heat_maps += heat_map
                scans += [] if heat_map else [file]
    return scans, heat_maps


def without_copies(images: list[Path], cancelled: Callable[[], bool] | None = None) -> list[Path]:
    """The first alone where all are copies of it, byte for byte: they are one scan. Otherwise as they are, and no more is read
    than it takes to see that. Raises OSError, Cancelled.
    """
    if len(images) < 2 or len({file.stat().st_size for file in images}) > 1:
        return images
    hashes = set()
    for file in images:
        stop_if(cancelled)
        hashes.add(guard.sha256_of_file(file))
        if len(hashes) > 1:
            return images
    return images[:1]


def own_heat_map() -> ScanError:
    """What to say where such a file is opened: its voxels are no Hounsfield units."""
    return ScanError("OWN_HEAT_MAP", "This is a heat map that AnkleViewer wrote, not a scan.")


def _write(stream: BinaryIO, block: bytes, data: NDArray[Any], dtype: np.dtype[Any]) -> None:
    stream.write(block + b"\0\0\0\0")
    stream.writelines(data[:, :, k].astype(dtype.newbyteorder("<")).tobytes(order="F") for k in range(data.shape[2]))
