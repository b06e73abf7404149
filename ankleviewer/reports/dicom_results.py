"""What a PACS takes: the answer as a structured report, the boxes as segmentations, and a picture that any viewer shows.

They belong into the patient's own study, and carry the patient's name and number as the scan does. Each is a series of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import highdicom as hd
import numpy as np
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from PIL import Image

from ankleviewer import DISCLAIMER, __version__
from ankleviewer.core.assessment.result import Box, ModelAnswer, ModelFacts, Result
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.reading.review import Review
from ankleviewer.io import own_results
from ankleviewer.reports import dicom_answer, dicom_boxes
from ankleviewer.reports import dicom_codes as codes
from ankleviewer.reports.content import place

MAKER = {  # a segmentation must tell, and no computer of a hospital need be known by it
    "manufacturer": own_results.MAKER,
    "manufacturer_model_name": "AnkleViewer",
    "software_versions": __version__,
    "device_serial_number": "none",
}
FIRST_SERIES = 9601  # far from those that scanners give
_REFERRED = ("StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID", "FrameOfReferenceUID")
# type 2 (PS3.3 C.7.1.1, C.7.2.1): must be there, may be empty; a scan that was de-identified may lack them
_EXPECTED = (
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "StudyID",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
)


def results(
    images: Sequence[Any],
    result: Result,
    facts: Mapping[str, ModelFacts],
    review: Review,
    picture: Image.Image,
    side: str = "",
) -> dict[str, bytes]:
    """DICOM files by name: "answer" (SR; none where there is nothing to tell), "boxes" (SEG; numbered from the second on),
    "picture" (SC).

    Args:
        images: headers of the scan's images with all tags (`io.originals`).
        result, facts, review: of the analysis, and what the reader says of it.
        picture: RGB, with the research-use line on it; side: of the ankle on it, "L", "R" or another word where not known.

    Raises:
        AnkleViewerError: RESULTS_UNFIT, the images lack what every DICOM object must refer to.
    """
    if lacks := [keyword for keyword in _REFERRED if any(not image.get(keyword) for image in images)]:
        raise AnkleViewerError("RESULTS_UNFIT", f"The scan's images lack what results must refer to: {', '.join(lacks)}.")
    try:
        made = _made([_completed(image) for image in images], result, facts, review)
        made["picture"] = _capture(images[0], picture, FIRST_SERIES + len(made), side)
    except (AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
        # The text of a foreign exception may quote tag values, so only its kind is passed on.
        why = type(error).__name__
        raise AnkleViewerError("RESULTS_UNFIT", f"No results can refer to the scan's images as they are ({why}).") from None
    return {name: _bytes(dataset) for name, dataset in made.items()}


def _made(
    images: Sequence[Any],
    result: Result,
    facts: Mapping[str, ModelFacts],
    review: Review,
) -> dict[str, Any]:
    """Report and segmentations."""
    numbers = iter(range(FIRST_SERIES, FIRST_SERIES + 100))
    segmentations: list[Any] = []
    groups: list[Any] = []
    for answer in result.models:
        side = _side(result, answer)
        about = _about(result, answer)
        decision = facts[answer.name].decision if answer.name in facts else None
        points = None if decision is None else (decision.sens_threshold, decision.spec_threshold)
        groups.append(dicom_answer.answer_group(answer, side, about, points))
        places = _places(answer, review, about)
        drawn = [segment for _, _, segment in places]
        held = dicom_boxes.segmentation(images, drawn, _identity(next(numbers), "Boxes") | MAKER) if places else None
        if held is None:
            continue
        segmentations.append(held)
        for n, (number, box, segment) in enumerate(places, start=1):
            if box is None:
                groups.append(dicom_answer.readers_box_group(number, side, (held, n), segment.tracking_uid))
            else:
                mark = review.marks.get(place(answer, number - 1))
                groups.append(dicom_answer.place_group(answer, number, box, side, about, mark, (held, n), segment.tracking_uid))
    space = str(images[0].get("FrameOfReferenceUID", ""))
    if space:
        groups += [dicom_answer.missed_group(missed, space) for missed in review.missed]
        groups += [dicom_answer.measure_group(measure, space) for measure in review.measures]
    made: dict[str, Any] = {}
    if groups:  # TID 1500 has no report of nothing
        made["answer"] = dicom_answer.report([*images, *segmentations], groups, _identity(next(numbers), "Answer"))
    made |= {"boxes" if n == 0 else f"boxes-{n + 1}": one for n, one in enumerate(segmentations)}
    return made


def _places(answer: ModelAnswer, review: Review, about: Mapping[str, str]) -> list[tuple[int, Box | None, dicom_boxes.Segment]]:
    """Each box with the number of its finding; a reader's own in its place, which is no `Box`, follows it."""
    found: list[tuple[int, Box | None, dicom_boxes.Segment]] = []
    for n, box in enumerate(answer.boxes):
        algorithm = (answer.name, answer.version, dict(about))
        label = f"{answer.name} {n + 1}"
        found.append((n + 1, box, dicom_boxes.Segment(label, box.min_mm, box.max_mm, hd.UID(), algorithm)))
        edited = review.edited.get(place(answer, n))
        if edited is not None:
            drawn = dicom_boxes.Segment(f"reader, {label}", edited.min_mm, edited.max_mm, hd.UID(), None)
            found.append((n + 1, None, drawn))
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


def _side(result: Result, answer: ModelAnswer) -> str:
    n = answer.ankle
    return result.ankles[n].side if n is not None and n < len(result.ankles) else ""


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
        **_identity(number, "Picture"),
    )
    made.BurnedInAnnotation = "NO"  # no identity in the pixels: the line on it is this program's
    made.Laterality = side if side in ("L", "R") else ""  # type 2C (PS3.3 C.7.3.1): which of the two, where it is known
    made.PatientOrientation = None  # three planes on one picture
    return made


def _completed(image: Any) -> Any:
    """The headers with the tags that each object of the study must have, empty where the scan has none."""
    for keyword in _EXPECTED:
        if keyword not in image:
            setattr(image, keyword, "")
    return image


def _bytes(dataset: Any) -> bytes:
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()
