"""What a PACS takes: the answer as a structured report, the boxes as segmentations, and a picture that any viewer shows.

They belong into the patient's own study, and carry the patient's name and number as the scan does. Each is a series of its own.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import highdicom as hd
import numpy as np
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from PIL import Image

from ankleviewer import DISCLAIMER, __version__
from ankleviewer.core.assessment.ankle_names import ankle_name, place_of
from ankleviewer.core.assessment.result import Box, ModelAnswer, ModelFacts, Result
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import Point
from ankleviewer.core.reading.conclusion import ankle_of
from ankleviewer.core.reading.review import Mark, Review
from ankleviewer.core.reading.whose import ankle_of_all
from ankleviewer.core.watching import never
from ankleviewer.io import own_results
from ankleviewer.reports.content import place
from ankleviewer.reports.dicom import codes, document, segments
from ankleviewer.reports.dicom.document import Where, Whose
from ankleviewer.reports.dicom.segments import Segment
from ankleviewer.reports.dicom.tidy import tidied
from ankleviewer.reports.places import is_missed

log = logging.getLogger(__name__)

MAKER = {  # a segmentation must tell, and no computer of a hospital need be known by it
    "manufacturer": own_results.MAKER,
    "manufacturer_model_name": "AnkleViewer",
    "software_versions": __version__,
    "device_serial_number": "none",
}
FIRST_SERIES = 9601  # far from those that scanners give
_REFERRED = ("StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID", "SOPInstanceUID", "FrameOfReferenceUID")


def results(
    images: Sequence[Any],
    result: Result,
    facts: Mapping[str, ModelFacts],
    review: Review,
    picture: Image.Image,
    side: str = "",
    cancelled: Callable[[], bool] = never,
) -> dict[str, bytes]:
    """DICOM files by name: "answer" (SR; none where there is nothing to tell), "boxes" (SEG; numbered from the second on),
    "picture" (SC).

    Args:
        images: headers of the scan's images with all tags (`io.originals`); they are changed (`tidy`).
        result, facts, review: of the analysis, and what the reader says of it.
        picture: RGB, with the research-use line on it; side: of the ankle on it, "L", "R" or another word where not known.

    Raises:
        AnkleViewerError: RESULTS_UNFIT, the images lack what every DICOM object must refer to.
        Cancelled: on request.
    """
    if lacks := [keyword for keyword in _REFERRED if any(not image.get(keyword) for image in images)]:
        raise AnkleViewerError("RESULTS_UNFIT", f"The scan's images lack what results must refer to: {', '.join(lacks)}.")
    if len({str(image.SOPInstanceUID) for image in images}) < len(images):
        raise AnkleViewerError("RESULTS_UNFIT", "Several images of the scan carry the same number (SOP Instance UID).")
    try:
        with _quiet():
            made = _made(tidied(images), result, facts, review, cancelled)
            made["picture"] = _capture(images[0], picture, FIRST_SERIES + len(made), side)
            return {name: _bytes(dataset) for name, dataset in made.items()}
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # The text of a foreign exception may quote tag values, so only its kind is passed on.
        why = type(error).__name__
        log.info("no results for a PACS", exc_info=True)
        raise AnkleViewerError("RESULTS_UNFIT", f"No results can refer to the scan's images as they are ({why}).") from None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """A block in which libraries complain to nobody: what they say of a name quotes it."""
    loggers = [logging.getLogger(name) for name in ("highdicom", "pydicom")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@dataclass(frozen=True)
class _Place:
    """A box that is told: the number of its finding, the model's box (None of a reader's own), and the segment it may become."""

    number: int
    box: Box | None
    mark: Mark | None
    segment: Segment


def _made(
    images: Sequence[Any],
    result: Result,
    facts: Mapping[str, ModelFacts],
    review: Review,
    cancelled: Callable[[], bool],
) -> dict[str, Any]:
    """Report and segmentations."""
    space = str(images[0].FrameOfReferenceUID)
    made: dict[str, Any] = {}
    groups: list[Any] = []
    held: list[Any] = []
    for answer in result.models:
        whose, about = _whose(result, answer.ankle), _about(result, answer)
        decision = facts[answer.name].decision if answer.name in facts else None
        points = None if decision is None else (decision.sens_threshold, decision.spec_threshold)
        groups.append(document.answer_group(answer, whose, about, points, warnings_of(result)))
        short = _short(result, answer.ankle)
        places = _places(answer, short, review, about)
        identity = _identity(FIRST_SERIES + 1 + len(held), f"boxes {short}".strip()) | MAKER
        segmented: Any = None
        numbers: list[int | None] = []
        if places:
            segmented, numbers = segments.segmentation(images, [p.segment for p in places], identity, cancelled)
        held += [segmented] if segmented is not None else []
        for one, number in zip(places, numbers, strict=True):
            center = [(low + high) / 2 for low, high in zip(one.segment.min_mm, one.segment.max_mm, strict=True)]
            at = (center[0], center[1], center[2])
            where = Where(one.segment.tracking_uid, at, None if number is None else (segmented, number), space)
            if one.box is None:
                groups.append(document.readers_box_group(one.number, whose, where))
            else:
                groups.append(document.place_group(answer, one.number, one.box, whose, about, one.mark, where))
    groups += [
        document.reading_group(one.verdict, one.unaided, _whose(result, ankle_of(one, result.ankles)))
        for one in review.conclusions
        if one.verdict is not None
    ]
    for missed in review.missed:
        code = codes.MISSED if is_missed(result, review, missed) else codes.MARKED
        groups.append(document.missed_group(missed, _whose_at(result, missed.center_mm), code, space))
    for measure in review.measures:
        group = document.measure_group(measure, _whose_at(result, *measure.points), space)
        groups += [group] if group is not None else []
    if groups:  # TID 1500 has no report of nothing
        made["answer"] = document.report([*images, *held], groups, _identity(FIRST_SERIES, "answer"))
    return made | {"boxes" if n == 0 else f"boxes-{n + 1}": one for n, one in enumerate(held)}


def _places(answer: ModelAnswer, short: str, review: Review, about: Mapping[str, str]) -> list[_Place]:
    """Each box; a reader's own in its place follows it."""
    found: list[_Place] = []
    for n, box in enumerate(answer.boxes):
        mark, edited = review.marks.get(place(answer, n)), review.edited.get(place(answer, n))
        label = f"{short} {answer.name} {n + 1}".strip()
        judged = f"{label}, {mark.judgement}" if mark is not None else label
        algorithm = (answer.name, answer.version, dict(about))
        found.append(_Place(n + 1, box, mark, Segment(judged, box.min_mm, box.max_mm, hd.UID(), algorithm)))
        if edited is not None:
            drawn = Segment(f"reader, {label}", edited.min_mm, edited.max_mm, hd.UID(), None)
            found.append(_Place(n + 1, None, None, drawn))
    return found


def _about(result: Result, answer: ModelAnswer) -> dict[str, str]:
    """By what an answer can be traced: the model's file, the scan's bytes, the engine, the program."""
    told = {
        "model SHA-256": answer.sha256,
        "status": answer.status,
        "scan SHA-256": result.scan.sha256 or "",
        "engine": answer.runtime.provider or "none",
        "AnkleViewer": __version__,
    }
    return {name: value for name, value in told.items() if value}


def _whose_at(result: Result, *points: Point) -> Whose:
    """The ankle that the reader's mark or measure belongs to."""
    return _whose(result, ankle_of_all(points, result.ankles))


def _whose(result: Result, index: int | None) -> Whose:
    if index is None or index >= len(result.ankles):
        return Whose("", "ankle")
    return Whose(result.ankles[index].side, ankle_name(result.ankles, index).lower())


def _short(result: Result, index: int | None) -> str:
    """The same in a word or two, for labels: "left", or the number of one whose side another one has, too; "" for unknown."""
    if index is None or index >= len(result.ankles):
        return ""
    if place_of(result.ankles, index):
        return f"ankle {index + 1}"
    return {"L": "left", "R": "right"}.get(result.ankles[index].side, "")


def warnings_of(result: Result) -> list[Finding]:
    """What the checks of the scan warn of, the gravest first."""
    levels = ("refuse", "withhold", "caveat")
    return sorted((one for one in result.findings if one.level in levels), key=lambda one: levels.index(one.level))


def _identity(number: int, what: str) -> dict[str, Any]:
    """A series and an object of its own."""
    return {
        "series_instance_uid": hd.UID(),
        "series_number": number,
        "sop_instance_uid": hd.UID(),
        "instance_number": 1,
        "manufacturer": MAKER["manufacturer"],
        "series_description": f"AnkleViewer {what}: {DISCLAIMER}"[:64],
        "coding_schemes": [CodingSchemeIdentificationItem(codes.OWN, name="AnkleViewer")],
    }


def _capture(image: Any, picture: Image.Image, number: int, side: str) -> Any:
    """Secondary Capture (PS3.3 A.8.1), for viewers that show neither reports nor segmentations."""
    made: Any = hd.sc.SCImage.from_ref_dataset(
        ref_dataset=image,
        pixel_array=np.asarray(picture.convert("RGB")),
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        patient_orientation=("L", "F"),
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        **_identity(number, "picture"),
    )
    made.copy_patient_and_study_information(image)
    made.BurnedInAnnotation = "NO"  # no identity in the pixels: the line on it is this program's
    made.Laterality = side if side in ("L", "R") else ""  # type 2C (PS3.3 C.7.3.1): which of the two, where it is known
    made.PatientOrientation = None  # three planes on one picture
    return made


def _bytes(dataset: Any) -> bytes:
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()
