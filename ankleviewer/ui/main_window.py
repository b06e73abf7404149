"""MainWindow: lays out the panes, the result column and the bottom line, and takes files that are opened or dropped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ankleviewer import DISCLAIMER
from ankleviewer.core.display.savedview import SUFFIX
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.imaging.planes import PLANES
from ankleviewer.ui import actions
from ankleviewer.ui.appearance import Appearance
from ankleviewer.ui.background import repaint, screen
from ankleviewer.ui.background.jobs import wait_for
from ankleviewer.ui.background.warming import Warming
from ankleviewer.ui.files import leaving
from ankleviewer.ui.files.exporting import Asked, Exporting, ask_place, digits_of
from ankleviewer.ui.files.keeping import Keeping
from ankleviewer.ui.files.privacy import Privacy
from ankleviewer.ui.files.series_opening import SeriesOpening
from ankleviewer.ui.files.session_files import SessionFiles
from ankleviewer.ui.keyboard.keymap import Keymap
from ankleviewer.ui.keyboard.keys import HeldKeys
from ankleviewer.ui.look.empty_page import EmptyPage
from ankleviewer.ui.look.notice_banner import NoticeBanner
from ankleviewer.ui.look.pane_grid import PaneGrid
from ankleviewer.ui.look.parts import MenuCorner
from ankleviewer.ui.look.toast import Toast
from ankleviewer.ui.marks.box_edit_mouse import BoxEditKeys, BoxEditMouse
from ankleviewer.ui.marks.measure_mouse import MeasureKeys, MeasureMouse
from ankleviewer.ui.marks.tile_marks import PaneMarks, TileMarks
from ankleviewer.ui.result import room
from ankleviewer.ui.result.bottom_line import BottomLine
from ankleviewer.ui.result.notice_place import NoticePlace
from ankleviewer.ui.result.result_panel import ResultPanel
from ankleviewer.ui.slices.compare import Compare
from ankleviewer.ui.slices.lightbox import Lightbox
from ankleviewer.ui.slices.mortise import MortiseView
from ankleviewer.ui.slices.slice_pane import SCROLL_KEYS, SlicePane
from ankleviewer.ui.state import settings
from ankleviewer.ui.state.backend import Backend
from ankleviewer.ui.state.box_editing import BoxEditing
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.state.legs import Legs
from ankleviewer.ui.state.model import ViewModel
from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.state.resting import Resting
from ankleviewer.ui.state.showing import input_of
from ankleviewer.ui.view3d.pane3d import Pane3D
from ankleviewer.ui.words.translate import said, tr
from ankleviewer.ui.words.wording import ankle_word, engine_text, spacing_text

TITLE = "AnkleViewer - " + DISCLAIMER[0].lower() + DISCLAIMER[1:]
SCAN_FILES = f"*.nii *.nii.gz *.dcm *.ima *.zip *{SUFFIX}"


def title() -> str:
    """The window's title: the research-use line in its language, and always as it stands on pictures and reports."""
    line = tr(DISCLAIMER)
    return TITLE if line == DISCLAIMER else f"AnkleViewer - {line} ({DISCLAIMER})"


class MainWindow(QMainWindow):
    """The one window of the program.

    Args:
        remembered: the settings of the window that this one takes the place of; None: as they lie on the disk.

    Signals:
        language_changed(): what is made from now on is in another language (`succession`).
    """

    language_changed = Signal()

    def __init__(
        self, backend: Backend | None = None, model: str | None = None, remembered: settings.Settings | None = None
    ) -> None:
        super().__init__()
        self.setWindowTitle(title())
        self.setAcceptDrops(True)
        self.settings = remembered or settings.load()
        self.sample = settings.sample_scan()
        self.view = ViewModel(self)
        self.view.preset(self.settings.preset)
        self.controller = CaseController(self.view, backend, model)
        self.controller.setParent(self)
        self.legs = Legs(self.controller, self)
        self.controller.measuring.leg_wanted.connect(self.legs.look)
        self.legs.known.connect(lambda _index: self.controller.measuring.changed.emit())
        self.mortise = MortiseView(self.controller, self.legs)
        self.last_pane = "axial"
        self.warming: Warming | None = None
        self.closed = False
        self.keeping = Keeping(self)
        self.appearance = Appearance(self)
        self.privacy = Privacy(self.settings.hide_patient, self)
        self.exporting = Exporting(self)
        self.session_files = SessionFiles(self)
        self.series = SeriesOpening(self)
        self._build()
        actions.build(self)
        self.keymap = Keymap(self, self.settings.keys)
        self.held_keys = HeldKeys(self, self.view)
        self.resize(QSize(*self.settings.size).boundedTo(self.screen().availableSize()))
        self.setMinimumSize(640, 360)
        screen.running().focusChanged.connect(self._on_focus)
        self.view.changed.connect(self._on_state)
        self.controller.changed.connect(self._refresh)
        self.resting = Resting(self.controller, self)
        self.controller.changing.connect(self._on_changing)
        self.controller.opened.connect(self._on_opened)
        self.privacy.changed.connect(self._on_privacy)
        self._refresh()

    def _build(self) -> None:
        self.panes = {plane: SlicePane(self.view, plane) for plane in PLANES}
        self.editing = BoxEditing(self.controller)
        for pane in self.panes.values():
            PaneMarks(pane, self.editing)
            MeasureMouse(pane, self.controller.measuring)
            BoxEditMouse(pane, self.editing)
        MeasureKeys(self, self.controller.measuring)
        BoxEditKeys(self, self.editing)
        self.pane3d = Pane3D(self.view)
        self.pane3d.busy = lambda: self.controller.phase in (Phase.READING, Phase.ANALYSING)
        self.pane3d.ankle = lambda: self.controller.ankle
        self.pane3d.edited = self.editing.edited
        self.editing.changed.connect(self.pane3d.draw_soon)
        self.grid = PaneGrid()
        lightbox, compare = Lightbox(self.view, self.grid), Compare(self.view, self.controller, self.grid)
        self.tiles: dict[str, QWidget] = {"lightbox": lightbox, "compare": compare}
        for tiles in (lightbox.tiles, compare):
            TileMarks(tiles, self.editing)
        self.grid.hold({**self.panes, "3d": self.pane3d, **self.tiles})
        sample = self.open_sample if self.sample is not None else None
        self.empty = EmptyPage(self.controller, self.choose_file, self.choose_folder, sample)
        self.empty.set_recent(self.settings.recent, self.privacy.hidden)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.grid)
        self.panel = ResultPanel(self.controller)
        self.bottom = BottomLine(self.controller)
        self.bottom.privacy = self.privacy
        self.toast = Toast(self.bottom, clear=self.bottom.disclaimer)
        for telling in (self.controller.reviewing.unseen, self.controller.told):
            telling.connect(self.toast.say)
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(1)
        middle.addWidget(self.pages, 1)
        middle.addWidget(self.panel)
        self.central = central = QWidget()
        central.setObjectName("ground")
        central.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        self.banner = NoticeBanner(self.controller)
        self.banner.hide_names = self.privacy.hidden
        column.addLayout(middle, 1)
        column.addWidget(self.bottom)
        self.notice_place = NoticePlace(self.controller, self.banner, self.panel, self.bottom, column)
        self.setCentralWidget(central)
        self.menu_corner = MenuCorner(self.menuBar())
        self.facts, self.engine = self.menu_corner.facts, self.menu_corner.engine

    # ------------------------------------------------------------------------------------------------------------- following
    def _on_state(self, old: ViewState, new: ViewState) -> None:
        if old.layout != new.layout:
            self.grid.lay(new.layout, focus=self.last_pane)
        if old.preset != new.preset and new.preset:
            self.keeping.keep(preset=new.preset)

    def _on_changing(self) -> None:
        if self.warming is not None:
            self.warming.give_way()  # already now: reading is over, and what waited for that would begin
        repaint.next_turn(self.central)  # values in this turn, pictures in the next: each takes up to 30 ms

    def _refresh(self) -> None:
        if self.warming is not None:
            self.warming.give_way()  # the panes are painted anew
        self.view.set_input(input_of(self.controller.models or (), self.view.state.model, self.view.input_hu))
        case = self.controller.case
        first = self.pages.currentIndex() == 0
        self.pages.setCurrentIndex(0 if case is None else 1)
        self.panel.setVisible(case is not None and self.settings.panel)
        self.notice_place.choose()
        if case is None:
            self.menu_corner.tell("")
            return
        if first:
            self.panes["axial"].setFocus()
        ankle = ankle_word(case.ankles, self.view.state.ankle) if self.controller.ankle is not None else ""
        spacing = spacing_text(case.scan.volume.grid.spacing)
        parts = [self.privacy.text(said(case.scan.series)[:48]), ankle, spacing]
        if not self.settings.panel:  # nothing else tells then that another scan is on its way, or an answer
            working = {Phase.READING: tr("Reading the scan"), Phase.ANALYSING: tr("Analysing")}
            parts.append(working.get(self.controller.phase, ""))
        answer = self.controller.answer
        engine = engine_text(answer.runtime.provider if answer is not None else None)
        path = case.scan.path
        name = self.privacy.text(Path(path).name)
        self.menu_corner.tell("   ".join(p for p in parts if p), engine, name, self.privacy.text(path))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The column leaves the pictures their share."""
        super().resizeEvent(event)
        if (width := room.width_in(event.size().width())) != self.panel.width():
            self.panel.fit(width)

    def _on_opened(self, path: str) -> None:
        self.settings = self.settings.with_recent(path)
        self.empty.set_recent(self.settings.recent, self.privacy.hidden)
        settings.save_soon(self.settings)

    def _on_privacy(self, hidden: bool) -> None:
        self.keeping.keep(hide_patient=hidden)
        self.empty.set_recent(self.settings.recent, hidden)
        self.banner.set_hide_names(hidden)
        self.bottom.refresh()
        self.panel.refresh()
        self._refresh()
        self.toast.say(tr("Patient and file names are hidden (P)") if hidden else tr("Patient and file names are shown (P)"))

    def warm(self) -> None:
        """Load in the background what the first scan will need; nothing once the window is closed and waits for no thread."""
        if self.closed:
            return
        self.warming = Warming(self.pane3d.early(), self.pane3d.warm(), self, hold=lambda: self.controller.phase is Phase.READING)
        self.warming.start()

    def settings_now(self) -> settings.Settings:
        """The settings with the window's size as it is, which is remembered at the end."""
        return self.settings if self.isMaximized() else replace(self.settings, size=(self.width(), self.height()))

    def tell_of_settings(self) -> None:
        """Say that the settings could not be read, where that is so; once, by whom starts the program."""
        if self.settings.unreadable:
            self.controller.notify(
                "SETTINGS_UNREADABLE", tr("The settings could not be read; the program starts with its own. The file is kept.")
            )

    def toggle_panel(self) -> None:
        """Show or hide the result column."""
        self.keeping.keep(panel=not self.settings.panel)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll keys that no widget took move the pane that had the keyboard last."""
        tiles = self.tiles.get(self.view.state.layout)
        if event.key() in SCROLL_KEYS and self.controller.case is not None:
            if tiles is not None:
                tiles.keyPressEvent(event)
                return
            self.panes[self.last_pane].keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def tile_layout(self, layout: str) -> None:
        """Show the lightbox or the comparison for the pane last used; again: back to the four views."""
        if self.view.state.layout == layout:
            self.view.update(layout="grid")
        elif self.controller.case is not None:
            self.view.update(layout=layout, tile_plane=self.last_pane)

    def cancel(self) -> None:
        """End one thing, the innermost first: tool, box, turning by the mouse, work, a notice, a view that fills the window."""
        grips = [pane.handles for pane in self.panes.values()]
        busy = self.controller.measuring.stop() or self.editing.stop() or any(grip.cancel() for grip in grips)
        if busy or self.controller.cancel():
            return
        if self.controller.notice is not None:
            self.controller.dismiss()
        else:
            self.view.update(layout="grid")

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if isinstance(new, SlicePane):
            self.last_pane = new.plane

    # --------------------------------------------------------------------------------------------------------------- opening
    def open(self, path: str, pick: str = "") -> None:
        """Open a scan (of several series that with the key `pick`), or a session with its scan."""
        if path.lower().endswith(SUFFIX):
            self.session_files.open(path)
        else:
            self.controller.open(path, pick)

    def choose_file(self) -> None:
        """Ask for a file."""
        path, _ = QFileDialog.getOpenFileName(
            self, tr("Open a scan"), self.start_folder(), f"{tr('Scans and sessions')} ({SCAN_FILES});;{tr('All files')} (*)"
        )
        if path:
            self.open(path)

    def choose_folder(self) -> None:
        """Ask for a folder of DICOM files."""
        path = QFileDialog.getExistingDirectory(self, tr("Open a folder of DICOM files"), self.start_folder())
        if path:
            self.open(path)

    def open_sample(self) -> None:
        """Open the scan that ships with the program."""
        if self.sample is not None:
            self.open(str(self.sample))

    def start_folder(self) -> str:
        """Where a file dialog starts; a folder's name may be a patient's."""
        named = self.settings.recent and not self.privacy.hidden
        return str(Path(self.settings.recent[0]).parent) if named else str(Path.home())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A local file or folder may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.empty.highlight(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """It went away again."""
        self.empty.highlight(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first local file or folder; no question asked, and of more it is said that they are not."""
        self.empty.highlight(False)
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.open(paths[0])
        if len(paths) > 1:
            # the scan "of" a file: one DICOM file stands for its whole series
            named = tr("One scan at a time: that of {name} is opened", name=Path(paths[0]).name)
            self.toast.say(self.privacy.text(named, tr("One scan at a time: the first is opened")))

    # --------------------------------------------------------------------------------------------------------------- pictures
    def picture(self) -> QImage:
        """The whole window as it is seen, 3D included, but for what may name a file, and with it the patient."""
        naming = {widget: not widget.isHidden() for widget in (self.menu_corner.name, self.toast.widget, self.empty.recent)}
        for widget in naming:
            widget.hide()
        self.banner.set_hide_names(True)
        pixmap = self.grab()
        self.banner.set_hide_names(self.privacy.hidden)
        for widget, seen in naming.items():
            widget.setVisible(seen)
        painter = QPainter(pixmap)
        if self.controller.case is not None:
            self.pane3d.paint_into(painter, self)
        painter.end()
        return pixmap.toImage()

    def choose_review(self) -> None:
        """Ask where to save the result and what the reader says of it."""
        controller = self.controller
        if controller.case is None:
            return
        asked = Asked.of(controller)
        path = ask_place(
            self, tr("Save result and review"), f"ankle-review{digits_of(controller.case)}.json", tr("JSON (*.json)"), ".json"
        )
        what = asked.newest(controller)
        if path and controller.reviewing.save(what.case, what.analysis, what.review, path):
            self.toast.say(tr("Result and review saved"))

    # ---------------------------------------------------------------------------------------------------------------- closing
    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop all work, wait for it, free VTK; what the reader set is remembered."""
        if event.spontaneous() and not self.closed and not leaving.may_close(self):
            event.ignore()
            return
        event.accept()
        if self.closed:
            return
        self.closed = True
        self.hide()
        self.settings = self.settings_now()
        settings.save(self.settings)
        self.held_keys.stop()
        screen.running().focusChanged.disconnect(self._on_focus)
        if self.warming is not None:
            self.warming.stop()
        self.resting.stop()
        self.controller.close()  # before what waits below lets an answer come in
        self.controller.reviewing.write_rest()
        self.exporting.close()
        wait_for([*self.pane3d.jobs, self.resting.job, self.legs.job, self.series.job])
        self.pane3d.shut()
