"""Boxes as a DICOM segmentation (PS3.3 A.51): one object for each answer, one segment for each box, on the scan's own images."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
from highdicom.seg import SegmentAlgorithmTypeValues, Segmentation, SegmentationTypeValues, SegmentDescription
from numpy.typing import NDArray

from ankleviewer.core.errors import stop_if
from ankleviewer.core.geometry import Array, Point
from ankleviewer.core.watching import never
from ankleviewer.io.dicom.headers import frames_of
from ankleviewer.reports.dicom import codes

Part = tuple[slice, slice, NDArray[np.bool_]]  # rows, columns, and which of their pixels


@dataclass(frozen=True)
class Segment:
    """A box to be written.

    Attributes:
        label: for people, at most 64 signs.
        min_mm, max_mm: LPS mm.
        tracking_uid: by which the report names the same place.
        algorithm: name, version and parameters of the model; None for a box that a reader drew.
    """

    label: str
    min_mm: Point
    max_mm: Point
    tracking_uid: str
    algorithm: tuple[str, str, dict[str, str]] | None


def segmentation(
    images: Sequence[Any],
    segments: Sequence[Segment],
    identity: Mapping[str, Any],
    cancelled: Callable[[], bool] = never,
) -> tuple[Segmentation | None, list[int | None]]:
    """The segments of one answer, and the number that each has in the file: None for a box that lies beside the images; no file
    where all do.

    Args:
        images: headers of the scan's images (`io.originals`): a file each, or one file of many frames.
        identity: series, number and software of the object, see `results`.

    Raises:
        ValueError: several files of many frames each, which one object cannot refer to.
        Cancelled: on request.
    """
    planes = [_planes(image) for image in images]
    if len(images) > 1 and any(len(frames) != 1 for frames in planes):
        raise ValueError("several files of many frames")
    flat = [plane for frames in planes for plane in frames]
    parts = [_parts(flat, segment, cancelled) for segment in segments]
    numbers = iter(range(1, len(segments) + 1))
    told = [next(numbers) if found else None for found in parts]
    if not any(told):
        return None, told
    hit = sorted({n for found in parts for n in found}) if len(images) > 1 else range(len(flat))
    masks = np.zeros((len(hit), flat[0].rows, flat[0].columns, sum(n is not None for n in told)), dtype=np.uint8)
    for found, number in zip(parts, told, strict=True):
        for at, n in enumerate(hit):
            if number is not None and n in found:
                rows, columns, inside = found[n]
                masks[at, rows, columns, number - 1] = inside
    drawn = [(number, segment) for number, segment in zip(told, segments, strict=True) if number is not None]
    held = Segmentation(
        source_images=[images[n] for n in hit] if len(images) > 1 else list(images),
        pixel_array=masks,
        segmentation_type=SegmentationTypeValues.BINARY,
        segment_descriptions=[_described(number, segment) for number, segment in drawn],
        content_label="ANKLE_BOXES",
        content_description="Boxes in an ankle CT; research use, not for diagnosis",
        **identity,
    )
    if len(hit) == 1:  # of one slice nobody knows how far the next one is, and highdicom says 1 mm
        held.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].pop("SpacingBetweenSlices", None)
    return held, told


def _described(number: int, segment: Segment) -> SegmentDescription:
    by_model = segment.algorithm is not None
    named = None
    if segment.algorithm is not None:
        name, version, parameters = segment.algorithm
        named = hd.AlgorithmIdentificationSequence(name, codes.NETWORK, version, source="AnkleViewer", parameters=parameters)
    return SegmentDescription(
        segment_number=number,
        segment_label=segment.label[:64],
        segmented_property_category=codes.SPATIAL,
        segmented_property_type=codes.PLACE if by_model else codes.READERS,
        algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC if by_model else SegmentAlgorithmTypeValues.MANUAL,
        algorithm_identification=named,
        tracking_uid=segment.tracking_uid,
        tracking_id=segment.label[:64],
        anatomic_regions=[codes.ANKLE],
    )


@dataclass(frozen=True)
class _Plane:
    """One image: rows, columns, centre of its first pixel, and the steps from column to column and from row to row, LPS mm."""

    rows: int
    columns: int
    origin: Array
    along_row: Array
    along_column: Array

    @property
    def normal(self) -> Array:
        normal = np.cross(self.along_row, self.along_column)
        return np.asarray(normal / np.linalg.norm(normal))


def _planes(image: Any) -> list[_Plane]:
    found = []
    for frame in frames_of(image, Path()):
        turn = np.array(frame.orientation, dtype=np.float64).reshape(2, 3)
        between_rows, between_columns = frame.spacing or (1.0, 1.0)
        place = np.array(frame.position, dtype=np.float64)
        found.append(_Plane(frame.rows, frame.columns, place, turn[0] * between_columns, turn[1] * between_rows))
    return found


def step_mm(images: Sequence[Any]) -> float:
    """Distance from slice to slice of a scan, mm; 1 where there is one slice."""
    planes = [plane for image in images for plane in _planes(image)]
    steps = np.diff(np.sort([float(planes[0].normal @ plane.origin) for plane in planes])) if planes else np.zeros(0)
    return float(np.median(steps)) if len(steps) and np.median(steps) > 0 else 1.0


def _parts(planes: Sequence[_Plane], box: Segment, cancelled: Callable[[], bool]) -> dict[int, Part]:
    """By the number of the image the pixels whose centres lie in the box, faces included. Where it holds none, being smaller than
    a voxel or between two slices, the one nearest to its middle, if that lies within a voxel of the images.
    """
    low, high = np.array(box.min_mm, dtype=np.float64), np.array(box.max_mm, dtype=np.float64)
    found = {}
    for n, plane in enumerate(planes):
        stop_if(cancelled)
        part = _inside(plane, low, high)
        if part is not None:
            found[n] = part
    return found or _nearest(planes, (low + high) / 2)


def _inside(plane: _Plane, low: Array, high: Array) -> Part | None:
    corners = np.array(np.meshgrid(*zip(low, high, strict=True), indexing="ij")).reshape(3, -1).T - plane.origin
    away = corners @ plane.normal
    if away.min() > 1e-6 or away.max() < -1e-6:
        return None
    spans = []
    for step, count in ((plane.along_column, plane.rows), (plane.along_row, plane.columns)):
        at = corners @ step / (step @ step)
        spans.append((max(0, int(np.floor(at.min()))), min(count, int(np.ceil(at.max())) + 1)))
    (top, bottom), (left, right) = spans
    if bottom <= top or right <= left:
        return None
    j, i = np.arange(top, bottom), np.arange(left, right)
    mm = plane.origin + i[None, :, None] * plane.along_row + j[:, None, None] * plane.along_column
    inside = np.asarray(((mm >= low - 1e-9) & (mm <= high + 1e-9)).all(axis=-1))
    return (slice(top, bottom), slice(left, right), inside) if inside.any() else None


def _nearest(planes: Sequence[_Plane], middle: Array) -> dict[int, Part]:
    gaps = np.array([float((middle - plane.origin) @ plane.normal) for plane in planes])
    n = int(np.argmin(np.abs(gaps)))
    plane = planes[n]
    steps = np.diff(np.sort(gaps))
    if abs(gaps[n]) > (float(np.median(steps)) if len(steps) else 1.0):
        return {}
    offset = middle - plane.origin
    column = round(float(offset @ plane.along_row / (plane.along_row @ plane.along_row)))
    row = round(float(offset @ plane.along_column / (plane.along_column @ plane.along_column)))
    if not (0 <= row < plane.rows and 0 <= column < plane.columns):
        return {}
    return {n: (slice(row, row + 1), slice(column, column + 1), np.ones((1, 1), dtype=np.bool_))}
