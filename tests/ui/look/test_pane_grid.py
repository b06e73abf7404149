"""PaneGrid: four views, or one of any."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from ankleviewer.ui.look.pane_grid import PLACES, PaneGrid


def test_four_or_one(qtbot) -> None:
    grid = PaneGrid()
    qtbot.addWidget(grid)
    views = {name: QWidget(grid) for name in (*PLACES, "lightbox")}
    for view in views.values():
        view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    grid.hold(views)
    grid.resize(402, 302)
    grid.show()
    grid.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is grid)
    assert not views["lightbox"].isVisible()
    corners = {name: (views[name].x(), views[name].y()) for name in PLACES}
    assert corners == {"axial": (0, 0), "coronal": (202, 0), "sagittal": (0, 152), "3d": (202, 152)}
    for name in ("lightbox", "3d"):
        grid.lay(name, focus="sagittal")
        QApplication.processEvents()
        assert [n for n, view in views.items() if view.isVisible()] == [name] and views[name].size() == grid.size()
        assert QApplication.focusWidget() is views[name]
    grid.lay("grid", focus="sagittal")
    QApplication.processEvents()
    assert {n: (views[n].x(), views[n].y()) for n in PLACES} == corners and QApplication.focusWidget() is views["sagittal"]
