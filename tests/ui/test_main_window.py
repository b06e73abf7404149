"""The window as a whole: states, keys, drops, what is remembered, closing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from ankleviewer.core.assessment.result import Looked
from ankleviewer.core.display.viewstate import Window
from ankleviewer.core.findings import Finding
from ankleviewer.core.volume import Volume
from ankleviewer.ui.main_window import TITLE
from ankleviewer.ui.state import settings
from ankleviewer.ui.state.phase import Notice, Phase


def activate(window, qtbot) -> None:
    """Shortcuts belong to the active window; a bare X server has no window manager to choose one."""
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)


def test_title_is_fixed_and_names_nobody(make_window, backend) -> None:
    window = make_window(backend, path="/data/DOE^JANE_1970.nii.gz")
    assert window.windowTitle() == TITLE == "AnkleViewer - research use, not for diagnosis"
    texts = [w.text() for w in window.findChildren(QLabel) if w.isVisible() and w is not window.menu_corner.name]
    assert not any("DOE" in t for t in texts), "a name stands in one place alone, where P hides it"
    assert "Research use, not for diagnosis" in texts


def test_no_picture_of_the_window_names_the_file(make_window, backend, monkeypatch) -> None:
    window = make_window(backend, "/data/DOE_JANE.nii.gz")
    window.banner.show_notice(Notice("FILE_DAMAGED", "The file is damaged.", "OTHER_NAME.nii.gz"))
    window.toast.say("One scan at a time: that of THIRD_NAME.nii.gz is opened")
    grab, seen = window.grab, []

    def grabbed() -> object:
        seen.extend(w.text() + w.toolTip() for w in window.findChildren(QLabel) if w.isVisible())
        return grab()

    monkeypatch.setattr(window, "grab", grabbed)
    window.picture()
    assert seen and not any("DOE" in text or "OTHER_NAME" in text or "THIRD_NAME" in text for text in seen)
    assert window.menu_corner.name.isVisible() and window.menu_corner.name.text() == "DOE_JANE.nii.gz"
    assert "OTHER_NAME" in window.banner.code.text() and "THIRD_NAME" in window.toast.text
    window.toast.widget.hide()
    window.picture()
    assert window.toast.text == "", "what was over is not said again"


def test_the_open_scan_is_named_in_the_corner_unless_names_are_hidden(make_window, backend, qtbot) -> None:
    path = "/data/DOE^JANE/Mustermann_Hans_Sprunggelenk_CT_2024-11-29_Knochenfenster_Nachkontrolle.nii.gz"
    window = make_window(backend, path=path)
    name = window.menu_corner.name
    assert name.isVisible() and name.toolTip() == path
    first, dots, last = name.text().partition("…")
    assert dots and first and path.rsplit("/", maxsplit=1)[-1].startswith(first) and path.endswith(last) and len(last) > 5
    window.privacy.toggle()
    assert not name.isVisible() and name.text() == name.toolTip() == name.accessibleName() == ""
    window.privacy.toggle()
    window.open("/data/short.nii.gz")
    qtbot.waitUntil(lambda: name.text() == "short.nii.gz" and name.toolTip() == "/data/short.nii.gz")


def test_a_refusal_says_which_scan_is_still_shown(make_window, backend, fakes, qtbot) -> None:
    window = make_window(backend, path="/data/first.nii.gz")
    backend.read_error = fakes.refusal()
    window.open("/data/second.nii.gz")
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.text.text().startswith("Cannot open: ") and "second.nii.gz" in window.banner.code.text()
    assert window.banner.text.text().endswith("The scan shown is still first.nii.gz.")
    assert window.menu_corner.name.text() == "first.nii.gz"
    window.privacy.toggle()
    assert window.banner.text.text().endswith("The scan shown is still the former one.")
    window.controller.notify("FILE_NOT_WRITTEN", "The file cannot be written.")
    assert window.banner.text.text() == "The file cannot be written."
    other = make_window(backend, path=None)
    other.open("/data/second.nii.gz")
    qtbot.waitUntil(other.banner.isVisible)
    assert "still" not in other.banner.text.text()


def test_empty_state_offers_the_ways_in(make_window, backend, tmp_path) -> None:
    scan = tmp_path / "knee & ankle.nii.gz"
    scan.write_bytes(b"")
    settings.save(settings.Settings(recent=(str(scan), str(tmp_path / "gone.nii"))))
    window = make_window(backend, path=None)
    assert window.pages.currentWidget() is window.empty and not window.panel.isVisible()
    texts = [b.text() for b in window.empty.findChildren(QPushButton)]
    assert "Open file…" in texts and "Open folder…" in texts
    assert sum("ankle.nii.gz" in t for t in texts) == 1 and not any("gone" in t for t in texts)


def test_a_dropped_folder_is_opened_without_a_question(make_window, backend, tmp_path, qtbot) -> None:
    window = make_window(backend, path=None)
    folder = tmp_path / "Knöchel 北"
    folder.mkdir()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, left, none))
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
    assert backend.opened == [str(folder)]


def test_reading_and_analysing_show_progress_and_cancel(make_window, backend, qtbot) -> None:
    from ankleviewer.ui.look.progress_strip import ProgressStrip

    backend.gate.clear()
    window = make_window(backend)
    strip = window.empty.findChild(ProgressStrip)
    qtbot.waitUntil(lambda: strip.isVisible() and strip.bar.value() == 400)
    backend.gate.set()
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
    backend.gate.clear()
    window.controller.analyse()
    strip = window.panel.findChild(ProgressStrip)
    qtbot.waitUntil(lambda: strip.isVisible() and strip.bar.value() == 400)
    strip.cancel.click()
    assert not strip.isVisible() and window.controller.phase is Phase.ANSWER
    backend.gate.set()


def test_a_recent_scan_on_a_share_that_is_gone_stops_no_start(make_window, backend, tmp_path, monkeypatch) -> None:
    scan = tmp_path / "ankle.nii.gz"
    scan.write_bytes(b"")
    settings.save(settings.Settings(recent=("/share/a.nii.gz", str(scan))))
    real = Path.exists

    def exists(self: Path) -> bool:
        if str(self).startswith("/share"):
            raise PermissionError(13, "Permission denied")
        return real(self)

    monkeypatch.setattr(Path, "exists", exists)
    window = make_window(backend, path=None)
    assert [b.toolTip() for b in window.empty.findChildren(QPushButton) if b.objectName() == "link"] == [str(scan)]


def test_a_recent_scan_is_shown_by_its_very_path(make_window, backend, tmp_path) -> None:
    scan = tmp_path / "Smith & Jones.nii"
    scan.write_bytes(b"")
    settings.save(settings.Settings(recent=(str(scan),)))
    window = make_window(backend, path=None)
    (button,) = [b for b in window.empty.findChildren(QPushButton) if b.objectName() == "link"]
    assert "Smith && Jones" in button.text() and button.shortcut().isEmpty()


PRESETS = [("1", (2000, 350)), ("2", (2500, 480)), ("3", (1000, 400)), ("6", (1700, 650))]


@pytest.mark.parametrize(("key", "window_level"), PRESETS)
def test_preset_keys_work_and_are_remembered(make_window, backend, key: str, window_level: tuple[int, int], qtbot) -> None:
    window = make_window(backend)
    activate(window, qtbot)
    QTest.keyClick(window, "4")
    QTest.keyClick(window, key)
    assert (window.view.state.window.width, window.view.state.window.level) == window_level
    assert settings.load().preset == key


def test_the_models_window_follows_the_model_shown(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    activate(window, qtbot)
    QTest.keyClick(window, "6")
    window.controller.show_answer("mobilenet")
    assert (window.view.state.window.width, window.view.state.window.level) == (1400, -300), "the paper's window"
    QTest.keyClick(window, "1")
    window.controller.show_answer("compact")
    assert window.view.state.preset == "1", "a window chosen otherwise stays"


def test_overlay_keys(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    activate(window, qtbot)
    for key, name in (("G", "heat"), ("B", "boxes"), ("O", "fill"), ("C", "paper_map"), ("X", "crosshair"), ("T", "annotations")):
        before = getattr(window.view.state, name)
        QTest.keyClick(window, key)
        assert getattr(window.view.state, name) is not before
    QTest.keyClick(window, "C")  # back to the fine map
    QTest.keyClick(window, "]")
    assert window.view.state.threshold == pytest.approx(3.2 + 8.0 / 40)
    QTest.keyClick(window, "N")
    assert window.view.state.selected == 1
    QTest.keyClick(window, "N", Qt.KeyboardModifier.ShiftModifier)
    assert window.view.state.selected == 0


def test_space_works_on_a_focused_button_and_enter_presses_it(make_window, backend) -> None:
    window = make_window(backend)
    clicked = []
    run = window.panel.run
    run.clicked.disconnect()
    run.clicked.connect(lambda: clicked.append(1))
    run.setFocus()
    QTest.keyPress(run, Qt.Key.Key_Space)
    assert window.view.state.hide_ai and clicked == []
    assert window.panel.veil.isVisible() and window.panel.veil.geometry() == window.panel.rect(), "nor is the answer to be seen"
    QTest.keyRelease(run, Qt.Key.Key_Space)
    assert not window.view.state.hide_ai and clicked == [] and not window.panel.veil.isVisible()
    QTest.keyClick(run, Qt.Key.Key_Return)
    assert clicked == [1]


def test_a_click_on_a_finding_takes_every_view_there(make_window, backend, fakes) -> None:
    window = make_window(backend)
    QTest.mouseClick(window.panel.findings.rows[1], Qt.MouseButton.LeftButton)
    assert window.view.state.cursor_mm == pytest.approx(fakes.second)
    assert [p.picture().index for p in window.panes.values()] == [50, 30, 44]


def test_result_panel_tells_the_answer(make_window, backend) -> None:
    panel = make_window(backend).panel
    assert 280 <= panel.width() <= 320
    assert (panel.call.text(), panel.number.text()) == ("Fracture", "0.93")
    assert "Of 64 validation scans" in panel.calibration.text() and "61 had" in panel.calibration.text()
    texts = [w.text() for w in panel.findings.rows[0].findChildren(QLabel)]
    assert "71 % of the map" in texts and "x 76  y 90  z 22" in texts and "R 6.0  P 4.0  S 140.0" in texts
    assert any(w.text() == "Where the model looked" for w in panel.findChildren(QLabel))


def test_where_the_model_looked_is_told_in_words(make_window, fakes) -> None:
    places = (Looked(0.71, "lateral", "", -14.0, "joint line", ""), Looked(0.22, "medial", "", 0.0, "joint line", ""))
    told = make_window(fakes.Backend(answers=(fakes.answer(looked=places),))).panel.looked
    assert told.isVisible() and told.text().startswith(
        "Most of the map (71\u00a0%) lies lateral, about 14 mm below the joint line."
    )
    assert "not shown" in make_window(fakes.Backend(answers=(fakes.answer("no fracture"),))).panel.looked.text()
    assert not make_window(fakes.Backend(answers=(fakes.answer("not assessed"),))).panel.looked.isVisible()


def test_what_was_not_assessed_stands_beside_every_answer_and_no_other(make_window, backend, fakes) -> None:
    panel = make_window(backend).panel
    assert panel.scope.isVisible()
    assert "Maisonneuve" in panel.scope.text() and "learned from simulated scans" in panel.scope.text()
    assert not make_window(fakes.Backend(answers=(fakes.answer("not assessed"),))).panel.scope.isVisible()


def test_chips_open_their_explanation_and_gather_when_many(make_window, fakes) -> None:
    many = tuple(Finding("caveat", f"A_RATHER_LONG_CODE_{n}", f"Sentence {n}.") for n in range(20))
    window = make_window(fakes.Backend(findings=many))
    assert window.bottom.chips[-1].text().startswith("⚠ +")
    assert all(c.geometry().right() < window.bottom.disclaimer.geometry().left() for c in window.bottom.chips)
    popup = window.bottom.chips[0].explain()
    assert popup.findChild(QLabel).text() == "Sentence 0."
    popup.close()


def test_nothing_is_clipped_in_the_panel(make_window, backend) -> None:
    window = make_window(backend)
    QApplication.processEvents()
    for widget in window.panel.findChildren(QLabel):
        if widget.isVisible() and not widget.wordWrap():
            assert widget.width() >= widget.sizeHint().width() - 1, widget.text()
        elif widget.isVisible():
            assert widget.height() >= widget.heightForWidth(widget.width()) - 1, widget.text()


def test_closing_during_work_is_clean(make_window, backend) -> None:
    backend.gate.clear()
    window = make_window(backend)
    assert window.controller.reading.running
    window.close()
    assert window.controller.reading.alive == 0
    assert not window.isVisible()
    assert threading.active_count() < 20


def test_the_panel_hides_and_is_remembered(make_window, backend) -> None:
    window = make_window(backend)
    window.toggle_panel()
    assert window.panel.isHidden() and not settings.load().panel
    window.toggle_panel()
    assert window.panel.isVisible()


def test_work_under_way_is_told_while_the_panel_is_hidden(make_window, backend, qtbot) -> None:
    """The last scan stays on the screen meanwhile, and could be taken for the one that was asked for."""
    window = make_window(backend)
    window.toggle_panel()
    assert "Reading" not in window.facts._whole
    backend.gate.clear()
    window.open("second.nii.gz")
    assert "Reading the scan" in window.facts._whole
    backend.gate.set()
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
    backend.gate.clear()
    window.controller.analyse()
    assert "Analysing" in window.facts._whole
    window.toggle_panel()
    assert "Analysing" not in window.facts._whole, "the column tells it"
    backend.gate.set()


def test_dialogs_open_and_close(make_window, backend) -> None:
    from ankleviewer.ui.keyboard.help_dialog import about_dialog, keys_dialog

    window = make_window(backend)
    for make in (about_dialog, keys_dialog):
        dialog = make(window)
        dialog.show()
        assert dialog.isVisible()
        dialog.close()


def test_scroll_keys_outside_a_pane_move_the_last_one(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    activate(window, qtbot)
    window.panes["sagittal"].setFocus()
    window.panel.run.setFocus()
    before = window.panes["sagittal"].picture().index
    QTest.keyClick(window.panel.run, Qt.Key.Key_PageUp)
    assert window.panes["sagittal"].picture().index == before + 5


def test_escape_ends_one_thing_at_a_time(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    window.view.update(layout="axial")
    window.controller.measuring.start("distance")
    window.cancel()
    assert window.controller.measuring.tool is None and window.view.state.layout == "axial"
    backend.gate.clear()
    window.controller.analyse()
    window.cancel()
    assert not window.controller.analysing.running and window.view.state.layout == "axial"
    backend.gate.set()
    window.cancel()
    assert window.view.state.layout == "grid" and window.panes["axial"].isVisible()


def test_the_keyboard_stays_with_the_view_that_is_shown(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    for layout, holder in (("coronal", window.panes["coronal"]), ("3d", window.pane3d), ("grid", window.panes["coronal"])):
        window.view.update(layout=layout)
        assert QApplication.focusWidget() is holder


def test_the_keys_fit_a_small_screen(make_window, backend) -> None:
    from ankleviewer.ui.keyboard.help_dialog import keys_dialog

    window = make_window(backend)
    dialog = keys_dialog(window)
    dialog.show()
    QApplication.processEvents()
    assert dialog.width() <= window.screen().availableGeometry().width()
    wrapped = [one for one in dialog.findChildren(QLabel) if one.wordWrap()]
    assert len(wrapped) > 30 and all(one.height() >= one.heightForWidth(one.width()) for one in wrapped)
    dialog.close()


@pytest.mark.parametrize("layout", ["lightbox", "compare", "3d"])
@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
def test_the_view_last_used_is_the_readers_choice_alone(make_window, fakes, qtbot, layout: str, plane: str) -> None:
    """Hiding the pane that has the keyboard hands it on; that is nobody's choice."""
    ankles = tuple(fakes.ankle(side) for side in "RL")
    window = make_window(fakes.Backend(ankles=ankles, answers=tuple(fakes.answer(ankle=n) for n in (0, 1))))
    activate(window, qtbot)
    window.panes[plane].setFocus()
    for _ in range(2):
        window.view.update(layout=layout)
        assert (window.last_pane, window.controller.measuring.plane) == (plane, plane)
        window.view.update(layout="grid")
        assert (window.last_pane, window.controller.measuring.plane) == (plane, plane)
        assert QApplication.focusWidget() is window.panes[plane]


@pytest.mark.parametrize("hidden", [False, True])
def test_of_two_dropped_files_it_is_said_that_one_is_opened(make_window, backend, qtbot, hidden: bool) -> None:
    window = make_window(backend, path=None)
    if hidden:
        window.privacy.toggle()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/data/DOE_JANE.nii.gz"), QUrl.fromLocalFile("/data/other.nii.gz")])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, left, none))
    told = window.toast.widget
    assert told.isVisible() and told.text().startswith("One scan at a time") and ("DOE_JANE" in told.text()) != hidden
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
    assert backend.opened == ["/data/DOE_JANE.nii.gz"]


def test_a_closed_window_begins_nothing(make_window, backend) -> None:
    """A thread that nobody waits for meets the end of the connection to the screen, and the process crashes."""
    window = make_window(backend)
    window.close()
    window.warm()
    assert window.warming is None


def test_settings_that_cannot_be_read_are_told_and_stay_told_while_nothing_is_opened(make_window, backend, home) -> None:
    whole = make_window(backend, path=None)
    whole.tell_of_settings()
    assert whole.controller.notice is None
    (home / "settings.json").write_text("{")
    window = make_window(backend, path=None)
    window.tell_of_settings()
    assert window.controller.notice.code == "SETTINGS_UNREADABLE" and not window.banner.isHidden()
    assert "could not be read" in window.banner.text.text()


def test_the_full_range_is_that_of_the_scan_shown(make_window, backend, fakes, qtbot) -> None:
    window = make_window(backend, path=None)
    window.view.preset("5")  # as it was left last time; there is no scan yet
    window.open("first.nii.gz")
    qtbot.waitUntil(lambda: not fakes.busy(window))
    assert window.view.state.window == Window(2200, 100)
    hu = backend.volume.hu.copy()
    hu[30:34, 30:34, 30:34] = 3000
    backend.volume = Volume(hu, backend.volume.grid)
    window.open("metal.nii.gz")
    qtbot.waitUntil(lambda: backend.opened[-1] == "metal.nii.gz" and not fakes.busy(window))
    assert (window.view.state.preset, window.view.state.window) == ("5", Window(4000, 1000))
    window.view.drag_window(40, 0)
    dragged = window.view.state.window
    window.controller.analyse()
    qtbot.waitUntil(lambda: not fakes.busy(window))
    assert window.view.state.window == dragged != Window(4000, 1000)
