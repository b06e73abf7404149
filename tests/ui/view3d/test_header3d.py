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


def test_in_a_narrow_pane_the_buttons_leave_the_name_in_sight(qapp) -> None:
    """As wide as the pane is in a window of 640 pixels."""
    parent, last = QWidget(), QToolButton()
    last.setFixedWidth(22)
    bar = header(parent, str, last)
    bar.setMinimumWidth(0)
    widths = []
    for width in (190, 480):
        parent.resize(width, 40)
        bar.resize(width, bar.height())
        bar.layout().activate()
        name, buttons = bar.findChild(QLabel), bar.findChildren(QToolButton)
        assert name.geometry().right() < buttons[0].geometry().left()
        assert buttons[-1].geometry().right() < width
        widths.append(buttons[0].width())
    assert widths[0] < widths[1]
    parent.deleteLater()
