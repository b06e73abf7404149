"""A session brings the view back on the very same scan, says so where the scan differs, and never costs the open case."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from ankleviewer.core.display.savedview import SUFFIX
from ankleviewer.core.display.viewstate import PaneView, Window
from ankleviewer.core.errors import Cancelled, ModelError
from ankleviewer.ui.state.phase import Phase


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    file = tmp_path / "scans" / "Knöchel 北.nii.gz"
    file.parent.mkdir()
    file.write_bytes(b"")
    return file


@pytest.fixture
def saved(make_window, backend, fakes, scan, tmp_path):
    """A session file, and the state that it holds."""
    backend.answers = (fakes.answer(), fakes.answer("uncertain", name="mobilenet"))
    backend.ankles = (fakes.ankle("R"), fakes.ankle("L"))
    window = make_window(backend, path=str(scan))
    window.controller.choose_model("all")
    qtbot_wait(window)
    window.controller.show_answer("mobilenet")
    window.view.update(paper_map=True)
    state = replace(
        window.view.state,
        cursor_mm=(3.0, -4.0, 150.0),
        window=Window(400, 40),
        preset="4",
        layout="coronal",
        fill=True,
        threshold=1.5,
        selected=1,
        panes=(PaneView(2.0, (3.0, 1.0)), PaneView(), PaneView()),
    )
    window.view.set_state(state)
    file = tmp_path / f"mine{SUFFIX}"
    window.session_files.save(str(file))
    return file, window.view.state


def qtbot_wait(window, phase: Phase = Phase.ANSWER) -> None:
    from PySide6.QtTest import QTest

    for _ in range(6000):
        QTest.qWait(10)
        if window.controller.phase is phase and not window.controller.reading.running and not window.controller.analysing.running:
            return
    pytest.fail(f"still {window.controller.phase}")


def test_the_view_comes_back(make_window, backend, saved, scan) -> None:
    file, state = saved
    window = make_window(backend, path=None)
    window.open(str(file))
    qtbot_wait(window)
    assert backend.opened[-1] == str(scan)
    assert window.view.state == state and window.controller.notice is None
    assert window.controller.answer.name == "mobilenet" and window.controller.chosen == "all"
    assert window.panes["coronal"].isVisible() and not window.panes["axial"].isVisible()


def test_another_content_is_told_and_not_restored(make_window, backend, saved) -> None:
    file, state = saved
    backend.sha256 = "cd" * 32
    window = make_window(backend, path=None)
    window.open(str(file))
    qtbot_wait(window)
    assert window.controller.notice.code == "SESSION_SCAN_CHANGED" and window.banner.isVisible()
    assert window.view.state.layout == "grid" and window.view.state.cursor_mm != state.cursor_mm


def test_a_session_without_a_hash_belongs_to_no_scan(make_window, backend, saved) -> None:
    file, _ = saved
    record = json.loads(file.read_text())
    file.write_text(json.dumps(record).replace(backend.sha256, ""))
    window = make_window(backend, path=None)
    window.open(str(file))
    qtbot_wait(window)
    assert window.controller.notice.code == "SESSION_SCAN_CHANGED"


def test_a_session_of_an_earlier_release_is_restored(make_window, backend, saved) -> None:
    """Which took the hash of a DICOM folder over every file in it."""
    file, state = saved
    backend.sha256, backend.former_sha256 = "cd" * 32, backend.sha256
    window = make_window(backend, path=None)
    window.open(str(file))
    qtbot_wait(window)
    assert window.controller.notice is None and window.view.state == state


def test_a_scan_that_moved_along_is_found(make_window, backend, saved, scan, tmp_path) -> None:
    file, state = saved
    there = tmp_path / "elsewhere"
    there.mkdir()
    scan.rename(there / scan.name)
    file = file.rename(there / file.name)
    window = make_window(backend, path=None)
    window.open(str(file))
    qtbot_wait(window)
    assert backend.opened[-1] == str(there / scan.name) and window.view.state == state


@pytest.mark.parametrize("name", ["", ".."])
def test_a_scan_without_a_name_is_found_at_its_place_alone(make_window, backend, saved, scan, name: str) -> None:
    file, state = saved
    record = json.loads(file.read_text())
    record["scan"]["name"] = name
    file.write_text(json.dumps(record))
    window = make_window(backend, path=None)
    window.open(str(file))
    qtbot_wait(window)
    assert backend.opened[-1] == str(scan) and window.view.state == state
    scan.rename(scan.with_name("gone.nii.gz"))  # and the folder of the session is no scan in its place
    window.open(str(file))
    assert window.controller.notice.code == "SESSION_SCAN_MISSING"


def test_a_path_that_goes_back_is_saved_as_where_it_leads(make_window, backend, scan, tmp_path, monkeypatch) -> None:
    (scan.parent / "below").mkdir()
    monkeypatch.chdir(scan.parent / "below")
    window = make_window(backend, path=f"../{scan.name}")
    qtbot_wait(window)
    window.session_files.save(str(tmp_path / f"back{SUFFIX}"))
    record = json.loads((tmp_path / f"back{SUFFIX}").read_text())
    assert (record["scan"]["path"], record["scan"]["name"]) == (str(scan), scan.name)
    (tmp_path / "link").symlink_to(scan.parent / "below", target_is_directory=True)  # after which .. leads elsewhere
    window.open(f"{tmp_path}/link/../{scan.name}")
    qtbot_wait(window)
    window.session_files.save(str(tmp_path / f"link{SUFFIX}"))
    assert json.loads((tmp_path / f"link{SUFFIX}").read_text())["scan"]["path"] == str(scan)


def test_a_pipe_is_no_session_and_not_waited_for(make_window, backend, tmp_path) -> None:
    window = make_window(backend)
    os.mkfifo(tmp_path / "x.avsession.json")
    window.open(str(tmp_path / "x.avsession.json"))
    assert window.controller.notice.code == "SESSION_INVALID"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "SESSION_INVALID"),
        ("[]", "SESSION_INVALID"),
        ('{"schema": "ankleviewer.result/1"}', "SESSION_INVALID"),
        ("[" * 100_000, "SESSION_INVALID"),
        (" " * 1_000_001, "SESSION_INVALID"),
        (None, "SESSION_UNREADABLE"),
        ("gone", "SESSION_SCAN_MISSING"),
    ],
)
def test_what_cannot_be_restored_costs_nothing(make_window, backend, saved, scan, tmp_path, text, code: str) -> None:
    file, _ = saved
    window = make_window(backend, path=str(scan))
    before, opened = window.view.state, list(backend.opened)
    bad = tmp_path / f"bad{SUFFIX}"
    if text == "gone":
        record = json.loads(file.read_text())
        record["scan"] |= {"path": "/no/such/scan.nii", "name": "scan.nii"}
        text = json.dumps(record)
    if text is not None:
        bad.write_text(text)
    window.open(str(bad))
    assert window.controller.notice.code == code and "/" not in window.banner.text.text()
    assert window.view.state == before and backend.opened == opened and window.controller.phase is Phase.ANSWER


def test_a_dropped_session_is_opened(make_window, backend, saved) -> None:
    file, state = saved
    window = make_window(backend, path=None)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, left, none))
    qtbot_wait(window)
    assert window.view.state == state


def test_a_scan_opened_meanwhile_is_shown_its_own_way(make_window, backend, saved) -> None:
    file, state = saved
    window = make_window(backend, path=None)
    window.open(str(file))
    window.open("other.nii.gz")
    qtbot_wait(window)
    assert window.controller.case.scan.path == "other.nii.gz" and window.view.state.layout == "grid" != state.layout
    assert window.controller.notice is None


def test_saving_asks_for_a_name_and_tells_a_full_disk(make_window, backend, scan, tmp_path, monkeypatch) -> None:
    window = make_window(backend, path=str(scan))
    asked = []

    def ask(_parent, _title, start, _kind):
        asked.append(Path(start).name)
        return str(tmp_path / "s"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    window.session_files.choose()
    record = json.loads((tmp_path / f"s{SUFFIX}").read_text(encoding="utf-8"))
    assert asked == [f"ankle{SUFFIX}"] and record["scan"]["path"] == str(scan) and record["scan"]["sha256"] == "ab" * 32
    window.session_files.save(str(tmp_path / "no" / f"s{SUFFIX}"))
    assert window.controller.notice.code == "FILE_NOT_WRITTEN"


@pytest.mark.parametrize("listed", [True, False], ids=["packs are known", "packs are listed later"])
def test_a_model_that_is_not_installed_here_costs_no_answer(make_window, backend, saved, listed: bool) -> None:
    """A session of another computer: its model's name stays with it, and no later scan is asked of that model."""
    file, state = saved
    record = json.loads(file.read_text())
    record["chosen"] = record["view"]["model"] = "theirs"
    file.write_text(json.dumps(record))
    window = make_window(backend, path=None)
    if listed:
        qtbot_wait(window, Phase.EMPTY)
    else:
        window.controller.models = None
    window.open(str(file))
    qtbot_wait(window)
    assert window.controller.notice.code == "SESSION_MODEL_MISSING" and "theirs" in window.banner.text.text()
    assert window.controller.answer.name == "compact" and window.controller.chosen == ""
    assert window.view.state.cursor_mm == state.cursor_mm and window.view.state.layout == "coronal"
    assert window.view.state.threshold is None and window.view.state.selected == -1, "those were of another map"


def test_a_session_whose_scan_is_refused_leaves_the_chosen_model(make_window, backend, fakes, saved, qtbot) -> None:
    file, _ = saved
    window = make_window(backend)
    assert window.controller.chosen == ""
    backend.read_error = fakes.refusal()
    window.open(str(file))
    qtbot.waitUntil(lambda: window.controller.notice is not None)
    assert window.controller.chosen == ""


@pytest.mark.parametrize("stopped", [False, True])
def test_without_an_answer_all_that_needs_none_comes_back_and_the_rest_waits(make_window, backend, saved, qtbot, stopped) -> None:
    """The model fails, or Esc ends it; what the reader set is of the scan, not of the answer."""
    file, state = saved
    window = make_window(backend, path=None)
    run = backend.analyse
    gate = threading.Event()

    def without(case, models, progress, cancelled):
        if not stopped:
            raise ModelError("MODEL_FAILED", "It failed.")
        while not cancelled():
            gate.wait(0.01)
        raise Cancelled

    backend.analyse = without
    window.open(str(file))
    if stopped:
        qtbot.waitUntil(lambda: window.controller.phase is Phase.ANALYSING)
        window.controller.cancel()
    else:  # before the packs are known nothing runs, either
        qtbot.waitUntil(lambda: window.controller.notice is not None)
    qtbot_wait(window, Phase.SCAN)
    shown = window.view.state
    assert (shown.cursor_mm, shown.window, shown.layout, shown.panes) == (state.cursor_mm, state.window, "coronal", state.panes)
    assert shown.threshold is None and shown.selected == -1
    backend.analyse = run
    window.controller.analyse()
    qtbot_wait(window)
    assert (window.view.state.model, window.view.state.threshold) == ("mobilenet", state.threshold)


def test_a_session_saved_with_a_byte_order_mark_is_one(make_window, backend, saved) -> None:
    file, state = saved
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    window = make_window(backend, path=None)
    window.open(str(file))
    qtbot_wait(window)
    assert window.controller.notice is None and window.view.state == state
