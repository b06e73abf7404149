"""Headers of a scan's images made fit to be referred to: what scanners and archives write otherwise than the standard has it.

The copies are changed, never the files; nothing is invented: what cannot be read is left empty where the standard lets it be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ankleviewer.reports.dicom.segments import step_mm

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
_SEXES = ("M", "F", "O")
_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?")
_SHARED = ("PixelMeasuresSequence", "PlaneOrientationSequence")  # of a file of many frames, often told frame by frame


def tidied(images: Sequence[Any]) -> list[Any]:
    """The headers, changed in place: texts as UTF-8, dates, times and sex that are none left empty, the thickness of slices told,
    and what all frames of a file share told once.
    """
    step = round(step_mm(images), 6)
    for image in images:
        image.decode()
        image.SpecificCharacterSet = "ISO_IR 192"
        for keyword in _EXPECTED:
            if keyword not in image:
                setattr(image, keyword, "")
        for keyword in ("PatientBirthDate", "StudyDate"):
            setattr(image, keyword, _date(str(image.get(keyword) or "")))
        image.StudyTime = _time(str(image.get("StudyTime") or ""))
        if image.get("PatientSex") not in _SEXES:
            image.PatientSex = ""
        if "PerFrameFunctionalGroupsSequence" in image:
            _share(image, step)
        elif not image.get("SliceThickness"):  # (0018,0050), which a segmentation must tell: as far as they lie apart
            image.SliceThickness = step
    return list(images)


def _date(text: str) -> str:
    digits = re.sub(r"[-./]", "", text.strip())
    try:
        datetime.strptime(digits, "%Y%m%d")  # noqa: DTZ007 - a day, without a time
    except ValueError:
        return ""
    return digits if len(digits) == 8 else ""


def _time(text: str) -> str:
    digits = text.strip().replace(":", "")
    return digits if _TIME.fullmatch(digits) else ""


def _share(image: Any, step: float) -> None:
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence as Items

    if not image.get("SharedFunctionalGroupsSequence"):
        image.SharedFunctionalGroupsSequence = Items([Dataset()])
    shared, first = image.SharedFunctionalGroupsSequence[0], image.PerFrameFunctionalGroupsSequence[0]
    for keyword in _SHARED:
        if keyword not in shared and keyword in first:
            setattr(shared, keyword, first[keyword].value)
    if shared.get("PixelMeasuresSequence") and not shared.PixelMeasuresSequence[0].get("SliceThickness"):
        shared.PixelMeasuresSequence[0].SliceThickness = step
