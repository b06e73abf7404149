"""Headers as scanners and archives write them are made fit to be referred to, without inventing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread

from ankleviewer.reports.dicom.tidy import tidied
from tests.io.conftest import enhanced_file, limb_hu, slice_dataset


def images(**tags: Any) -> list[Any]:
    return [slice_dataset(np.zeros((8, 8), dtype=np.int16), k, step=2.5, **tags) for k in range(4)]


def test_what_every_object_must_have_is_there_and_empty_where_the_scan_has_none() -> None:
    given = images()
    for image in given:
        del image.PatientName, image.PatientID
    first = tidied(given)[0]
    assert [str(first[k].value or "") for k in ("PatientName", "PatientID", "StudyDate", "AccessionNumber", "PatientSex")] == [
        ""
    ] * 5
    assert first.SliceThickness == 2.5 and first.SpecificCharacterSet == "ISO_IR 192"


@pytest.mark.parametrize(
    ("tag", "given", "kept"),
    [
        ("PatientSex", "W", ""),
        ("PatientSex", "m", ""),
        ("PatientSex", "F", "F"),
        ("PatientBirthDate", "1980", ""),
        ("PatientBirthDate", "00000000", ""),
        ("PatientBirthDate", "19800229", "19800229"),
        ("StudyDate", "2024-02-03", "20240203"),
        ("StudyDate", "20240230", ""),
        ("StudyTime", "12:00:00", "120000"),
        ("StudyTime", "240000", ""),
        ("StudyTime", "235959.125", "235959.125"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_values_that_are_none_are_left_empty(tag: str, given: str, kept: str) -> None:
    assert str(tidied(images(**{tag: given}))[0][tag].value or "") == kept


@pytest.mark.parametrize(
    ("charset", "raw", "name"),
    [
        (["", "ISO 2022 IR 87"], b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "Yamada^Tarou=山田^太郎"),
        ("GB18030", "Wang^XiaoDong=王^小东".encode("gb18030"), "Wang^XiaoDong=王^小东"),
        ("ISO_IR 100", "Müller^Jörg".encode("latin-1"), "Müller^Jörg"),
    ],
)
def test_names_of_any_alphabet_come_as_utf_8(tmp_path: Path, charset: Any, raw: bytes, name: str) -> None:
    image = images()[0]
    image.PatientName, image.SpecificCharacterSet = "XXXXXX", charset
    image.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    data = (tmp_path / "a.dcm").read_bytes()
    padded = raw + b" " * (len(raw) % 2)
    at = data.index(b"\x10\x00\x10\x00PN")
    data = data[: at + 6] + len(padded).to_bytes(2, "little") + padded + data[at + 8 + 6 :]
    (tmp_path / "a.dcm").write_bytes(data)
    read = dcmread(tmp_path / "a.dcm", stop_before_pixels=True)
    made = tidied([read])[0]
    made.save_as(tmp_path / "b.dcm", enforce_file_format=True)
    assert str(dcmread(tmp_path / "b.dcm").PatientName) == name
    assert name.encode() in (tmp_path / "b.dcm").read_bytes()


def test_what_the_frames_of_a_file_share_is_told_once(tmp_path: Path) -> None:
    path = enhanced_file(limb_hu((8, 8, 4)), tmp_path / "e.dcm", 4)
    image = dcmread(path, stop_before_pixels=True)
    shared = image.SharedFunctionalGroupsSequence[0]
    for frame in image.PerFrameFunctionalGroupsSequence:
        frame.PixelMeasuresSequence = shared.PixelMeasuresSequence
    del shared.PixelMeasuresSequence, image.PerFrameFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SliceThickness
    made = tidied([image])[0].SharedFunctionalGroupsSequence[0]
    assert made.PixelMeasuresSequence[0].PixelSpacing == [0.6, 0.5] and made.PixelMeasuresSequence[0].SliceThickness == 2.0
