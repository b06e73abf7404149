"""Dialogs of the Help menu: keys and mouse, and what the program is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from ankleviewer import DISCLAIMER, __version__
from ankleviewer.ui.parts import label, rule

KEYS = (
    ("Wheel, Up, Down", "one slice"),
    ("PgUp, PgDn", "five slices"),
    ("Home, End", "first, last slice"),
    ("Left drag", "scroll; with W held: window and level"),
    ("Ctrl + wheel, right drag", "zoom"),
    ("Middle drag", "pan"),
    ("Shift + move", "crosshair follows in every view"),
    ("Double-click", "one view fills the window, and back"),
    ("1 to 6", "bone, bone sharp, bone narrow, soft tissue, full range, model input"),
    ("N, Shift+N", "next, previous finding"),
    ("A, R", "accept, reject the selected finding; again: take it back"),
    ("M", "mark a fracture that was missed, at the crosshair"),
    ("Ctrl+Z, Ctrl+Shift+Z", "undo, redo"),
    ("Space (hold)", "hide everything that comes from the model"),
    ("G, B, O", "heat map, boxes, outline or fill"),
    ("C", "the map as coarse as the paper's, and back"),
    ("[ and ]", "threshold of the heat map, slices and 3D"),
    ("F, Shift+F", "fit the ankle, the whole scan"),
    ("X, T", "crosshair, corner text"),
    ("Shift + L R A P S I", "3D standard views; a click on bone takes the slices there"),
    ("Shift+V, Shift+D", "3D: volume rendering, without the foot"),
    ("Shift+Q", "3D: slice planes off, as frames, with pictures"),
    ("Shift+C, Ctrl+Shift+C", "3D: crop box, reset it"),
    ("Shift+T, Shift+B", "3D: spin; the box from three sides"),
    ("F5, Esc", "analyse, cancel"),
    ("F9", "result column"),
)


def keys_dialog(parent: QWidget) -> QDialog:
    """All keys and mouse gestures."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("Keys and mouse")
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(6)
    for row, (keys, what) in enumerate(KEYS):
        grid.addWidget(label(keys), row, 0)
        grid.addWidget(label(what, "secondary"), row, 1)
    return _finish(dialog, grid)


def about_dialog(parent: QWidget) -> QDialog:
    """What the program is and is not."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("About AnkleViewer")
    grid = QGridLayout()
    lines = (
        f"AnkleViewer {__version__}",
        DISCLAIMER + ".",
        "Shows whether a 3D network sees a fracture in an ankle CT, and where it looked.",
        "The heat map shows what moved the network's answer; it is no outline of a fracture, and it is coarse.",
        "Slices are in the radiological convention: right on screen left; axial slices seen from the feet.",
        "Scans stay on this machine; nothing is sent anywhere.",
    )
    for row, text in enumerate(lines):
        line = label(text, "" if row == 0 else "secondary", wrap=True)
        line.setMinimumWidth(420)
        grid.addWidget(line, row, 0)
    return _finish(dialog, grid)


def _finish(dialog: QDialog, grid: QGridLayout) -> QDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(20, 18, 20, 14)
    column.setSpacing(12)
    column.addLayout(grid)
    column.addWidget(rule())
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    return dialog
