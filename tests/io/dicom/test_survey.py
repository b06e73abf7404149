"""What lies in a folder is told by kind and number; a file that cannot be read is counted, or refused where it is asked for."""

from __future__ import annotations

import pytest

from ankleviewer.io.dicom.survey import likeness, survey


def look(files, only=None):
    return survey(files, only, lambda _share, _what: None, lambda: False)


def test_a_slice_that_cannot_be_read_is_counted_but_refused_where_it_is_asked_for(limb, series, unreadable):
    folder = series(limb())
    files = sorted(folder.iterdir())
    unreadable(files[3])
    seen = look(files)
    assert len(seen.frames) == 15 and dict(seen.skipped) == {"images that cannot be read": 1}
    (folder / "notes.txt").write_bytes(b"x")
    unreadable(folder / "notes.txt")
    seen = look([*files, folder / "notes.txt"])
    assert seen.skipped["unreadable files"] == 1, "it is not called like a slice"
    with pytest.raises(PermissionError):
        look(files, files[3])


def test_names_of_slices_are_alike_but_for_their_numbers(tmp_path):
    assert likeness(tmp_path / "IM0001") == likeness(tmp_path / "IM0123")
    assert likeness(tmp_path / "1.2.3.45") == likeness(tmp_path / "1.2.3.46")
    assert likeness(tmp_path / "a.dcm") == likeness(tmp_path / "other.DCM") != likeness(tmp_path / "a.txt")


def test_a_directory_of_a_disc_is_counted_as_such(limb, series, directory):
    folder = series(limb())
    directory(folder / "DICOMDIR")
    seen = look(sorted(folder.iterdir()))
    assert dict(seen.skipped) == {"directories": 1} and len(seen.frames) == 16
