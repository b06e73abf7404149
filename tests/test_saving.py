"""saving: what leaves the program is whole, and names nobody but where it belongs into the patient's study."""

from __future__ import annotations

import json
import runpy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import nibabel
import numpy as np
import pytest
from pydicom import dcmread

from ankleviewer import saving, session
from ankleviewer.core.errors import AnkleViewerError, Cancelled, ScanError
from ankleviewer.core.reading.history import History
from ankleviewer.core.reading.measure import Value
from ankleviewer.core.reading.places import Place
from ankleviewer.core.reading.review import Review
from ankleviewer.io import nifti, reviews
from ankleviewer.io.nifti import write_nifti
from ankleviewer.reports import build, picture
from tests.io.conftest import slice_dataset

TINY = runpy.run_path(str(Path(__file__).parent / "inference" / "conftest.py"))
phantom, phantom_ankle, write_pack = TINY["phantom"], TINY["phantom_ankle"], TINY["write_pack"]


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch) -> Path:
    return TINY["two_tiny_packs"](tmp_path, monkeypatch)


@pytest.fixture
def scan(tmp_path) -> Path:
    path = tmp_path / "scan.nii.gz"
    write_nifti(phantom(), None, path)
    return path


def test_heat_maps_lie_on_the_scan(scan, tmp_path) -> None:
    case = session.open_case(scan)
    files = saving.save_heatmaps(case, session.analyse(case, ["all"]), tmp_path / "heat.nii.gz")
    assert {name: file.name for name, file in files.items()} == {
        "tiny-lse": "heat-tiny-lse.nii.gz",
        "tiny-gap": "heat-tiny-gap.nii.gz",
    }
    image = nibabel.load(files["tiny-lse"])
    np.testing.assert_allclose(image.affine, nibabel.load(scan).affine, atol=1e-4)
    peak = np.unravel_index(np.asarray(image.dataobj).argmax(), image.shape)
    assert np.abs(case.scan.volume.grid.to_mm(peak) - TINY["CRACK_MM"]).max() < 16
    single = saving.save_heatmaps(case, session.analyse(case), tmp_path / "one.nii")
    assert [f.name for f in single.values()] == ["one.nii"]
    assert all(nifti.is_heat_map(file) for file in (*files.values(), *single.values()))
    with pytest.raises(ScanError) as caught:
        session.open_case(tmp_path / "one.nii")
    assert caught.value.code == "OWN_HEAT_MAP"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("h.nii.gz", "h-gap.nii.gz"), ("H.NII.GZ", "H-gap.NII.GZ"), ("h.Nii", "h-gap.Nii"), ("a.b.nii.gz", "a.b-gap.nii.gz")],
)
def test_a_model_s_name_stands_before_the_ending(name, wanted) -> None:
    assert saving.named(Path(name), "gap") == Path(wanted)


def test_picture_is_written(scan, tmp_path, monkeypatch) -> None:
    case = session.open_case(scan)
    saving.save_picture(case, session.analyse(case), tmp_path / "a.png")
    monkeypatch.setattr(session, "ankles_in", lambda *_: ())
    bare = session.open_case(scan)
    saving.save_picture(bare, session.analyse(bare), tmp_path / "b.png")
    one, two = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png"))
    assert one.startswith(b"\x89PNG") and two.startswith(b"\x89PNG") and one != two


def test_the_strongest_ankle_is_pictured_and_both_stand_in_the_report(scan, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(session, "ankles_in", lambda *_: (phantom_ankle("R"), phantom_ankle("L")))
    case = session.open_case(scan)
    analysis = session.analyse(case, ["tiny-gap", "tiny-lse"])
    weaker = {("tiny-gap", 0): 0.999, ("tiny-gap", 1): 0.999, ("tiny-lse", 0): 0.9, ("tiny-lse", 1): 0.98}
    models = tuple(replace(a, probability=weaker[a.name, a.ankle]) for a in analysis.result.models)
    assert all(a.boxes for a in models)
    analysis = replace(analysis, result=replace(analysis.result, models=models))
    shown: list[list[tuple[str, int]]] = []
    seen: list[tuple[str, str]] = []
    monkeypatch.setattr(build, "build", lambda *a: shown.append([(x.name, x.ankle) for x, _, _ in a[4]]) or b"")
    monkeypatch.setattr(picture, "picture", lambda _scene, answer, _at, side, *_: seen.append((answer.name, side)))
    monkeypatch.setattr(picture, "png", lambda _: b"")
    saving.save_report(case, analysis, tmp_path / "a.pdf")
    saving.save_report(case, analysis, tmp_path / "a.pdf", shown=models[0])
    saving.save_picture(case, analysis, tmp_path / "a.png")
    assert shown == [[("tiny-lse", 1), ("tiny-lse", 0)], [("tiny-gap", 0), ("tiny-gap", 1)]]
    assert seen == [("tiny-lse", "Left ankle")]


def test_report_is_written_whole_and_the_same_but_for_its_date(scan, tmp_path, monkeypatch) -> None:
    case = session.open_case(scan)
    analysis = session.analyse(case)
    when = datetime(2026, 1, 2, tzinfo=UTC)
    for name in ("a.pdf", "b.pdf"):
        saving.save_report(case, analysis, tmp_path / name, written=when)
    saving.save_report(case, None, tmp_path / "c.pdf")
    one, two, bare = ((tmp_path / name).read_bytes() for name in ("a.pdf", "b.pdf", "c.pdf"))
    assert one == two and one.startswith(b"%PDF") and bare.startswith(b"%PDF") and bare != one
    assert not list(tmp_path.glob(".*.part"))
    monkeypatch.setattr(session, "list_packs", lambda *_: ())
    saving.save_report(case, analysis, tmp_path / "d.pdf", written=when)  # the pack is gone, what it said of itself is kept
    assert (tmp_path / "d.pdf").read_bytes() == one
    with pytest.raises(OSError):
        saving.save_report(case, analysis, tmp_path / "no" / "folder.pdf")


def test_result_and_review_in_one_file_name_nobody(tmp_path: Path, scan: Path) -> None:
    patient = tmp_path / "DOE_JANE_1950"
    patient.mkdir()
    (patient / "scan.nii.gz").write_bytes(scan.read_bytes())
    case = session.open_case(patient / "scan.nii.gz")
    history = History()
    history.judge(Place("compact", "ab", 0, 1), "rejected", "Artefact")
    history.add_missed((1.0, 2.0, 3.0))
    history.add_measure("distance", ((0.0, 0.0, 0.0), (3.0, 4.0, 0.0)), None, (Value("length", 5.0, "mm"),))
    saving.save_review(case, None, history.review, tmp_path / "out.json")
    text = (tmp_path / "out.json").read_text()
    record = json.loads(text)
    assert "DOE" not in text and record["schema"] == "ankleviewer.review/1"
    assert record["result"]["scan"]["sha256"] == case.scan.sha256 and "not for diagnosis" in record["result"]["disclaimer"]
    assert record["not_shown"] == ["1 judgement of compact is not shown: it was not run on this scan."]
    assert record["review"] == {
        "findings": [
            {"model": "compact", "sha256": "ab", "ankle": 0, "finding": 2, "judgement": "rejected", "reason": "Artefact"}
        ],
        "missed": [{"number": 1, "ankle": 0, "center_mm": [1.0, 2.0, 3.0], "reason": ""}],
        "edited_boxes": [],
        "conclusions": [],
        "measures": [
            {
                "number": 1,
                "ankle": 0,
                "kind": "distance",
                "points_mm": [[0.0, 0.0, 0.0], [3.0, 4.0, 0.0]],
                "normal": None,
                "values": [{"name": "length", "value": 5.0, "unit": "mm"}],
            }
        ],
    }


@pytest.fixture
def series(tmp_path) -> Path:
    """The phantom as a DICOM series that tells its patient."""
    volume = phantom()
    folder = tmp_path / "series"
    folder.mkdir()
    spacing = volume.grid.spacing
    for k in range(volume.hu.shape[2]):
        data = slice_dataset(
            volume.hu[:, :, k],
            k,
            position=volume.grid.to_mm((0, 0, k)),
            spacing=(spacing[1], spacing[0]),
            StudyInstanceUID="1.2.3",
            FrameOfReferenceUID="1.2.4",
        )
        data.save_as(folder / f"{k:04d}.dcm", enforce_file_format=True)
    return folder


def test_results_for_a_pacs_are_of_the_open_study(series, tmp_path) -> None:
    case = session.open_case(series)
    analysis = session.analyse(case, ["all"])
    assert [a.call for a in analysis.result.models] == ["fracture", "fracture"]
    files = saving.save_dicom(case, analysis, tmp_path / "out")
    assert [file.name for file in files] == ["answer.dcm", "boxes.dcm", "boxes-2.dcm", "picture.dcm"]
    made = [dcmread(file) for file in files]
    assert {(str(d.PatientName), d.StudyInstanceUID) for d in made} == {("Secret^Name", "1.2.3")}
    again = saving.save_dicom(case, session.analyse(case), tmp_path / "out")
    assert sorted((tmp_path / "out").iterdir()) == sorted(again) and len(again) == 3, "boxes of before would be taken for today's"
    bare = saving.save_dicom(case, None, tmp_path / "bare", Review())
    assert [file.name for file in bare] == ["picture.dcm"], "a report of nothing is none"


def test_results_go_nowhere_where_they_do_not_belong(series, scan, tmp_path) -> None:
    with pytest.raises(AnkleViewerError, match="NO_DICOM_STUDY"):
        saving.save_dicom(session.open_case(scan), None, tmp_path / "out")
    case = session.open_case(series)
    with pytest.raises(AnkleViewerError, match="FILE_NOT_WRITTEN: The folder holds other files"):
        saving.save_dicom(case, None, series)
    with pytest.raises(Cancelled):
        saving.save_dicom(case, None, tmp_path / "out", cancelled=lambda: True)
    (series / "0004.dcm").unlink()
    with pytest.raises(AnkleViewerError, match="ORIGINALS_GONE"):
        saving.save_dicom(case, None, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_was_said_in_the_window_stands_in_the_command_line_s_report(scan, monkeypatch) -> None:
    case = session.open_case(scan)
    analysis = session.analyse(case, ["all"])
    assert saving.review_of(case, analysis) == (Review(), 0)
    answer = analysis.result.models[0]
    history = History()
    place = Place(answer.name, answer.sha256, answer.ankle, 0)
    for record in (history.judge(place, "rejected", "Artefact"), history.add_missed((1.0, 2.0, 3.0)), {"what": "of a newer one"}):
        reviews.add(case.scan.sha256, record)
    review, lost = saving.review_of(case, analysis)
    assert lost == 1 and [m.center_mm for m in review.missed] == [(1.0, 2.0, 3.0)]
    (mark,) = review.marks.values()
    assert (mark.judgement, mark.reason) == ("rejected", "Artefact")
