"""MainWindow: lays out the panes, the result column and the bottom line, and takes files that are opened or dropped."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ankleviewer import DISCLAIMER
from ankleviewer.core.planes import PLANES
from ankleviewer.core.viewstate import ViewState
from ankleviewer.ui import actions, settings
from ankleviewer.ui.backend import Backend
from ankleviewer.ui.bottom_line import BottomLine
from ankleviewer.ui.controller import CaseController, Phase
from ankleviewer.ui.empty_page import EmptyPage
from ankleviewer.ui.jobs import wait_for
from ankleviewer.ui.keys import HeldKeys
from ankleviewer.ui.model import ViewModel
from ankleviewer.ui.pane3d import Pane3D
from ankleviewer.ui.parts import NoticeBanner, label
from ankleviewer.ui.result_panel import ResultPanel
from ankleviewer.ui.slice_pane import SCROLL_KEYS, SlicePane
from ankleviewer.ui.wording import engine_text, side_word, spacing_text

TITLE = "AnkleViewer - " + DISCLAIMER[0].lower() + DISCLAIMER[1:]
SCAN_FILES = "Scans (*.nii *.nii.gz *.dcm *.ima);;All files (*)"


class MainWindow(QMainWindow):
    """The one window of the program."""

    def __init__(self, backend: Backend | None = None, model: str | None = None) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setAcceptDrops(True)
        self.settings = settings.load()
        self.sample = settings.sample_scan()
        self.view = ViewModel(self)
        self.view.preset(self.settings.preset)
        self.controller = CaseController(self.view, backend, model)
        self.controller.setParent(self)
        self._build()
        actions.build(self)
        self.held_keys = HeldKeys(self, self.view)
        self.resize(QSize(*self.settings.size).boundedTo(self.screen().availableSize()))
        self.setMinimumSize(640, 360)
        self._last_pane = "axial"
        QApplication.instance().focusChanged.connect(self._on_focus)
        self.view.changed.connect(self._on_state)
        self.controller.changed.connect(self._refresh)
        self.controller.opened.connect(self._on_opened)
        self._refresh()

    def _build(self) -> None:
        self.panes = {plane: SlicePane(self.view, plane) for plane in PLANES}
        self.pane3d = Pane3D(self.view)
        self.pane3d.busy = lambda: self.controller.phase in (Phase.READING, Phase.ANALYSING)
        self.pane3d.ankle = lambda: self.controller.ankle
        grid_page = QWidget()
        grid_page.setObjectName("ground")
        grid_page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._grid = QGridLayout(grid_page)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self._lay_panes("grid")
        sample = self.open_sample if self.sample is not None else None
        self.empty = EmptyPage(self.controller, self.choose_file, self.choose_folder, sample)
        self.empty.set_recent(self.settings.recent)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(grid_page)
        self.panel = ResultPanel(self.controller)
        self.bottom = BottomLine(self.controller)
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(1)
        middle.addWidget(self.pages, 1)
        middle.addWidget(self.panel)
        central = QWidget()
        central.setObjectName("ground")
        central.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        self.banner = NoticeBanner(self.controller)
        column.addWidget(self.banner)
        column.addLayout(middle, 1)
        column.addWidget(self.bottom)
        self.setCentralWidget(central)
        self.facts = label("", "secondary")
        self.facts.setMinimumHeight(24)
        self._corner = QWidget()  # kept: the menu bar does not own it for Python
        row = QHBoxLayout(self._corner)
        row.setContentsMargins(0, 0, 14, 0)
        row.setSpacing(14)
        self.engine = label("● CPU", "secondary")
        self.engine.setToolTip("The engine that runs the model")
        row.addWidget(self.facts)
        row.addWidget(self.engine)
        self.menuBar().setCornerWidget(self._corner, Qt.Corner.TopRightCorner)

    def _lay_panes(self, layout: str) -> None:
        places = {"axial": (0, 0), "coronal": (0, 1), "sagittal": (1, 0), "3d": (1, 1)}
        for name, widget in (*self.panes.items(), ("3d", self.pane3d)):
            self._grid.removeWidget(widget)
            if layout in ("grid", name):
                self._grid.addWidget(widget, *(places[name] if layout == "grid" else (0, 0)))
                widget.show()
            else:
                widget.hide()
        for n in range(2):
            self._grid.setColumnStretch(n, 1 if layout == "grid" or n == 0 else 0)
            self._grid.setRowStretch(n, 1 if layout == "grid" or n == 0 else 0)

    # ------------------------------------------------------------------------------------------------------------- following
    def _on_state(self, old: ViewState, new: ViewState) -> None:
        if old.layout != new.layout:
            self._lay_panes(new.layout)
            if new.layout in self.panes:
                self.panes[new.layout].setFocus()
        if old.preset != new.preset and new.preset:
            self.settings = replace(self.settings, preset=new.preset)
            settings.save(self.settings)

    def _refresh(self) -> None:
        case = self.controller.case
        first = self.pages.currentIndex() == 0
        self.pages.setCurrentIndex(0 if case is None else 1)
        self.panel.setVisible(case is not None and self.settings.panel)
        if case is None:
            self.facts.setText("")
            return
        if first:
            self.panes["axial"].setFocus()
        ankle = self.controller.ankle
        spacing = spacing_text(case.scan.volume.grid.spacing)
        parts = [case.scan.series[:48], side_word(ankle.side) if ankle else "", spacing]
        self.facts.setText("   ".join(p for p in parts if p))
        answer = self.controller.answer
        self.engine.setText("● " + engine_text(answer.runtime.provider if answer is not None else None))
        self._corner.adjustSize()
        # the menu bar places its corner when it is resized itself, not when the corner grows
        self._corner.move(self.menuBar().width() - self._corner.width(), self._corner.y())

    def _on_opened(self, path: str) -> None:
        self.settings = self.settings.with_recent(path)
        self.empty.set_recent(self.settings.recent)
        settings.save(self.settings)

    def toggle_panel(self) -> None:
        """Show or hide the result column."""
        self.settings = replace(self.settings, panel=not self.settings.panel)
        settings.save(self.settings)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll keys that no widget took move the pane that had the keyboard last."""
        if event.key() in SCROLL_KEYS and self.controller.case is not None:
            self.panes[self._last_pane].keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if isinstance(new, SlicePane):
            self._last_pane = new.plane

    # --------------------------------------------------------------------------------------------------------------- opening
    def choose_file(self) -> None:
        """Ask for a file."""
        path, _ = QFileDialog.getOpenFileName(self, "Open a scan", self._folder(), SCAN_FILES)
        if path:
            self.controller.open(path)

    def choose_folder(self) -> None:
        """Ask for a folder of DICOM files."""
        path = QFileDialog.getExistingDirectory(self, "Open a folder of DICOM files", self._folder())
        if path:
            self.controller.open(path)

    def open_sample(self) -> None:
        """Open the scan that ships with the program."""
        if self.sample is not None:
            self.controller.open(str(self.sample))

    def _folder(self) -> str:
        return str(Path(self.settings.recent[0]).parent) if self.settings.recent else str(Path.home())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A local file or folder may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.empty.highlight(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """It went away again."""
        self.empty.highlight(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first local file or folder; no question asked."""
        self.empty.highlight(False)
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.controller.open(paths[0])

    # --------------------------------------------------------------------------------------------------------------- pictures
    def picture(self) -> QImage:
        """The whole window as it is seen, 3D included."""
        pixmap = self.grab()
        painter = QPainter(pixmap)
        if self.controller.case is not None:
            self.pane3d.paint_into(painter, self)
        painter.end()
        return pixmap.toImage()

    def choose_picture(self) -> None:
        """Ask where to save a picture of the window."""
        proposed = str(Path(self._folder()) / "ankle.png")
        path, _ = QFileDialog.getSaveFileName(self, "Save a picture of the window", proposed, "PNG (*.png)")
        if path:
            self.picture().save(path)

    def choose_review(self) -> None:
        """Ask where to save the result and what the reader says of it."""
        if self.controller.case is None:
            return
        proposed = str(Path(self._folder()) / "ankle-review.json")
        path, _ = QFileDialog.getSaveFileName(self, "Save result and review", proposed, "JSON (*.json)")
        if path:
            self.controller.reviewing.save(self.controller.analysis, path)

    # ---------------------------------------------------------------------------------------------------------------- closing
    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop all work, wait for it, free VTK; what the reader set is remembered."""
        self.hide()
        size = (self.width(), self.height())
        if not self.isMaximized():
            self.settings = replace(self.settings, size=size)
        settings.save(self.settings)
        self.held_keys.stop()
        with contextlib.suppress(RuntimeError):  # closed twice
            QApplication.instance().focusChanged.disconnect(self._on_focus)
        self.controller.close()
        wait_for(self.pane3d.jobs)
        self.pane3d.shut()
        event.accept()
