"""What leaves the window: written whole, named without names, each picture with the research-use line in its pixels."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from ankleviewer.ui.files import log_saving
from ankleviewer.ui.files.exporting import _STRIP, ask_place, marked, new_folder


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].copy()


@pytest.mark.parametrize(("width", "ratio"), [(400, 1.0), (150, 1.0), (800, 2.0)])
def test_the_line_is_burned_in_below_the_picture(qapp, width: int, ratio: float) -> None:
    image = QImage(width, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    image.setDevicePixelRatio(ratio)
    made = marked(image)
    strip = pixels(made)[120:]
    assert made.height() == 120 + round(_STRIP * ratio) and (pixels(made)[:120] == pixels(image)).all()
    lit = np.argwhere((strip > 150).all(axis=-1))
    assert len(lit) > 60 and lit[:, 1].min() > 0 and lit[:, 1].max() < width - 1  # readable, not cut off
    assert np.ptp(lit[:, 1]) > 0.3 * min(width, 250 * ratio)


def test_copy_takes_the_view_under_the_keyboard(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    window.panes["sagittal"].setFocus()
    QTest.keyClick(window.panes["sagittal"], Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QApplication.clipboard().image()
    pane = window.panes["sagittal"]
    assert (copied.width(), copied.height()) == (pane.width(), pane.height() + _STRIP)
    assert (pixels(copied)[: pane.height()] == pixels(pane.grab().toImage())).mean() > 0.99
    assert window.toast.widget.isVisible() and "copied" in window.toast.widget.text()
    window.view.update(layout="axial")
    assert window.exporting._pane() is window.panes["axial"]


def test_copy_of_the_window_shows_the_line(make_window, backend) -> None:
    window = make_window(backend)
    window.exporting.copy_window()
    image = QApplication.clipboard().image()
    assert (image.width(), image.height()) == (window.width(), window.height())
    assert window.bottom.disclaimer.isVisible()
    corner = window.bottom.disclaimer.mapTo(window, window.bottom.disclaimer.rect().topLeft())
    seen = pixels(image)[corner.y() :, corner.x() :]
    assert (seen > 120).all(axis=-1).sum() > 100


def test_report_of_what_is_shown(make_window, backend, tmp_path, qtbot, monkeypatch) -> None:
    window = make_window(backend)
    proposed = []

    def ask(_parent, _title, start, _kind):
        proposed.append(start)
        return str(tmp_path / "mine"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    window.controller.judge("accepted")
    window.exporting.choose_report()
    qtbot.waitUntil(lambda: bool(backend.reported) and not window.exporting.running)
    analysis, review, shown, path = backend.reported[0]
    assert analysis is window.controller.analysis and len(review.marks) == 1 and shown is window.controller.answer
    assert path.endswith("mine.pdf") and proposed[0].endswith("ankle-report-abababababab.pdf")
    assert window.toast.widget.text() == "Report saved: mine.pdf"
    window.privacy.toggle()
    window.exporting.choose_report()
    qtbot.waitUntil(lambda: len(backend.reported) == 2 and not window.exporting.running)
    assert window.toast.widget.text() == "Report saved"


def test_results_for_a_pacs_go_into_a_new_folder_once_it_is_said_what_stands_in_them(
    make_window, backend, tmp_path, monkeypatch, qtbot
) -> None:
    backend.format = "dicom"
    window = make_window(backend)
    told, answers = [], [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Ok, QMessageBox.StandardButton.Ok]

    def inform(_parent, _title, text, _buttons):
        told.append(text)
        return answers.pop(0)

    monkeypatch.setattr(QMessageBox, "information", inform)
    places = iter([str(tmp_path), ""])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(places))
    window.exporting.choose_dicom()
    assert not window.exporting.running and "patient's name and number" in told[0]
    (tmp_path / "ankle-results").mkdir()
    window.controller.judge("accepted")
    window.exporting.choose_dicom()
    qtbot.waitUntil(lambda: bool(backend.sent) and not window.exporting.running)
    review, shown, folder = backend.sent[0]
    assert len(review.marks) == 1 and shown is window.controller.answer and folder == str(tmp_path / "ankle-results-2")
    assert window.toast.widget.text() == "Results saved in the folder ankle-results-2"
    window.exporting.choose_dicom()
    assert not window.exporting.running and len(backend.sent) == 1
    backend.journal_error = OSError(28, "No space left on device")
    (tmp_path / "more").mkdir()
    window.exporting.save_dicom(str(tmp_path / "more"))
    qtbot.waitUntil(window.banner.isVisible)
    assert "No space left" in window.banner.text.text() and not (tmp_path / "more").exists()


def test_two_that_save_at_once_get_a_folder_each(tmp_path) -> None:
    assert [new_folder(tmp_path).name for _ in range(3)] == ["ankle-results", "ankle-results-2", "ankle-results-3"]


def test_a_scan_that_is_no_dicom_has_no_results_for_a_pacs(make_window, backend, monkeypatch) -> None:
    monkeypatch.setattr(QMessageBox, "information", lambda *_: pytest.fail("asked"))
    make_window(backend, path=None).exporting.choose_dicom()
    window = make_window(backend)
    window.exporting.choose_dicom()
    assert window.banner.code.text().startswith("NO_DICOM_STUDY") and "not a DICOM series" in window.banner.text.text()


def test_a_full_disk_is_told(make_window, backend, tmp_path, qtbot) -> None:
    window = make_window(backend)
    backend.journal_error = OSError(28, "No space left on device")
    window.exporting.save_report(str(tmp_path / "a.pdf"))
    qtbot.waitUntil(window.banner.isVisible)
    assert "No space left" in window.banner.text.text() and "FILE_NOT_WRITTEN" in window.banner.code.text()
    window.controller.dismiss()
    window.exporting.save_picture(window.exporting.pane_picture(), str(tmp_path / "no" / "a.png"))
    assert window.banner.isVisible()


def test_every_report_is_told_of(make_window, backend, monkeypatch, qtbot) -> None:
    window = make_window(backend)
    go = threading.Event()

    def save(*arguments: object) -> None:
        go.wait(60)
        if str(arguments[-1]).endswith("bad.pdf"):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(backend, "save_report", save)
    window.exporting.save_report("bad.pdf")
    window.exporting.save_report("good.pdf")
    go.set()
    qtbot.waitUntil(lambda: not window.exporting.running)
    assert "No space left" in window.banner.text.text() and window.toast.widget.text() == "Report saved: good.pdf"


def test_a_report_that_fails_as_the_window_closes_is_told(make_window, backend, monkeypatch) -> None:
    window = make_window(backend)
    told = []
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, text: told.append(text))
    backend.journal_error = OSError(28, "No space left on device")
    window.exporting.save_report("bad.pdf")
    window.close()
    assert len(told) == 1 and "No space left" in told[0] and "FILE_NOT_WRITTEN" in told[0]


def test_nothing_to_report_without_a_scan(make_window, backend, monkeypatch) -> None:
    window = make_window(backend, path=None)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("asked"))
    window.exporting.choose_report()
    window.exporting.copy_pane()


def test_saved_picture_is_the_window(make_window, backend, tmp_path, monkeypatch) -> None:
    window = make_window(backend)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "p"), ""))
    window.exporting.choose_picture()
    image = QImage(str(tmp_path / "p.png"))
    assert (image.width(), image.height()) == (window.width(), window.height())


@pytest.mark.parametrize("layout", ["grid", "coronal", "lightbox"])
def test_a_picture_of_the_view_is_what_is_seen(make_window, backend, layout: str) -> None:
    window = make_window(backend)
    window.view.update(layout=layout)
    seen = {"grid": window.panes["axial"], "coronal": window.panes["coronal"], "lightbox": window.tiles["lightbox"]}[layout]
    made = window.exporting.pane_picture()
    assert (made.width(), made.height()) == (seen.width(), seen.height() + _STRIP)
    assert (pixels(made)[seen.height() :] > 150).all(axis=-1).sum() > 60  # the research-use line


YES, NO = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No


def test_a_file_that_the_added_ending_meets_is_replaced_only_if_the_reader_says_so(
    make_window, backend, tmp_path, monkeypatch
) -> None:
    window = make_window(backend, path=None)
    (tmp_path / "earlier.pdf").write_text("the report of another scan")
    typed = [str(tmp_path / "earlier"), str(tmp_path / "new"), str(tmp_path / "earlier"), str(tmp_path / "earlier.pdf"), ""]
    starts, asked, said = [], [], [NO, YES]

    def choose(_parent, _title, start, _kind):
        starts.append(Path(start).name)
        return typed.pop(0), ""

    def question(_parent, _title, text):
        asked.append(text)
        return said.pop(0)

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    monkeypatch.setattr(QMessageBox, "question", question)
    places = [ask_place(window, "Save", "ankle.pdf", "PDF (*.pdf)", ".pdf") for _ in range(4)]
    assert [Path(place).name for place in places] == ["new.pdf", "earlier.pdf", "earlier.pdf", ""]
    assert starts == ["ankle.pdf", "earlier.pdf", "ankle.pdf", "ankle.pdf", "ankle.pdf"], "after a no the dialog is there again"
    assert len(asked) == 2 and ".pdf" in asked[0], "with the ending typed the dialog itself has asked"


@pytest.mark.parametrize("kept", ["scan.png", "folder/slice.png", "slice.png"])
def test_no_file_of_the_open_scan_is_replaced(make_window, backend, tmp_path, monkeypatch, kept: str) -> None:
    """A scan is known by its bytes, so it may have any ending: itself, a slice in its folder, a slice beside it."""
    window = make_window(backend)
    file = tmp_path / kept
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(bytes(128) + b"DICM" + bytes(400))
    (file.parent / "notes.png").write_bytes(b"a picture")
    scan = {"scan.png": file, "folder/slice.png": tmp_path / "folder", "slice.png": tmp_path / "first.dcm"}[kept]
    window.controller.case.scan.path = str(scan)
    window.controller.case.scan.format = "dicom"
    for typed in (file, file.with_suffix("")):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, typed=typed: (str(typed), ""))
        monkeypatch.setattr(QMessageBox, "question", lambda *_: YES)
        window.controller.dismiss()
        window.exporting.choose_picture()
        assert window.controller.notice.code == "FILE_NOT_WRITTEN" and "open scan" in window.banner.text.text()
        assert file.read_bytes()[128:132] == b"DICM"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file.parent / "notes.png"), ""))
    window.exporting.choose_picture()
    assert (file.parent / "notes.png").read_bytes().startswith(b"\x89PNG")


def test_everything_that_is_saved_asks_in_the_same_way(make_window, backend, tmp_path, monkeypatch) -> None:
    window = make_window(backend)
    backend.save_review = lambda *_: pytest.fail("written")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "there"), ""))
    for ending in (".pdf", ".png", ".avsession.json", ".json", ".txt"):
        (tmp_path / f"there{ending}").write_text("mine")
    asked = []

    def question(_parent, _title, text):
        asked.append(text)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
        return NO

    monkeypatch.setattr(QMessageBox, "question", question)
    saving = (
        window.exporting.choose_report, window.exporting.choose_picture, window.session_files.choose, window.choose_review,
        lambda: log_saving.choose(window),
    )  # fmt: skip
    for choose in saving:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "there"), ""))
        choose()
    assert len(asked) == 5 and all(file.read_text() == "mine" for file in tmp_path.iterdir())


def test_a_scan_that_comes_while_the_place_is_asked_for_is_not_saved_as_the_other(
    make_window, backend, fakes, tmp_path, monkeypatch, qtbot
) -> None:
    """The dialog lets the window go on: what was open when it was asked for is what goes to the file."""
    window = make_window(backend)
    controller = window.controller

    def another(*_: object) -> tuple[str, str]:
        path = f"other-{len(backend.opened)}.nii.gz"
        backend.sha256 = f"{len(backend.opened):064d}"
        window.open(path)
        qtbot.waitUntil(lambda: controller.case.scan.path == path and not fakes.busy(window))
        return str(tmp_path / "mine"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", another)
    controller.add_missed()
    asked = controller.case.scan.path
    window.choose_review()
    ((analysis, review, _),) = backend.saved
    assert analysis.result.scan.path == asked != controller.case.scan.path and len(review.missed) == 1

    asked = controller.case.scan.path
    window.exporting.choose_report()
    qtbot.waitUntil(lambda: not window.exporting.running)
    ((analysis, _, _, _),) = backend.reported
    assert analysis.result.scan.path == asked != controller.case.scan.path

    asked = controller.case.scan.sha256
    window.session_files.choose()
    saved = json.loads((tmp_path / "mine.avsession.json").read_text(encoding="utf-8"))
    assert saved["scan"]["sha256"] == asked != controller.case.scan.sha256


def test_an_answer_that_comes_meanwhile_is_saved_too(make_window, backend, fakes, tmp_path, monkeypatch, qtbot) -> None:
    window = make_window(backend)
    backend.gate.clear()
    window.open("slow.nii.gz")
    backend.gate.set()
    qtbot.waitUntil(lambda: window.controller.case.scan.path == "slow.nii.gz")

    def answered(*_: object) -> tuple[str, str]:
        qtbot.waitUntil(lambda: not fakes.busy(window))
        return str(tmp_path / "mine"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answered)
    window.choose_review()
    assert backend.saved[0][0] is window.controller.analysis is not None
