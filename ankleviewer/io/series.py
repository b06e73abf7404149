"""What a folder or a ZIP holds: its CT series and NIfTI files, each with a picture of its middle slice.

A series is named by a key that tells nothing of the patient: of a DICOM series the hash of its UID, of a NIfTI file that of its
bytes. The reader takes the key to open just that one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import Cancelled, ScanError
from ankleviewer.core.imaging.planes import Frame as Plane
from ankleviewer.core.serieschoice import Series, ranked
from ankleviewer.core.watching import Progress
from ankleviewer.io import guard
from ankleviewer.io.border import only_scan_errors
from ankleviewer.io.described import described
from ankleviewer.io.nifti import images_among, own_heat_map

PICTURE_PX = 160
WINDOW_HU = (-650.0, 1350.0)  # the bone window of the views, 2000 / 350
KEY = 16
MOST_PIXELS = 4096**2  # of a slice that gets a picture: a small file may claim any size
BONE_HU, LEAST_BONE, RIM_MM = 250.0, 30, 20.0


def key_of(text: str) -> str:
    """The key of a series by its UID."""
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()[:KEY]


def key_of_file(path: Path) -> str:
    """The key of a NIfTI file by its bytes."""
    return guard.sha256_of_file(path)[:KEY]


def series_gone() -> ScanError:
    """The refusal where the key of a series names nothing that is there now."""
    return ScanError("SERIES_GONE", "The chosen series is no longer there; open the folder again.")


def named(found: Sequence[Series], name: str) -> Series:
    """The series that a person or a script means.

    Args:
        found: from `list_series`.
        name: its number in `found` from 1 on, its key, or its SeriesInstanceUID.

    Raises:
        ScanError: SERIES_UNKNOWN.
    """
    for n, series in enumerate(found, start=1):
        if name == str(n) or series.key in (name, key_of(name)):
            return series
    raise ScanError("SERIES_UNKNOWN", f"There is no such series; {len(found)} can be opened here.")


def list_series(path: str | Path, progress: Progress, cancelled: Callable[[], bool]) -> tuple[Series, ...]:
    """Everything that can be opened in a folder, a ZIP, or the folder of a DICOM file; the one to take first.

    A series whose slices cannot be decoded is listed without a picture; a NIfTI file that is damaged is left out, as are a file
    that cannot be read and a heat map that this program wrote.

    Raises:
        ScanError: the folder or the ZIP itself is refused (limits, encryption, ...), or is not there; OWN_HEAT_MAP for the file
            of a heat map.
        Cancelled: on request.
    """
    with only_scan_errors():
        place = Path(path)
        if place.is_dir():
            return _listed(guard.files_below(place), progress, cancelled)
        file = guard.plain_file(place)
        kind = guard.kind_of(file)
        if kind == "zip":
            from ankleviewer.io.archive import unpacked

            with unpacked(file, progress, cancelled, several=True) as inner:
                return _listed(guard.files_below(inner) if inner.is_dir() else [inner], progress, cancelled)
        if kind == "dicom":
            from ankleviewer.io.dicom.headers import is_directory

            return _listed(guard.files_below(file.parent, recursive=is_directory(file)), progress, cancelled)
        if images_among([file])[1]:
            raise own_heat_map()
        return _listed([file], progress, cancelled)


def _listed(files: Sequence[Path], progress: Progress, cancelled: Callable[[], bool]) -> tuple[Series, ...]:
    images, _ = images_among(files)
    slices = [f for f in files if guard.kind_among(f) == "dicom"]
    found = []
    try:
        with only_scan_errors():
            found = _dicom(slices, progress, cancelled) if slices else []
    except ScanError:  # a lone file that only begins like DICOM keeps nobody from the images beside it
        if not images:
            raise
    for n, file in enumerate(images):
        if cancelled():
            raise Cancelled
        progress(0.6 + 0.4 * n / len(images), "Reading slices")
        found += [one for one in _nifti(file, cancelled) if one.key not in {other.key for other in found}]
    return tuple(ranked(found))


def _dicom(files: list[Path], progress: Progress, cancelled: Callable[[], bool]) -> list[Series]:
    from ankleviewer.io.dicom.survey import survey

    seen = survey(files, None, lambda share, what: progress(2 * share, what), cancelled)
    groups = _groups(seen)
    found = []
    for n, (uid, frames) in enumerate(groups.items()):
        if cancelled():
            raise Cancelled
        progress(0.4 + 0.2 * n / len(groups), "Reading slices")
        found.append(_one(uid, frames, seen.first[uid], _decoded))
    return found


def series_of(seen: Any) -> list[Series]:
    """The series of a `dicom.survey.Survey`, without pictures."""
    return [_one(uid, frames, seen.first[uid]) for uid, frames in _groups(seen).items()]


def _groups(seen: Any) -> dict[str, list[Any]]:
    """The frames of a `dicom.survey.Survey` by their series."""
    groups: dict[str, list[Any]] = {}
    for frame in seen.frames:
        groups.setdefault(frame.series, []).append(frame)
    return groups


def _one(uid: str, frames: list[Any], header: Any, pictured: Callable[[Any], NDArray[np.uint8] | None] | None = None) -> Series:
    from ankleviewer.io.dicom import headers as dicom_headers
    from ankleviewer.io.dicom.quantity import not_plain

    about = dicom_headers.describe(header)
    across, down = np.asarray(frames[0].orientation[:3]), np.asarray(frames[0].orientation[3:])
    normal = np.cross(across, down)
    places = sorted(frames, key=lambda f: float(np.dot(f.position, normal)))
    heights = np.unique(np.round([float(np.dot(f.position, normal)) for f in places], 3))
    apart = float(np.median(np.diff(heights))) if len(heights) > 1 else 0.0
    spacing = _sound(frames[0].spacing)
    main = int(np.abs(normal).argmax())
    plane = ("sagittal", "coronal", "axial")[main] if np.abs(normal).max() > 0.8 else ""  # leaning by at most 37 degrees
    middle = places[len(places) // 2]
    return Series(
        key=key_of(uid),
        description=described(header),
        plane=plane,
        slices=len(frames),
        size=(middle.columns, middle.rows),
        spacing_mm=(spacing[1], spacing[0], round(apart, 3)) if spacing is not None and apart > 0 else None,
        kernel=about.kernel,
        thickness_mm=about.thickness_mm,
        derived=bool(not_plain(header)),
        picture=pictured(middle) if pictured is not None else None,
    )


def _sound(spacing: tuple[float, float] | None) -> tuple[float, float] | None:
    """The size of a pixel, None where it is none that the reader would take."""
    return spacing if spacing is not None and guard.is_spacing(*spacing) else None


def _decoded(frame: Any) -> NDArray[np.uint8] | None:
    """A picture of one frame; None where it cannot be decoded, which the reader will say in full when it is opened."""
    from ankleviewer.io.dicom import headers as dicom_headers
    from ankleviewer.io.dicom import pixels as dicom_pixels

    if frame.rows * frame.columns > MOST_PIXELS:
        return None
    try:
        stored = dicom_pixels.decode(dicom_headers.load(frame.path, pixels=True), frame.index).astype(np.float32)
    except Exception:  # noqa: BLE001 - a decoder raises anything on damaged pixels
        return None
    slope, intercept = frame.rescale or (1.0, 0.0)
    hu = (stored * slope + intercept).astype(np.float32)
    if frame.padding is not None:
        hu[(stored >= frame.padding[0]) & (stored <= frame.padding[1])] = -1024
    ratio = _sound(frame.spacing) or (1.0, 1.0)
    return picture(around_bone(hu, ratio), ratio)


def _nifti(file: Path, cancelled: Callable[[], bool]) -> list[Series]:
    from ankleviewer.io.nifti import read_nifti

    try:
        with only_scan_errors():
            volume, _, _ = read_nifti(file, guard.kind_of(file) == "nifti.gz", lambda _share, _what: None, cancelled)
    except ScanError:
        return []
    frame = Plane.of(volume.grid, "axial")
    grid = frame.grid
    ratio = grid.spacing[1], grid.spacing[0]
    shown = picture(around_bone(frame.pixels(volume.hu, grid.shape[2] // 2).astype(np.float32), ratio), ratio)
    name = "" if file.name.isdigit() else file.name  # unpacked files have numbers of our own
    size = (grid.shape[0], grid.shape[1])
    return [Series(key_of_file(file), name, "axial", grid.shape[2], size, grid.spacing, "", shown)]


def around_bone(hu: NDArray[np.float32], spacing: tuple[float, float]) -> NDArray[np.float32]:
    """The part of a slice that holds its bone with a rim of flesh: a foot is small in a field of view for two legs."""
    rows, columns = np.nonzero(hu > BONE_HU)
    if len(rows) < LEAST_BONE:
        return hu
    cut = []
    for places, apart, count in ((rows, spacing[0], hu.shape[0]), (columns, spacing[1], hu.shape[1])):
        low, high = np.percentile(places, (0.5, 99.5))  # single bright dots (a table's edge, noise) do not widen it
        rim = RIM_MM / apart
        cut.append(slice(max(0, int(low - rim)), min(count, int(high + rim) + 1)))
    return hu[cut[0], cut[1]]


def picture(hu: NDArray[np.float32], spacing: tuple[float, float]) -> NDArray[np.uint8]:
    """A slice in the bone window with square pixels, its longer side PICTURE_PX: uint8 (rows, columns).

    Args:
        hu: (rows, columns).
        spacing: mm between rows, between columns.
    """
    extent = hu.shape[0] * spacing[0], hu.shape[1] * spacing[1]
    scale = PICTURE_PX / max(extent)
    rows, columns = (max(1, round(e * scale)) for e in extent)
    grey = np.clip((hu - WINDOW_HU[0]) / (WINDOW_HU[1] - WINDOW_HU[0]), 0.0, 1.0)
    from PIL import Image

    shrunk = Image.fromarray(np.rint(grey * 255).astype(np.uint8)).resize((columns, rows), Image.Resampling.BOX)
    return np.asarray(shrunk)
