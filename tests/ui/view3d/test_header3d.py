"""The 3D pane's header: a button for each standard view, with its key."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from ankleviewer.ui.view3d.header3d import VIEW_TIPS, header


def test_each_button_turns_to_its_view(qapp) -> None:
    asked: list[str] = []
    parent, last = QWidget(), QLabel("last")
    bar = header(parent, asked.append, last)
    buttons = bar.findChildren(QToolButton)
    for button in buttons:
        button.click()
    assert asked == list(VIEW_TIPS) == [b.text() for b in buttons]
    assert all(f"({'Shift+'}{b.text()})" in b.toolTip() and b.accessibleName() for b in buttons)
    assert bar.layout().itemAt(bar.layout().count() - 1).widget() is last
    parent.deleteLater()
