"""Exporting: what leaves the window: report, results for a PACS, pictures of it or of one view with the research-use line."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from ankleviewer import DISCLAIMER
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.watching import Cancelled, Progress
from ankleviewer.ui.background.jobs import Job, wait_for
from ankleviewer.ui.look import theme
from ankleviewer.ui.state.phase import that_is_open
from ankleviewer.ui.words.translate import said, tr

if TYPE_CHECKING:
    from ankleviewer.core.assessment.result import ModelAnswer
    from ankleviewer.core.reading.review import Review
    from ankleviewer.session import Analysis, Case
    from ankleviewer.ui.main_window import MainWindow
    from ankleviewer.ui.state.controller import CaseController

_STRIP = 26  # px below a picture


def marked(picture: QImage) -> QImage:
    """A picture with a strip below it that carries the research-use line; sizes in device-independent px are kept."""
    ratio = picture.devicePixelRatio()
    width, height = picture.width() / ratio, picture.height() / ratio
    made = QImage(picture.width(), picture.height() + round(_STRIP * ratio), QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(ratio)
    made.fill(QColor(theme.PANE))
    painter = QPainter(made)
    painter.drawImage(QRectF(0, 0, width, height), picture)
    font = theme.font(theme.PANEL_PX, bold=True)
    while QFontMetricsF(font).horizontalAdvance(DISCLAIMER) > width - 8 and font.pixelSize() > 6:
        font.setPixelSize(font.pixelSize() - 1)
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(QRectF(0, height, width, _STRIP), Qt.AlignmentFlag.AlignCenter, DISCLAIMER)
    painter.end()
    return made


def png(picture: QImage) -> bytes:
    """A picture as the bytes of a PNG file, so that it can be written whole or not at all."""
    from PySide6.QtCore import QBuffer, QIODevice

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, which PySide refuses
    return bytes(buffer.data().data())


def ask_place(window: MainWindow, title: str, name: str, kind: str, ending: str, parent: QWidget | None = None) -> str:
    """Ask where to save a file; "" where the reader leaves it.

    The dialog asks before a file is replaced, but of the name as it was typed: where the ending comes on top, it is asked here.

    Args:
        title, kind: of the dialog, and of the files that it lists.
        name: proposed.
        ending: added where the reader typed none, with its dot.
        parent: the dialog stands over it; None: over the window.
    """
    parent, start = parent or window, str(Path(window.start_folder()) / name)
    asked = window.controller.case
    while True:
        typed, _ = QFileDialog.getSaveFileName(parent, title, start, kind)
        if not typed:
            return ""
        path = typed if typed.lower().endswith(ending) else typed + ending
        if any(is_of_scan(case, Path(path)) for case in (asked, window.controller.case)):  # another one may have come meanwhile
            window.controller.notify("FILE_NOT_WRITTEN", tr("This is a file of the open scan. Choose another name."))
            return ""
        if path == typed or not Path(path).exists():
            return path
        text = tr("A file with this name and the ending {ending} exists already. Replace it?", ending=ending)
        if QMessageBox.question(parent, title, text) == QMessageBox.StandardButton.Yes:
            return path
        start = path


def digits_of(case: Case) -> str:
    """What tells the files of one scan from those of another, and names nobody: the first digits of its hash, as they stand in
    the report's foot.
    """
    return f"-{case.scan.sha256[:12]}"


def is_of_scan(case: Case | None, file: Path) -> bool:
    """Whether a file is the open scan, or one of a scan in its folder or beside its slice."""
    from ankleviewer.io import guard

    if case is None or not file.is_file():
        return False
    scan = Path(case.scan.path)
    try:
        if scan.exists() and file.samefile(scan):
            return True
        several = scan if scan.is_dir() else scan.parent if case.scan.format == "dicom" else None
        below = several is not None and Path(os.path.realpath(file)).is_relative_to(os.path.realpath(several))
        return below and guard.kind_of(file) != "unknown"
    except OSError:  # it may be one
        return True


def new_folder(place: Path) -> Path:
    """Make a folder in another one for the results of one scan, whose name says nothing of it; two at once get one each. Raises
    OSError.
    """
    n = 0
    while True:
        n += 1
        folder = place / ("ankle-results" if n == 1 else f"ankle-results-{n}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            return folder


@dataclass(frozen=True)
class Asked:
    """What a reader asks to save: a case, its analysis, what stands of the review, and the answer shown. While the dialog is open
    another scan may come, and is not what was meant.
    """

    case: Case
    analysis: Analysis | None
    review: Review
    answer: ModelAnswer | None

    @classmethod
    def of(cls, controller: CaseController) -> Asked:
        """What is open now."""
        return cls(that_is_open(controller.case), controller.analysis, controller.reviewing.review, controller.answer)

    def newest(self, controller: CaseController) -> Asked:
        """The same case as it stands now; as it stood where another one is open."""
        return Asked.of(controller) if controller.case is self.case else self


class Exporting(QObject):
    """Asks where to, writes in the background, says that it was done or why not.

    Signals:
        ended(): a report, or results for a PACS, were written, or could not be.
    """

    ended = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._jobs: list[Job] = []  # one for each report or folder of results that is being written

    @property
    def running(self) -> bool:
        """Whether something is being written."""
        return bool(self._jobs)

    # ------------------------------------------------------------------------------------------------------------- the report
    def choose_report(self) -> None:
        """Ask where to save the report of the open case."""
        controller = self._window.controller
        if controller.case is None:
            return
        asked = Asked.of(controller)
        path = ask_place(
            self._window, tr("Save the report"), f"ankle-report{digits_of(controller.case)}.pdf", tr("PDF (*.pdf)"), ".pdf"
        )
        if path:
            self.save_report(path, asked.newest(controller))

    def save_report(self, path: str, what: Asked | None = None) -> None:
        """Write the report, in the background; None: of what is shown."""
        what = what or Asked.of(self._window.controller)
        backend = self._window.controller.backend

        def write(_progress: Progress, _cancelled: Cancelled) -> None:
            backend.save_report(what.case, what.analysis, what.review, what.answer, path)

        def written() -> None:
            name = self._window.privacy.text(Path(path).name)
            self._window.toast.say(tr("Report saved: {name}", name=name) if name else tr("Report saved"))

        self._start(write, written, tr("Save the report"))

    # ------------------------------------------------------------------------------------------------------ results for a PACS
    def choose_dicom(self) -> None:
        """Ask for a folder for the results of the open case as DICOM files, once it is said what stands in them."""
        controller = self._window.controller
        if controller.case is None:
            return
        title = tr("Save results for the PACS")
        if controller.case.scan.format != "dicom":
            why = tr("This scan is not a DICOM series: there is no study that results could belong to.")
            controller.notify("NO_DICOM_STUDY", why)
            return
        asked = Asked.of(controller)
        told = tr(
            "These files carry the patient's name and number, as the scan does: they belong into the same study. A new folder is "
            "made for them where you say."
        )
        ok, leave = QMessageBox.StandardButton.Ok, QMessageBox.StandardButton.Cancel
        if QMessageBox.information(self._window, title, told, ok | leave) != ok:
            return
        place = QFileDialog.getExistingDirectory(self._window, title, str(self._window.start_folder()))
        if not place:
            return
        try:
            folder = new_folder(Path(place))
        except OSError as error:
            self._tell(_not_written(error), title)
        else:
            self.save_dicom(str(folder), asked.newest(controller))

    def save_dicom(self, folder: str, what: Asked | None = None) -> None:
        """Write results for a PACS, in the background; None: of what is shown."""
        what = what or Asked.of(self._window.controller)
        backend = self._window.controller.backend

        def write(progress: Progress, cancelled: Cancelled) -> None:
            try:
                backend.save_dicom(what.case, what.analysis, what.review, what.answer, folder, progress, cancelled)
            except BaseException:
                with contextlib.suppress(OSError):  # not empty: results of before
                    Path(folder).rmdir()
                raise

        def written() -> None:
            self._window.toast.say(tr("Results saved in the folder {name}", name=Path(folder).name))

        self._start(write, written, tr("Save results for the PACS"))

    # --------------------------------------------------------------------------------------------------------- in the background
    def _start(self, write: Callable[[Progress, Cancelled], None], written: Callable[[], None], title: str) -> None:
        def work(progress: Progress, cancelled: Cancelled) -> None:
            try:
                write(progress, cancelled)
            except OSError as error:
                raise _not_written(error) from None

        job = Job(self)
        self._jobs.append(job)
        job.done.connect(lambda _none: self._end(job, written, title, None))
        job.failed.connect(lambda error: self._end(job, written, title, error))
        job.start(work)

    def _end(self, job: Job, written: Callable[[], None], title: str, error: AnkleViewerError | None) -> None:
        self._jobs.remove(job)
        job.deleteLater()
        if error is None:
            written()
        else:
            self._tell(error, title)
        self.ended.emit()

    def _tell(self, error: AnkleViewerError, title: str) -> None:
        if self._window.closed:  # it has gone from the screen, and with it the banner
            QMessageBox.warning(None, title, f"{said(error.message)}\n{error.code}")
        else:
            self._window.controller.notify(error.code, error.message)

    # --------------------------------------------------------------------------------------------------------------- pictures
    def window_picture(self) -> QImage:
        """The whole window as it is seen; its bottom line is the research-use line, which never hides."""
        return self._window.picture()

    def pane_picture(self) -> QImage:
        """The view under the keyboard (or the one that was there last), with the research-use line."""
        pane = self._pane()
        pixmap = pane.grab()
        if pane is self._window.pane3d:
            painter = QPainter(pixmap)
            self._window.pane3d.paint_into(painter, pane)
            painter.end()
        return marked(pixmap.toImage())

    def _pane(self) -> QWidget:
        window = self._window
        focused = QApplication.focusWidget()
        if focused is not None and (focused is window.pane3d or window.pane3d.isAncestorOf(focused)):
            return window.pane3d
        layout = window.view.state.layout
        if layout == "3d":
            return window.pane3d
        if layout in window.tiles:
            return window.tiles[layout]
        return window.panes[layout if layout in window.panes else window.last_pane]

    def copy_pane(self) -> None:
        """The view under the keyboard to the clipboard."""
        if self._window.controller.case is not None:
            QApplication.clipboard().setImage(self.pane_picture())
            self._window.toast.say(tr("Picture of the view copied"))

    def copy_window(self) -> None:
        """The window to the clipboard."""
        QApplication.clipboard().setImage(self.window_picture())
        self._window.toast.say(tr("Picture of the window copied"))

    def choose_picture(self) -> None:
        """Ask where to save a picture of the window."""
        picture = self.window_picture()  # as it is now, not with the dialog over it
        self.choose_place(picture, tr("Save a picture of the window"), "ankle.png", self._window)

    def choose_place(self, picture: QImage, title: str, name: str, parent: QWidget) -> None:
        """Ask where to save a picture; `name` is proposed."""
        path = ask_place(self._window, title, name, tr("PNG (*.png)"), ".png", parent)
        if path:
            self.save_picture(picture, path)

    def save_picture(self, picture: QImage, path: str) -> None:
        """Write a picture as PNG."""
        from ankleviewer.io.atomic import write_bytes

        try:
            write_bytes(path, png(picture))
        except OSError as error:
            self._tell(_not_written(error), tr("Save a picture of the window"))
            return
        self._window.toast.say(tr("Picture saved"))

    def close(self) -> None:
        """Wait for reports that are being written; one that fails is told."""
        wait_for(list(self._jobs), cancel=False)


def _not_written(error: OSError) -> AnkleViewerError:
    why = error.strerror or type(error).__name__
    return AnkleViewerError("FILE_NOT_WRITTEN", tr("The file could not be written ({why}). Choose another place.", why=said(why)))
