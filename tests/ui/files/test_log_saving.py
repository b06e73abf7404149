"""The log that is sent: what failed is in it, whose scan it was is not."""

from __future__ import annotations

import faulthandler
import logging
import sys
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from ankleviewer.cli import console
from ankleviewer.core import paths
from ankleviewer.ui.files import log_saving


def test_saved_log_names_nobody(make_window, backend, tmp_path, monkeypatch, qtbot) -> None:
    console.log_to_file()
    window = make_window(backend, path=None)
    backend.read_error = FileNotFoundError(2, "gone", "/data/DOE^JANE/x.nii")
    window.controller.open("/data/DOE^JANE/x.nii")
    qtbot.waitUntil(lambda: window.controller.notice is not None)
    logging.getLogger("ankleviewer.test").warning("a file at %s", "/data/DOE^JANE 1970/x")
    asked = []

    def ask(_parent, _title, start, _kind):
        asked.append(Path(start).name)
        return str(tmp_path / "log.txt"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    log_saving.choose(window)
    text = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert "background work failed" in text and "FileNotFoundError" in text and "jobs.py" in text
    assert "DOE" not in text and "/data" not in text and str(tmp_path) not in text and str(Path.home()) not in text
    assert "AnkleViewer" in text and "Qt" in text and asked == ["ankleviewer-log.txt"]
    assert window.toast.widget.text() == "Log saved"
    log_saving.save(window, str(tmp_path / "no" / "log.txt"))
    assert window.controller.notice.code == "FILE_NOT_WRITTEN"


def test_what_nobody_caught_is_written_down(capsys, monkeypatch) -> None:
    console.log_to_file()
    before = sys.__excepthook__
    monkeypatch.setattr(sys, "excepthook", before)
    with log_saving.watched():
        try:
            raise KeyError("DOE^JANE")
        except KeyError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    assert sys.excepthook is before
    text = (paths.log_dir() / "ankleviewer.log").read_text(encoding="utf-8")
    assert "not caught" in text and "KeyError" in text and "DOE" not in text
    assert "KeyError" in capsys.readouterr().err  # the developer's console still has it


def test_a_native_crash_has_a_place(monkeypatch) -> None:
    calls = []
    monkeypatch.setattr(faulthandler, "is_enabled", lambda: False)
    monkeypatch.setattr(faulthandler, "enable", calls.append)
    monkeypatch.setattr(faulthandler, "disable", lambda: calls.append("off"))
    file = paths.log_dir() / "crash.txt"
    file.parent.mkdir(parents=True)
    file.write_text("x" * 300_000)
    with log_saving.watched():
        assert calls[0].name == str(file)
    assert calls[1] == "off" and file.stat().st_size == 0 and calls[0].closed
