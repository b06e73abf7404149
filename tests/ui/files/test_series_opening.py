"""SeriesOpening: a folder with several series asks, opens the chosen one, and lets it be changed; a session remembers it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ankleviewer.core.errors import ScanError
from ankleviewer.core.serieschoice import Series
from ankleviewer.ui.files.series_opening import NO_OTHER
from ankleviewer.ui.state.phase import Phase

FOUND = tuple(Series(letter * 16, f"Series {letter}", "axial", 90, (64, 64), (1.0, 1.0, 1.0)) for letter in "abc")


@pytest.fixture
def opened(make_window, fakes, qtbot) -> Callable[..., tuple]:
    def make(**fields: object):
        backend = fakes.Backend(series=FOUND, **fields)
        window = make_window(backend, path=None)
        window.controller.open("/data/study")
        qtbot.waitUntil(lambda: window.series.chooser is not None and window.series.chooser.list.count() == 3)
        return window, backend

    return make


def choose(window, qtbot, row: int) -> None:
    chooser = window.series.chooser
    chooser._take(chooser.list.item(row))
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)


def test_a_folder_with_several_series_asks_and_opens_the_chosen_one(opened, qtbot) -> None:
    window, backend = opened()
    assert window.controller.phase is Phase.EMPTY and window.controller.notice is None
    choose(window, qtbot, 1)
    assert backend.picked == ["b" * 16] and window.controller.pick == "b" * 16
    assert window.series.chooser is None and window.settings.recent[0].endswith("study")


def test_escape_leaves_what_is_open(opened) -> None:
    window, backend = opened()
    window.series.chooser.reject()
    assert window.series.chooser is None and backend.picked == [] and window.controller.phase is Phase.EMPTY


def test_the_series_is_changed_later_from_the_menu(opened, qtbot) -> None:
    window, backend = opened()
    choose(window, qtbot, 0)
    window.keymap.actions["Other series of this folder…"].trigger()
    qtbot.waitUntil(lambda: window.series.chooser.list.count() == 3)
    assert window.series.chooser.list.currentRow() == 0
    choose(window, qtbot, 2)
    assert backend.picked == ["a" * 16, "c" * 16] and window.controller.pick == "c" * 16


def test_privacy_holds_while_the_chooser_is_open(opened) -> None:
    window, _ = opened()
    assert "Series a" in window.series.chooser.list.item(0).text()
    window.privacy.toggle()
    assert "Series 1" in window.series.chooser.list.item(0).text()
    window.series.chooser.reject()


def test_one_series_is_told_and_a_failure_too(make_window, fakes, qtbot) -> None:
    backend = fakes.Backend()
    window = make_window(backend)
    window.series.choose()
    qtbot.waitUntil(lambda: window.series.chooser is None)
    assert window.toast.widget.text() == NO_OTHER
    backend.series_error = ScanError("FOLDER_TOO_LARGE", "The folder holds more than 5000 files.")
    window.series.choose()
    qtbot.waitUntil(lambda: window.series.chooser is None)
    assert window.controller.notice.code == "FOLDER_TOO_LARGE"


def test_without_a_scan_there_is_nothing_to_choose(make_window, backend) -> None:
    window = make_window(backend, path=None)
    window.series.choose()
    assert window.series.chooser is None


def test_a_session_brings_the_series_back(opened, qtbot, tmp_path) -> None:
    window, backend = opened()
    choose(window, qtbot, 1)
    folder = tmp_path / "study"
    folder.mkdir()
    window.controller.case.scan.path = str(folder)
    file = tmp_path / "case.avsession.json"
    window.session_files.save(str(file))
    assert json.loads(file.read_text())["scan"]["series"] == "b" * 16
    window.open(str(file))
    qtbot.waitUntil(lambda: len(backend.picked) == 2 and window.controller.phase is Phase.ANSWER)
    assert backend.picked == ["b" * 16, "b" * 16] and window.series.chooser is None
