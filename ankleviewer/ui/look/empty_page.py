"""EmptyPage: what is there before a scan is open. Drop target, buttons, the sample, recent scans."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ankleviewer.core import paths
from ankleviewer.ui.look import theme
from ankleviewer.ui.look.parts import label
from ankleviewer.ui.look.progress_strip import ProgressStrip
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.words.translate import noop, tr

_INVITATION = noop("Drop an ankle CT here")


class EmptyPage(QWidget):
    """A calm page with one dashed target in the middle."""

    def __init__(
        self,
        controller: CaseController,
        open_file: Callable[[], None],
        open_folder: Callable[[], None],
        open_sample: Callable[[], None] | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.controller = controller
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.target = QFrame()
        self.target.setObjectName("target")
        self.target.setMaximumWidth(620)
        self.target.setMinimumWidth(420)
        column = QVBoxLayout(self.target)
        column.setContentsMargins(40, 36, 40, 32)
        column.setSpacing(14)
        self.title = label(tr(_INVITATION))
        self.title.setStyleSheet("font-size: 20px; font-weight: 600;")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint = label(tr("A NIfTI file (.nii, .nii.gz), a folder of DICOM files, or a ZIP of either"), "secondary")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self.buttons = []
        for text, act, primary in (
            (tr("Open file…"), open_file, True),
            (tr("Open folder…"), open_folder, False),
            (tr("Open the sample scan"), open_sample, False),
        ):
            if act is not None:
                button = QPushButton(text)
                if primary:
                    button.setObjectName("primary")
                else:
                    button.setStyleSheet("padding: 7px 16px;")
                button.clicked.connect(lambda _checked=False, call=act: call())
                row.addWidget(button)
                self.buttons.append(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(ProgressStrip(controller))
        self.recent_head = label(tr("Recent scans"), "heading")
        column.addSpacing(6)
        self.recent = QWidget()  # whole paths, which a picture of the window leaves out
        listed = QVBoxLayout(self.recent)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.setSpacing(column.spacing())
        listed.addWidget(self.recent_head)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        listed.addLayout(self._recent)
        column.addWidget(self.recent)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addWidget(self.target, 0, Qt.AlignmentFlag.AlignHCenter)
        stay = label(tr("Scans stay on this machine; nothing is sent anywhere."), "secondary")
        outer.addSpacing(10)
        outer.addWidget(stay, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)
        controller.changed.connect(self._follow)
        self.highlight(False)
        self.set_recent(())

    def _follow(self) -> None:
        reading = self.controller.phase is Phase.READING
        self.title.setText(tr("Reading the scan") if reading else tr(_INVITATION))
        for widget in (*self.buttons, self.hint):
            widget.setVisible(not reading)

    def highlight(self, on: bool) -> None:
        """A file hovers over the window."""
        self.target.setProperty("hot", on)
        theme.restyle(self.target)

    def set_recent(self, scans: tuple[str, ...], hidden: bool = False) -> None:
        """List the recent scans that still exist, newest first; hidden ones are only counted."""
        while (item := self._recent.takeAt(0)) is not None:
            if (before := item.widget()) is not None:
                before.deleteLater()
        there = [p for p in scans if paths.is_there(p)][:5]
        for number, path in enumerate(there, start=1):
            button = QPushButton()
            button.setObjectName("link")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setToolTip("" if hidden else path)
            shown = tr("Recent scan {number}", number=number) if hidden else path
            elided = button.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideMiddle, 500)
            button.setText(elided.replace("&", "&&"))  # a lone one would underline the next letter
            button.clicked.connect(lambda _checked=False, chosen=path: self.controller.open(chosen))
            self._recent.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.recent_head.setVisible(bool(there))
