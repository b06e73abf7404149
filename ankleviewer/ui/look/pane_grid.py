"""PaneGrid: the four views side by side, or one view that fills their place."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

PLACES = {"axial": (0, 0), "coronal": (0, 1), "sagittal": (1, 0), "3d": (1, 1)}


class PaneGrid(QWidget):
    """Holds views by name, of which those of PLACES stand in the grid; `lay` chooses."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._views: dict[str, QWidget] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)

    def hold(self, views: Mapping[str, QWidget]) -> None:
        """Take these views, and show those of the grid."""
        self._views = dict(views)
        self.lay("grid")

    def lay(self, layout: str, focus: str = "") -> None:
        """Show the grid, or the view of that name alone.

        Args:
            focus: the view of the grid that gets the keyboard, as a view that is alone does; "": nobody asked for another layout.
        """
        alone = layout != "grid"
        shown = [layout] if alone else list(PLACES)
        for widget in self._views.values():
            self._grid.removeWidget(widget)
        for name in shown:
            self._grid.addWidget(self._views[name], *((0, 0) if alone else PLACES[name]))
            self._views[name].show()
        if focus:  # before the others are hidden: Qt would hand the keyboard to any pane, which then counts as the one last used
            self._views[layout if alone else focus].setFocus()
        for name, widget in self._views.items():
            if name not in shown:
                widget.hide()
        for n in range(2):
            self._grid.setColumnStretch(n, 1 if not alone or n == 0 else 0)
            self._grid.setRowStretch(n, 1 if not alone or n == 0 else 0)
