"""The log as one text: oldest first, scrubbed, whatever files there are."""

from __future__ import annotations

from ankleviewer.io.logs import collect


def test_all_files_oldest_first_and_scrubbed(tmp_path) -> None:
    (tmp_path / "ankleviewer.log.2").write_text("first\n")
    (tmp_path / "ankleviewer.log.1").write_text("second /data/DOE JANE/x.nii\n")
    (tmp_path / "ankleviewer.log").write_bytes(b"third \xff\n")
    (tmp_path / "crash.txt").write_text('Fatal\n  File "/home/doe/app.py", line 3 in run\n')
    (tmp_path / "other.txt").write_text("nothing to do with it")
    text = collect(tmp_path, "AnkleViewer 1")
    assert text.startswith("AnkleViewer 1\n")
    assert text.index("first") < text.index("second") < text.index("third") < text.index("Fatal")
    assert "DOE" not in text and "JANE" not in text and "doe" not in text and 'File "app.py", line 3' in text
    assert "nothing to do" not in text


def test_no_log_is_said(tmp_path) -> None:
    assert "empty" in collect(tmp_path, "head") and "empty" in collect(tmp_path / "none", "head")


def test_a_file_that_cannot_be_read_is_no_crash(tmp_path) -> None:
    (tmp_path / "ankleviewer.log").mkdir()
    assert "not readable" in collect(tmp_path, "head")
