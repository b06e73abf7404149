"""Dialogs of the Help menu: keys and mouse, and what the program is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QGridLayout, QScrollArea, QStyle, QVBoxLayout, QWidget

from ankleviewer import __version__
from ankleviewer.core.display.mouse import lines, profile_of
from ankleviewer.ui.keyboard.keymap import Keymap
from ankleviewer.ui.keyboard.keys import TOOL
from ankleviewer.ui.keyboard.keys_editor import shown
from ankleviewer.ui.keyboard.mouse_menu import PROPERTY
from ankleviewer.ui.look.dialogs import lasts
from ankleviewer.ui.look.parts import label, rule
from ankleviewer.ui.words.translate import noop, said, tr
from ankleviewer.ui.words.wording import research_line

_FRAME = 40  # px that a window's title bar and frame may take

KEYS = noop(
    (
        ("Wheel, Up, Down", "one slice"),
        ("PgUp, PgDn", "five slices"),
        ("Home, End", "first, last slice"),
        ("Shift + move", "crosshair follows in every view"),
        ("Double-click", "one view fills the window, and back"),
        ("1 to 6", "bone, bone sharp, bone narrow, soft tissue, full range, model input"),
        ("N, Shift+N", "next, previous finding"),
        ("A, R", "accept, reject the selected finding; again: take it back"),
        ("E", "edit the box of the selected finding; Ctrl + arrows move it, with Shift its right and lower edge"),
        ("M", "mark a fracture that was missed, at the crosshair"),
        ("7, 8, 9", "your own reading: fracture, no fracture, unsure; again: take it back"),
        ("I, J, H", "measure a distance, an angle, a region (HU)"),
        ("Alt + 1 to 4", "guided: step-off, posterior fragment, medial clear space, tibiofibular"),
        ("Click, Enter", "while measuring: set a point, at the crosshair; Backspace: one back; Esc: end"),
        ("Ctrl + arrows", "crosshair one pixel within its slice; with Shift five"),
        ("Drag a point, Del", "change a measure, remove the selected one"),
        ("Ctrl+Z, Ctrl+Shift+Z", "undo, redo"),
        ("Space (hold)", "hide everything that comes from the model"),
        ("G, B, O", "heat map, boxes, outline or fill"),
        ("C", "the map as coarse as the paper's, and back"),
        ("[ and ]", "threshold of the heat map, slices and 3D"),
        ("F, Shift+F", "fit the ankle, the whole scan"),
        ("D, Shift+D", "oblique planes and back; reset to the scan's own"),
        ("Drag the end of a crosshair line", "turn the two other planes; by key: Alt+Left, Alt+Right"),
        ("V", "mortise view: along the tibia, through both malleoli"),
        ("S, Alt+S", "slab: next thickness, next mode (MIP, MinIP, mean)"),
        ("L", "lightbox of the view last used; in it Left, Right: step, + and -: size"),
        ("K", "both ankles side by side"),
        ("X, T", "crosshair, corner text"),
        ("Shift + L R A P S I", "3D standard views; a click on bone takes the slices there"),
        ("Shift+V, Shift+X, Shift+K", "3D: volume rendering, without the foot, without cast and splint"),
        ("Shift+Q", "3D: slice planes off, as frames, with pictures"),
        ("Shift+C, Shift+Z", "3D: crop box, reset it"),
        ("Shift+T, Shift+B", "3D: spin; the box from three sides"),
        ("F5", "analyse"),
        ("Esc", "end: tool, box, turning, analysis, message, a view that fills the window"),
        ("F9", "result column"),
        ("P", "hide patient and file names, also in pictures"),
        ("Ctrl+O, Ctrl+Shift+O, Ctrl+E", "open a file, a folder, another series of this folder"),
        ("Ctrl+R, Ctrl+Shift+R, Ctrl+P", "save report, results for the PACS, picture"),
        ("Ctrl+S, Ctrl+Shift+S", "save result and review, session"),
        ("Ctrl+C, Ctrl+Shift+C", "copy a picture of the view, of the window"),
    )
)


_AROUND = 160  # px beside the columns: gaps, margins, a scroll bar, the window's frame


def keys_dialog(window: QWidget) -> QDialog:
    """All keys and mouse gestures, in two columns; the reader's own keys below."""
    dialog = QDialog(window)
    dialog.setWindowTitle(tr("Keys and mouse"))
    keymap: Keymap | None = getattr(window, "keymap", None)
    held = shown(keymap.keys(TOOL)) if keymap is not None else "W"
    rows = [(said(keys), said(what)) for keys, what in lines(profile_of(window.property(PROPERTY)), held)]
    rows += [(tr(keys), tr(what)) for keys, what in KEYS]
    grid = QGridLayout()
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(2, 12)
    half = (len(rows) + 1) // 2
    names = label("").fontMetrics()
    beside = 2 * max(names.horizontalAdvance(keys) for keys, _ in rows) + _AROUND
    widest = min(460, max(160, (window.screen().availableGeometry().width() - beside) // 2))  # both columns fit the screen
    for n, (keys, what) in enumerate(rows):
        row, column = n % half, 3 * (n // half)
        grid.addWidget(label(keys), row, column)
        text = label(what, "secondary", wrap=True)
        text.setFixedWidth(widest)
        text.setParent(dialog)
        text.ensurePolished()  # the theme's font, before its lines are counted
        text.setMinimumHeight(text.heightForWidth(widest))
        grid.addWidget(text, row, column + 1)
    own = keymap.own() if keymap is not None else {}
    if keymap is not None and own:
        changed = ",  ".join(f"{keymap.title(name)}: {shown(list(keys)) or tr('no key')}" for name, keys in own.items())
        grid.addWidget(label(tr("Your own keys"), "heading"), half, 0)
        grid.addWidget(label(changed, wrap=True), half, 1, 1, 4)
    lasts(dialog, lambda other, show: show(keys_dialog(other)))
    return _finish(dialog, grid)


def about_dialog(parent: QWidget) -> QDialog:
    """What the program is and is not."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("About AnkleViewer"))
    grid = QGridLayout()
    grid.setVerticalSpacing(12)
    lines = (
        f"AnkleViewer {__version__}",
        research_line(),
        tr("Shows whether a 3D network sees a fracture in an ankle CT, and where it looked."),
        tr("The heat map shows what moved the network's answer; it is no outline of a fracture, and it is coarse."),
        tr("The models that come with the program learned from simulated scans; their accuracy in patients is not known."),
        tr("Slices are in the radiological convention: right on screen left; axial slices seen from the feet."),
        tr("Scans stay on this machine; nothing is sent anywhere."),
    )
    for row, text in enumerate(lines):
        line = label(text, "" if row == 0 else "secondary", wrap=True)
        line.setMinimumWidth(420)
        grid.addWidget(line, row, 0)
    lasts(dialog, lambda other, show: show(about_dialog(other)))
    return _finish(dialog, grid)


def _finish(dialog: QDialog, grid: QGridLayout) -> QDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(20, 18, 20, 14)
    column.setSpacing(12)
    inner = QWidget()
    inner.setObjectName("panel")
    grid.setContentsMargins(0, 0, 0, 0)
    inner.setLayout(grid)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(inner)
    column.addWidget(scroll, 1)
    column.addWidget(rule())
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    _fit(dialog, scroll, inner)
    return dialog


def _fit(dialog: QDialog, scroll: QScrollArea, inner: QWidget) -> None:
    """All of it without scrolling where the screen has room; else as much as it has, with the buttons below."""
    dialog.ensurePolished()
    screen = dialog.screen().availableGeometry()
    width = inner.sizeHint().width()
    height = max(inner.sizeHint().height(), inner.heightForWidth(width))
    rest = dialog.sizeHint() - scroll.sizeHint()
    room = screen.height() - rest.height() - _FRAME
    if height > room:
        bar = dialog.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, scroll.verticalScrollBar())
        inner.setContentsMargins(0, 0, bar, 0)  # as wide a gap before it
        width += 2 * bar
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the keyboard scrolls it
    size = QSize(min(width, screen.width() - rest.width()), min(height, room))
    scroll.setMinimumSize(size)
    dialog.resize(size + rest)
