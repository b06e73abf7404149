"""Files for a PACS: of the scan's patient and study, referring to its images, sound by a validator where there is one."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread

from ankleviewer.core.assessment.result import AnkleInfo
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.findings import Finding
from ankleviewer.core.reading.conclusion import Conclusion
from ankleviewer.core.reading.history import History
from ankleviewer.reports.dicom.results import FIRST_SERIES, results
from tests.io.conftest import slice_dataset
from tests.reports.conftest import answer, report

PICTURE = Image.new("RGB", (40, 20), (10, 200, 30))


def images(**more: Any) -> list[Any]:
    tags = {"StudyInstanceUID": "1.2.3", "FrameOfReferenceUID": "1.2.4", "SliceThickness": 1.0, "AccessionNumber": "A7"} | more
    hu = np.zeros((120, 120), dtype=np.int16)
    return [slice_dataset(hu, k, position=(0.0, 0.0, float(k)), **tags) for k in range(60)]


def made(given: list[Any] | None = None, *answers: Any) -> dict[str, Any]:
    told = report(*answers)
    files = results(given or images(), told.result, told.facts, told.review, PICTURE, "R")
    return {name: dcmread(BytesIO(data)) for name, data in files.items()}


def test_report_boxes_and_picture_belong_to_the_patients_study() -> None:
    files = made()
    assert list(files) == ["answer", "boxes", "picture"]
    for data in files.values():
        assert (str(data.PatientName), data.PatientID, data.StudyInstanceUID, data.AccessionNumber) == (
            "Secret^Name",
            "SECRET-ID",
            "1.2.3",
            "A7",
        )
        assert "not for diagnosis" in data.SeriesDescription and data.Manufacturer == "AnkleViewer"
    assert len({data.SeriesInstanceUID for data in files.values()} | {"1.2.3.4"}) == 4
    assert (
        len({data.SeriesNumber for data in files.values()}) == 3 and min(d.SeriesNumber for d in files.values()) == FIRST_SERIES
    )
    assert files["picture"].Laterality == "R"
    assert (files["picture"].pixel_array == np.asarray(PICTURE)).all()


def test_the_report_names_the_segments_and_what_the_reader_said_of_them() -> None:
    files = made()
    labels = [(s.SegmentLabel, s.SegmentAlgorithmType) for s in files["boxes"].SegmentSequence]
    assert labels == [("right compact 1, rejected", "AUTOMATIC"), ("reader, right compact 1", "MANUAL")]
    text = str(files["answer"])
    assert text.count(files["boxes"].SOPInstanceUID) >= 2
    assert all(str(s.TrackingUID) in text for s in files["boxes"].SegmentSequence)
    for words in ("Rejected by a reader", "Medial clear space", "Place that a reader marked and no model shows", "0.93"):
        assert words in text
    assert "Growth plate" not in text, "the reader's own words may name somebody"


def test_each_answer_has_boxes_of_its_own_and_one_without_has_none() -> None:
    other = answer("fracture", 0.9, name="resnet101")
    assert list(made(None, answer(), other)) == ["answer", "boxes", "boxes-2", "picture"]
    assert list(made(None, answer("no fracture", 0.02))) == ["answer", "picture"]
    none = answer("not assessed", None)
    assert "Not assessed" in str(made(None, none)["answer"])


def test_images_of_one_number_are_refused() -> None:
    given = images()
    given[7].SOPInstanceUID = given[8].SOPInstanceUID
    with pytest.raises(AnkleViewerError, match="RESULTS_UNFIT: Several images of the scan carry the same number"):
        made(given)


def test_a_place_beside_the_images_is_told_by_its_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    given = images()[:8]  # the box lies above
    files = made(given)
    assert list(files) == ["answer", "picture"]
    text = str(files["answer"])
    assert "Rejected by a reader" in text and text.count("SCOORD3D") >= 3
    numbers = [data.SeriesNumber for data in files.values()]
    assert len(set(numbers)) == 2


def test_libraries_complain_to_nobody(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    """What they say of a name quotes it."""
    made(images(PatientName="Mustermann Erika"))
    out, err = capfd.readouterr()
    assert "Mustermann" not in out + err + caplog.text


@pytest.mark.parametrize("tag", ["StudyInstanceUID", "FrameOfReferenceUID"])
def test_images_that_lack_what_must_be_referred_to_are_refused(tag: str) -> None:
    given = images(**{tag: ""})
    with pytest.raises(AnkleViewerError, match=rf"RESULTS_UNFIT: The scan's images lack .*: {tag}\."):
        made(given)


def test_a_library_s_own_words_do_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise ValueError("Secret^Name")

    monkeypatch.setattr("ankleviewer.reports.dicom.document.report", fails)
    with pytest.raises(AnkleViewerError, match=r"RESULTS_UNFIT: .*\(ValueError\)") as caught:
        made()
    assert "Secret" not in str(caught.value)


def test_a_deidentified_scan_has_results_without_a_name() -> None:
    given = images()
    for image in given:
        del image.PatientName, image.PatientID
    assert all(not str(data.PatientName) and not data.PatientID for data in made(given).values())


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (Debian package dicom3tools) is not installed")
def test_a_validator_finds_no_error(tmp_path: Path) -> None:
    told = report()
    history = History()
    history.conclude(Conclusion("fracture", (30.0, 30.0, 20.0), False, "of Secret^Name"))
    told = replace(told, review=replace(told.review, conclusions=history.review.conclusions))
    given = images(StudyDate="20260101", StudyTime="120000", PatientBirthDate="19800101", PatientSex="F")
    files = results(given, told.result, told.facts, replace(told.review), PICTURE, "R")
    for name, data in files.items():
        (tmp_path / f"{name}.dcm").write_bytes(data)
        done = subprocess.run(["dciodvfy", str(tmp_path / f"{name}.dcm")], capture_output=True, text=True, check=False)
        assert name != "answer" or ("Fracture, by a reader" in (text := str(dcmread(BytesIO(data)))) and "of Secret" not in text)
        errors = [line for line in done.stderr.splitlines() if line.startswith("Error")]
        assert errors == [], name


def test_two_ankles_of_one_side_or_of_none_are_told_apart() -> None:
    told = report(answer(), answer("no fracture", 0.03, ankle=1))
    for side in ("unknown", "L"):
        pair = tuple(AnkleInfo(side, (x, 5.0, 5.0), (x + 50.0, 55.0, 55.0)) for x in (5.0, 105.0))
        result = replace(told.result, ankles=pair)
        files = {k: dcmread(BytesIO(v)) for k, v in results(images(), result, told.facts, told.review, PICTURE, "").items()}
        told_of = {str(e.value) for e in files["answer"].iterall() if e.keyword == "TextValue"}
        assert all(
            any(t.startswith("compact, ") and t.endswith(f"patient's {end}") for t in told_of) for end in ("right", "left")
        )
        assert files["boxes"].SegmentSequence[0].SegmentLabel == "ankle 1 compact 1, rejected"
        assert "boxes ankle 1" in files["boxes"].SeriesDescription


def test_the_report_warns_as_the_window_does_and_a_note_is_no_warning() -> None:
    told = report(findings=(Finding("info", "AGE_UNKNOWN", "No age."), Finding("caveat", "METAL", "Metal, with streaks.")))
    text = str(dcmread(BytesIO(results(images(), told.result, told.facts, told.review, PICTURE, "R")["answer"])))
    assert "METAL: Metal, with streaks." in text and "AGE_UNKNOWN" not in text


def test_an_answer_of_a_joint_that_is_not_found_today_is_of_no_side() -> None:
    told = report()
    history = History()
    history.conclude(Conclusion("fracture", (300.0, 30.0, 20.0)))
    review = replace(told.review, conclusions=history.review.conclusions)
    data = dcmread(BytesIO(results(images(), told.result, told.facts, review, PICTURE, "R")["answer"]))
    assert "reader, ankle" in str(data) and "reader, right ankle" not in str(data).replace("reader, right ankle, ", "")
