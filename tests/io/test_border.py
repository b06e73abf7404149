"""border: whatever a library raises comes out as a code without its words."""

from __future__ import annotations

import warnings

import pytest

from ankleviewer.core.errors import Cancelled, ScanError
from ankleviewer.io import guard, reader, series
from ankleviewer.io.border import only_scan_errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "OUT_OF_MEMORY"),
        (RecursionError(), "DICOM_NESTING"),
        (FileNotFoundError(), "FILE_NOT_FOUND"),
        (PermissionError(13, "Secret"), "FILE_UNREADABLE"),
        (ValueError("Secret"), "SCAN_MALFORMED"),
        (AttributeError("Secret"), "SCAN_MALFORMED"),
    ],
)
def test_every_foreign_exception_becomes_a_code_without_its_text(error: Exception, code: str) -> None:
    with pytest.raises(ScanError) as caught, only_scan_errors():
        raise error
    assert caught.value.code == code
    assert "Secret" not in str(caught.value)


def test_own_errors_pass_and_warnings_of_libraries_are_not_shown() -> None:
    with only_scan_errors():
        warnings.warn("Secret", UserWarning, stacklevel=1)
    for own in (ScanError("NOT_3D", "Flat."), Cancelled()):
        with pytest.raises(type(own)) as caught, only_scan_errors():
            raise own
        assert caught.value is own


def test_both_doors_have_it(tmp_path, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("Secret")

    monkeypatch.setattr(guard, "files_below", fail)
    for door in (reader.open_scan, lambda path: series.list_series(path, lambda *_: None, lambda: False)):
        with pytest.raises(ScanError) as caught:
            door(tmp_path)
        assert caught.value.code == "SCAN_MALFORMED"
