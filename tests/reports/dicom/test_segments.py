"""Boxes on the scan's own images: the voxels whose centres they hold, however the slices lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pytest
from highdicom.seg import Segmentation

from ankleviewer.core.errors import Cancelled
from ankleviewer.io.originals import originals
from ankleviewer.io.reader import open_scan
from ankleviewer.reports.dicom.results import MAKER, _identity
from ankleviewer.reports.dicom.segments import Segment, segmentation
from ankleviewer.reports.dicom.tidy import tidied
from tests.io.conftest import enhanced_file, limb_hu, slice_dataset

SHAPE = (24, 20, 16)  # columns, rows, slices
TILT = (1.0, 0.0, 0.0, 0.0, np.cos(0.3), np.sin(0.3))


def images(step: float = 2.0, orientation: tuple[float, ...] = (1, 0, 0, 0, 1, 0)) -> list[Any]:
    normal = np.cross(orientation[:3], orientation[3:])
    made = []
    for k in range(SHAPE[2]):
        place = np.array([-10.0, -20.0, 5.0]) + step * k * normal
        tags = {"StudyInstanceUID": "1.2.3", "FrameOfReferenceUID": "1.2.4", "SliceThickness": step, "PatientAge": "040Y"}
        hu = np.zeros(SHAPE[:2], dtype=np.int16)
        image = slice_dataset(hu, k, position=place, orientation=orientation, spacing=(0.8, 0.6), **tags)
        made.append(image)
    return tidied(made)


def written(boxes: list[tuple[Any, Any]], **how: Any) -> tuple[Segmentation | None, list[Any]]:
    given = images(**how)
    by = ("m", "1", {"a": "b"})
    segments = [Segment(f"place {n}", low, high, hd.UID(), by if n else None) for n, (low, high) in enumerate(boxes)]
    return segmentation(given, segments, _identity(1, "boxes") | MAKER)[0], given


def points_of(segmented: Segmentation, number: int, given: list[Any]) -> np.ndarray:
    """Centres of the segment's voxels, LPS mm, by the file's own words."""
    found = []
    by_uid = {str(image.SOPInstanceUID): image for image in given}
    uids = [str(image.SOPInstanceUID) for image in given]
    held = segmented.get_pixels_by_source_instance(uids, segment_numbers=[number], assert_missing_frames_are_empty=True)
    for uid, frame in zip(uids, held[..., 0], strict=True):
        image = by_uid[uid]
        turn = np.array(image.ImageOrientationPatient, dtype=float).reshape(2, 3)
        for row, column in np.argwhere(frame):
            found.append(np.array(image.ImagePositionPatient, dtype=float) + column * 0.6 * turn[0] + row * 0.8 * turn[1])
    return np.array(found).reshape(-1, 3)


@pytest.mark.parametrize("orientation", [(1, 0, 0, 0, 1, 0), (0, 1, 0, 0, 0, -1), TILT])
def test_a_segment_holds_the_voxels_whose_centres_lie_in_its_box(orientation: tuple[float, ...]) -> None:
    every = []
    for image in images(orientation=orientation):
        turn = np.array(image.ImageOrientationPatient, dtype=float).reshape(2, 3)
        origin = np.array(image.ImagePositionPatient, dtype=float)
        every += [origin + i * 0.6 * turn[0] + j * 0.8 * turn[1] for j in range(SHAPE[1]) for i in range(SHAPE[0])]
    every = np.array(every)
    middle = every.mean(axis=0)
    boxes = [
        (tuple(middle - half), tuple(middle + half)) for half in (np.array([3.03, 4.04, 5.05]), np.array([2.02, 2.03, 2.57]))
    ]
    made, given = written(boxes, orientation=orientation)
    assert made is not None
    for n, (low, high) in enumerate(boxes, start=1):
        inside = every[((every >= low) & (every <= high)).all(axis=1)]
        got = points_of(made, n, given)
        assert len(got) == len(inside) > 20
        np.testing.assert_allclose(np.sort(got, axis=0), np.sort(inside, axis=0), atol=1e-3)
        np.testing.assert_allclose(got.mean(axis=0), middle, atol=1.0)


def test_a_box_between_two_slices_is_not_lost_and_one_outside_is_no_segmentation() -> None:
    made, given = written([((-6.0, -14.0, 11.5), (-2.0, -8.0, 12.9))], step=5.0)
    assert made is not None
    np.testing.assert_allclose(points_of(made, 1, given), [[-4.0, -11.2, 10.0]])  # the voxel nearest to its middle
    assert "SpacingBetweenSlices" not in made.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    far = Segment("far", (500.0, 500.0, 500.0), (510.0, 510.0, 510.0), hd.UID(), None)
    near = Segment("near", (-6.0, -14.0, 9.0), (-2.0, -8.0, 20.0), hd.UID(), None)
    assert segmentation(images(), [far], _identity(1, "boxes") | MAKER) == (None, [None])
    both, numbers = segmentation(images(), [far, near], _identity(1, "boxes") | MAKER)
    assert both is not None and numbers == [None, 1] and [s.SegmentLabel for s in both.SegmentSequence] == ["near"]


def test_it_can_be_stopped() -> None:
    box = Segment("place 1", (-6.0, -14.0, 9.0), (-2.0, -8.0, 20.0), hd.UID(), None)
    with pytest.raises(Cancelled):
        segmentation(images(), [box], {}, cancelled=lambda: True)


def test_each_segment_says_whose_it_is_and_the_file_whom_it_is_of() -> None:
    made, given = written([((-6.0, -14.0, 9.0), (-2.0, -8.0, 20.0)), ((-5.0, -13.0, 9.0), (-3.0, -9.0, 20.0))])
    assert made is not None
    mine, models = made.SegmentSequence
    assert mine.SegmentAlgorithmType == "MANUAL" and models.SegmentAlgorithmType == "AUTOMATIC"
    assert models.SegmentationAlgorithmIdentificationSequence[0].AlgorithmVersion == "1"
    assert str(made.PatientName) == str(given[0].PatientName) and made.StudyInstanceUID == "1.2.3"
    assert "not for diagnosis" in made.ContentDescription and "not for diagnosis" in made.SeriesDescription
    assert made.SeriesInstanceUID != given[0].SeriesInstanceUID


def test_of_a_file_of_many_images_each_holds_its_part(tmp_path: Path) -> None:
    path = enhanced_file(limb_hu(SHAPE), tmp_path / "e.dcm", 16, StudyInstanceUID="1.2.3", FrameOfReferenceUID="1.2.4")
    (image,) = originals(path, open_scan(path).images)
    box = Segment("place 1", (2.0, 3.0, 9.0), (6.1, 7.0, 15.0), hd.UID(), None)
    made, numbers = segmentation(tidied([image]), [box], _identity(1, "boxes") | MAKER)
    assert numbers == [1]
    assert made is not None and made.NumberOfFrames == 3  # at 10, 12 and 14 mm
    heights = [float(g.PlanePositionSequence[0].ImagePositionPatient[2]) for g in made.PerFrameFunctionalGroupsSequence]
    assert sorted(heights) == [10.0, 12.0, 14.0]
    assert made.pixel_array.sum() == 3 * 9 * 7  # columns at 2.0 to 6.0, rows at 3.0 to 6.6
