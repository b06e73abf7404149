"""The 3D pane's header: its name, a button for each standard view, and what else the pane puts there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from ankleviewer.ui.look import theme
from ankleviewer.ui.words.translate import noop, tr

VIEW_TIPS = {
    "L": noop("From the left"),
    "R": noop("From the right"),
    "A": noop("From the front"),
    "P": noop("From behind"),
    "S": noop("From above (right side on screen right)"),
    "I": noop("From the feet"),
}
_HEIGHT = 20
_BUTTON = "padding: 0; font-size: 11px; min-width: 13px; max-width: 20px; min-height: 16px; max-height: 16px;"


def header(parent: QWidget, look_from: Callable[[str], None], *last: QWidget) -> QWidget:
    """A bar whose buttons call `look_from` with the name of a standard view (a key of VIEW_TIPS); `last` stands at its end."""
    bar = QWidget(parent)
    bar.setObjectName("panel")
    bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    bar.setFixedHeight(_HEIGHT)
    row = QHBoxLayout(bar)
    row.setContentsMargins(0, 0, 4, 0)
    row.setSpacing(2)
    tab = QLabel("3D")
    tab.setStyleSheet(f"background: {theme.PLANE['3d']}; color: #0b0d10; font-size: 11px; font-weight: 700; padding: 0 8px;")
    tab.setFixedHeight(_HEIGHT)
    tab.setMinimumWidth(tab.sizeHint().width())
    row.addWidget(tab)
    row.addStretch(1)
    for name, tip in VIEW_TIPS.items():
        button = QToolButton()
        button.setText(name)
        shift = QKeySequence(f"Shift+{name}").toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{tr(tip)}  ({shift})")
        button.setAccessibleName(tr("3D view: {view}", view=tr(tip)))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setStyleSheet(_BUTTON)
        button.clicked.connect(lambda _checked=False, view=name: look_from(view))
        row.addWidget(button, 100)  # as wide as may be before the stretch has any, and narrower in a narrow pane
    for widget in last:
        row.addWidget(widget)
    return bar
