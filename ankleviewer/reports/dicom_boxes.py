"""Boxes as a DICOM segmentation (PS3.3 A.51): one object for each answer, one segment for each box, on the scan's own images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
from highdicom.seg import SegmentAlgorithmTypeValues, Segmentation, SegmentationTypeValues, SegmentDescription
from numpy.typing import NDArray

from ankleviewer.core.geometry import Point
from ankleviewer.io.dicom_headers import frames_of
from ankleviewer.reports import dicom_codes as codes


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


def segmentation(images: Sequence[Any], segments: Sequence[Segment], identity: dict[str, Any]) -> Segmentation | None:
    """The segments of one answer; None where no voxel of the images lies in any of the boxes.

    Args:
        images: headers of the scan's images (`io.originals`): a file each, or one file of many frames.
        identity: series, number and software, see `dicom_results`.
    """
    planes = _planes(images)
    if len(images) > 1:
        for image in images:
            if not image.get("SliceThickness"):  # (0018,0050), which a segmentation must tell: as far as they lie apart
                image.SliceThickness = round(_step(planes)[0], 6)
    by_segment = [_masks(planes, segment) for segment in segments]
    masks = [np.stack(of_plane, axis=-1) for of_plane in zip(*by_segment, strict=True)]
    if len(images) > 1:  # those with a part of a box alone: the rest would be empty frames
        kept = [n for n, mask in enumerate(masks) if mask.any()]
        images, masks = [images[n] for n in kept], [masks[n] for n in kept]
    if not any(mask.any() for mask in masks):
        return None
    return Segmentation(
        source_images=list(images),
        pixel_array=np.stack(masks).astype(np.uint8),
        segmentation_type=SegmentationTypeValues.BINARY,
        segment_descriptions=[_described(n + 1, segment) for n, segment in enumerate(segments)],
        content_label="ANKLE_BOXES",
        content_description="Boxes in an ankle CT; research use, not for diagnosis",
        **identity,
    )


def _described(number: int, segment: Segment) -> SegmentDescription:
    by_model = segment.algorithm is not None
    named = None
    if segment.algorithm is not None:
        name, version, parameters = segment.algorithm
        named = hd.AlgorithmIdentificationSequence(name, codes.NETWORK, version, source="AnkleViewer", parameters=parameters)
    return SegmentDescription(
        segment_number=number,
        segment_label=segment.label[:64],
        segmented_property_category=codes.MORPHOLOGY,
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
    origin: NDArray[np.float64]
    along_row: NDArray[np.float64]
    along_column: NDArray[np.float64]


def _planes(images: Sequence[Any]) -> list[_Plane]:
    found = []
    for image in images:
        for frame in frames_of(image, Path()):
            turn = np.array(frame.orientation, dtype=np.float64).reshape(2, 3)
            between_rows, between_columns = frame.spacing or (1.0, 1.0)
            place = np.array(frame.position, dtype=np.float64)
            found.append(_Plane(frame.rows, frame.columns, place, turn[0] * between_columns, turn[1] * between_rows))
    return found


def _step(planes: Sequence[_Plane]) -> tuple[float, NDArray[np.float64]]:
    """Distance from slice to slice, mm, and the direction of it."""
    normal = np.cross(planes[0].along_row, planes[0].along_column)
    normal /= np.linalg.norm(normal)
    return float(np.median(np.diff(np.sort([float(normal @ plane.origin) for plane in planes])))), normal


def _masks(planes: Sequence[_Plane], box: Segment) -> list[NDArray[np.bool_]]:
    """Pixels whose centres lie in the box, faces included; where it lies between two slices, those within half a step of it."""
    masks = [_inside(plane, box, np.zeros(3)) for plane in planes]
    if any(mask.any() for mask in masks) or len(planes) < 2:
        return masks
    step, normal = _step(planes)
    half = step / 2 * np.abs(normal)
    return [_inside(plane, box, half) for plane in planes]


def _inside(plane: _Plane, box: Segment, beyond: NDArray[np.float64]) -> NDArray[np.bool_]:
    i, j = np.arange(plane.columns), np.arange(plane.rows)
    mm = plane.origin + i[None, :, None] * plane.along_row + j[:, None, None] * plane.along_column
    return np.asarray(((mm >= np.array(box.min_mm) - beyond) & (mm <= np.array(box.max_mm) + beyond)).all(axis=-1))
