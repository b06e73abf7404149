"""FindingsList: one row for each box; a click takes every view there."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from ankleviewer.core.viewstate import ViewState
from ankleviewer.ui import theme
from ankleviewer.ui.controller import CaseController
from ankleviewer.ui.parts import label
from ankleviewer.ui.wording import box_lines


class FindingRow(QFrame):
    """Number, share, and the centre in three frames of reference, each named."""

    def __init__(self, controller: CaseController, index: int, box: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller, self.index = controller, index
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        model, voxel, mm = box_lines(box)
        self.setAccessibleName(f"Finding {index + 1}, share {box.score:.2f}, centre {mm}")
        self.setToolTip("Show this place in every view. Share: this box's part of the whole heat map, not a probability.")
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 7, 10, 7)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        title = label(f"Finding {index + 1}")
        title.setFont(theme.font(bold=True))
        title.setStyleSheet("font-weight: 600;")
        share = label(f"share {box.score:.2f}", "secondary")
        grid.addWidget(title, 0, 0)
        grid.addWidget(share, 0, 1, Qt.AlignmentFlag.AlignRight)
        for row, (name, value) in enumerate((("Model grid", model), ("Scan voxel", voxel), ("Position, mm", mm)), start=1):
            grid.addWidget(label(name, "secondary"), row, 0)
            text = label(value)
            text.setStyleSheet("font-size: 12px;")
            grid.addWidget(text, row, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(1, 1)
        self.mark(False)

    def mark(self, selected: bool) -> None:
        """Selected rows carry the box's colour at the left edge."""
        edge, ground = (theme.BOX, "#23262c") if selected else ("transparent", theme.PANEL)
        self.setStyleSheet(
            f"FindingRow {{ border: 1px solid {theme.LINE}; border-left: 3px solid {edge if selected else theme.LINE};"
            f" border-radius: 4px; background: {ground}; }} FindingRow:focus {{ border-color: {theme.FOCUS}; }}"
            f" FindingRow:hover {{ background: #262a31; }}"
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.controller.go_to_finding(self.index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter: go there."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.controller.go_to_finding(self.index)
        else:
            super().keyPressEvent(event)


class FindingsList(QWidget):
    """All findings of the answer shown."""

    def __init__(self, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self.rows: list[FindingRow] = []
        self._boxes: tuple[Any, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        controller.view.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Rebuild the rows if the boxes are others."""
        if self._boxes is not self.controller.boxes:
            self._boxes = self.controller.boxes
            for row in self.rows:
                self._column.removeWidget(row)
                row.deleteLater()
            self.rows = [FindingRow(self.controller, n, box) for n, box in enumerate(self._boxes)]
            for row in self.rows:
                self._column.addWidget(row)
        self._mark()

    def _on_changed(self, old: ViewState, new: ViewState) -> None:
        if old.selected != new.selected:
            self._mark()

    def _mark(self) -> None:
        for row in self.rows:
            row.mark(row.index == self.controller.view.state.selected)
