"""zip_list: a list of files that is longer than expected is not parsed, whatever the record at the end claims of it."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from ankleviewer.io.zip_list import ENTRY_BYTES, ListTooLong, TooManyFiles, opened_zip


def lying(path: Path, entries: int, claimed: int, name: str = "a") -> Path:
    """A ZIP of one file whose list names it so many times, and whose last record claims another number."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "x")
    raw = path.read_bytes()
    first, end = raw.index(b"PK\x01\x02"), raw.rindex(b"PK\x05\x06")
    listed = raw[first:end] * entries
    record = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, claimed, claimed, len(listed), first, 0)
    path.write_bytes(raw[:first] + listed + record)
    return path


def test_what_is_within_bounds_is_read(tmp_path: Path) -> None:
    with opened_zip(lying(tmp_path / "a.zip", 1, 1), 1) as archive:
        assert archive.read("a") == b"x" and archive.namelist() == ["a"]


def test_the_files_themselves_may_be_of_any_length_and_hold_anything(tmp_path: Path) -> None:
    data = b"PK\x01\x02" * ENTRY_BYTES
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a", data)
    with opened_zip(tmp_path / "a.zip", 1) as archive:
        assert archive.read("a") == data


def test_a_zip_within_is_no_list_though_it_is_read_in_search_of_a_comment(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for n in range(5):
            archive.writestr(f"{n}", "x")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "in.zip", "in.zip")
        archive.comment = b"of a ZIP"
    with opened_zip(tmp_path / "a.zip", 2) as archive:
        assert archive.namelist() == ["in.zip"]


@pytest.mark.parametrize(("entries", "claimed"), [(3, 3), (3, 1), (3, 0), (1, 3)])
def test_more_files_than_expected_are_not_parsed(tmp_path: Path, entries: int, claimed: int, monkeypatch) -> None:
    path = lying(tmp_path / "a.zip", entries, claimed)
    monkeypatch.setattr(zipfile.ZipInfo, "_decodeExtra", lambda *_: pytest.fail("an entry was parsed"))
    with pytest.raises(TooManyFiles) as met, opened_zip(path, 2):
        pass
    assert met.value.count == 3


def test_a_list_of_one_endless_entry_is_not_read(tmp_path: Path) -> None:
    path = lying(tmp_path / "a.zip", 1, 1, "n" * 5_000)
    with pytest.raises(ListTooLong) as met, opened_zip(path, 1):
        pass
    assert met.value.size > met.value.most == ENTRY_BYTES


def test_no_zip_is_told_by_the_library(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(zipfile.BadZipFile), opened_zip(tmp_path / "a.zip", 1):
        pass
