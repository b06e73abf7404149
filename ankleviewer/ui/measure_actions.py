"""The Measure menu: every tool by name and key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from ankleviewer.core.reading.measure_tools import GUIDED, TOOLS
from ankleviewer.ui.words.translate import said, tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow


def build_measures(window: MainWindow, add: Callable[..., QAction]) -> None:
    """Fill the menu; `add` is what the other menus are filled with."""
    measuring = window.controller.measuring
    menu = window.menuBar().addMenu(tr("&Measure"))
    entries = []
    for tool in TOOLS:
        if tool is GUIDED[0]:
            menu.addSeparator()
        action = add(
            menu, tool.title, tool.key, lambda name=tool.name: measuring.start(name), checkable=True, shown=said(tool.title)
        )
        action.setToolTip(said(tool.about))
        entries.append((tool.name, action))
    menu.addSeparator()
    remove = add(menu, "Remove the selected measure", ("Del",), measuring.remove)

    def show() -> None:
        ready = window.view.scene is not None
        for name, action in entries:
            action.setChecked(measuring.tool is not None and measuring.tool.name == name)
            action.setEnabled(ready)
        remove.setEnabled(bool(measuring.selected))

    measuring.changed.connect(show)
    window.view.scene_changed.connect(show)
    show()
