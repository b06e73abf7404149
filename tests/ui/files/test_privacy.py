"""P takes everything that comes from the patient or the file's name off the screen, and out of pictures and dialogs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QWidget

from ankleviewer.core.findings import Finding
from ankleviewer.ui.files.privacy import Privacy
from ankleviewer.ui.state import settings

NAME = "DOE^JANE"


def everything(window: QWidget) -> str:
    """All texts, tooltips and accessible names of a window, its menus filled."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # replaced widgets are gone once the event loop turns
    said = [window.windowTitle()]
    for widget in window.findChildren(QWidget):
        said += [widget.toolTip(), widget.accessibleName(), widget.text() if isinstance(widget, (QLabel, QPushButton)) else ""]
    for menu in window.findChildren(QMenu):
        menu.aboutToShow.emit()
        said += [f"{a.text()} {a.toolTip()}" for a in menu.actions()]
    return "\n".join(said)


@pytest.fixture
def scan(tmp_path):
    folder = tmp_path / NAME
    folder.mkdir()
    file = folder / f"{NAME}_1970.nii.gz"
    file.write_bytes(b"")
    return file


def test_nothing_of_the_name_is_left_and_it_comes_back(make_window, backend, scan, qtbot) -> None:
    settings.save(settings.Settings(recent=(str(scan),)))
    window = make_window(backend, path=str(scan))
    assert NAME in everything(window)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    QTest.keyClick(window.panes["axial"], Qt.Key.Key_P)
    assert window.privacy.hidden and NAME not in everything(window)
    assert "CT ankle" not in window.facts.text() and "mm" in window.facts.text()
    assert NAME not in window.start_folder()
    assert settings.load().hide_patient
    QTest.keyClick(window.panes["axial"], Qt.Key.Key_P)
    assert NAME in everything(window) and "CT ankle" in window.facts.text()


def test_a_refusal_names_its_file_only_when_names_are_shown(make_window, backend, fakes, scan, qtbot) -> None:
    settings.save(settings.Settings(hide_patient=True))
    backend.read_error = fakes.refusal()
    window = make_window(backend, path=None)
    window.controller.open(str(scan))
    qtbot.waitUntil(window.banner.isVisible)
    assert "SPACING_UNEVEN" in window.banner.code.text() and NAME not in everything(window)
    assert "hidden" in window.banner.code.text()
    window.privacy.toggle()
    assert f"{NAME}_1970.nii.gz" in window.banner.code.text() and window.banner.isVisible()
    window.controller.dismiss()
    window.privacy.toggle()
    assert not window.banner.isVisible()


def test_no_picture_of_the_first_page_names_recent_scans(make_window, backend, scan, monkeypatch) -> None:
    settings.save(settings.Settings(recent=(str(scan),)))
    window = make_window(backend, None)
    links = [b for b in window.empty.findChildren(QPushButton) if scan.name in b.text() + b.toolTip()]
    grab, seen = window.grab, []
    monkeypatch.setattr(window, "grab", lambda: seen.extend(b.isVisible() for b in links) or grab())
    assert links[0].isVisible()
    window.picture()
    assert seen == [False] * len(links) and links[0].isVisible()


def test_hidden_recent_scans_can_still_be_opened(make_window, backend, scan, qtbot) -> None:
    settings.save(settings.Settings(recent=(str(scan),), hide_patient=True))
    window = make_window(backend, path=None)
    (button,) = [b for b in window.empty.findChildren(QPushButton) if b.text() == "Recent scan 1"]
    button.click()
    qtbot.waitUntil(lambda: backend.opened == [str(scan)])
    qtbot.waitUntil(lambda: not fakes_busy(window))


def fakes_busy(window) -> bool:
    return window.controller.reading.running or window.controller.analysing.running


def test_the_age_goes_too(make_window, backend, fakes) -> None:
    backend.findings = (Finding("withhold", "AGE_UNDER_18", "The patient is 7 years old; the models are made for adults."),)
    backend.answers = (fakes.answer("not assessed"),)
    window = make_window(backend)
    assert "7 years" in everything(window)
    window.privacy.toggle()
    said = everything(window)
    assert "7 years" not in said and "AGE_UNDER_18" in said and "age is outside" in said


def test_words() -> None:
    shown, hidden = Privacy(), Privacy(hidden=True)
    assert shown.text("x", "y") == "x" and hidden.text("x", "y") == "y" and hidden.text("", "y") == ""
    assert shown.recent(["/a/b.nii"]) == [("b.nii", "/a/b.nii")] and hidden.recent(["/a/b.nii"]) == [("Recent scan 1", "")]
    assert hidden.message("METAL", "There is metal.") == "There is metal."
