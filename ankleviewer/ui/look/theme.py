"""Colours by role, fonts and the style sheet. No widget lives here.

The constants are the colours of the views, which are black in every theme. What stands around the views takes its colours from
`now()`, the scheme in use: dark or light.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

GROUND = "#0f1114"
PANE = "#000000"
PANEL = "#17191d"
RAISED = "#20242a"
LINE = "#2a2e35"
TEXT = "#e6e8eb"
SECONDARY = "#9aa3ad"
BOX = "#ff9f1c"  # the paper's orange
READER = "#6ee7ff"  # what the reader marked: neither a model's colour nor a plane's
WARNING = "#ffd166"
REFUSAL = "#ff7b72"
HEAT_LINE = "#f2ea69"  # bright end of the heat map's colours
FOCUS = "#7fb2ff"

# Okabe-Ito hues, told apart by colour-blind readers; each tab also carries its plane's name.
PLANE = {"axial": "#56b4e9", "coronal": "#3ecf9b", "sagittal": "#d98cc3", "3d": "#9aa3ad"}

Mode = Literal["system", "dark", "light"]
MODES: tuple[Mode, ...] = ("system", "dark", "light")


@dataclass(frozen=True)
class Scheme:
    """Colours around the views, by role.

    Attributes:
        ground, panel, raised, line: from the back to the front, and the lines between.
        text, secondary, disabled: of text; warning, refusal, focus, box, reader: text or line with a meaning.
        hover, pressed, chosen, chosen_line: of buttons; row, row_hover: of the selected and the touched finding.
        notice: ground of a refusal; warning_line, refusal_line: edges of chips; thumb: of scroll bars.
    """

    name: str
    ground: str
    panel: str
    raised: str
    line: str
    text: str
    secondary: str
    disabled: str
    warning: str
    refusal: str
    focus: str
    box: str
    reader: str
    hover: str
    pressed: str
    chosen: str
    chosen_hover: str
    chosen_line: str
    row: str
    row_hover: str
    notice: str
    warning_line: str
    refusal_line: str
    thumb: str


DARK = Scheme(
    "dark", ground=GROUND, panel=PANEL, raised=RAISED, line=LINE, text=TEXT, secondary=SECONDARY, disabled="#6b737d",
    warning=WARNING, refusal=REFUSAL, focus=FOCUS, box=BOX, reader=READER, hover="#2a3038", pressed="#343b45", chosen="#31517d",
    chosen_hover="#3a6094", chosen_line="#4a74ad", row="#23262c", row_hover="#262a31", notice="#2b1d1f", warning_line="#6b5a2e",
    refusal_line="#7a3f3b", thumb="#3a4049",
)  # fmt: skip
LIGHT = Scheme(
    "light", ground="#dfe3e8", panel="#f4f6f8", raised="#ffffff", line="#c9d0d8", text="#14171c", secondary="#4d5763",
    disabled="#8d96a1", warning="#6e4a00", refusal="#a3261d", focus="#1c5bb8", box="#8f4700", reader="#00626f", hover="#e9edf2",
    pressed="#d8dee6", chosen="#cfe0f6", chosen_hover="#bcd3f1", chosen_line="#1c5bb8", row="#e4ebf4", row_hover="#e9edf2",
    notice="#fbe6e4", warning_line="#c9a24a", refusal_line="#d48a83", thumb="#b0b8c2",
)  # fmt: skip

PANEL_PX = 13
PANE_PX = 11


def font(px: int = PANEL_PX, bold: bool = False) -> QFont:
    """The system's font at a pixel size (device-independent), figures of equal width."""
    made = QFont(QApplication.font())
    made.setPixelSize(px)
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def colour(role: str, alpha: int = 255) -> QColor:
    """QColor of a hex role with an alpha."""
    made = QColor(role)
    made.setAlpha(alpha)
    return made


_in_use = DARK


def now() -> Scheme:
    """The scheme in use."""
    return _in_use


def scheme_of(mode: str) -> Scheme:
    """The scheme of a mode; "system" asks the desktop, which may not say: then dark, as reading rooms are."""
    if mode in ("dark", "light"):
        return LIGHT if mode == "light" else DARK
    wished = QGuiApplication.styleHints().colorScheme()
    return LIGHT if wished == Qt.ColorScheme.Light else DARK


def apply(app: QApplication, mode: str = "system") -> Scheme:
    """Dress the application: Fusion, palette and style sheet of a mode. Widgets that paint themselves ask `now()`.

    An application that is dressed so already is left alone: Qt would go through every widget there is.
    """
    global _in_use  # noqa: PLW0603 - one application, one dress
    made = _in_use = scheme_of(mode)
    colours, text, letters = palette(made), sheet(made), font()
    if app.styleSheet() != text or app.palette() != colours or app.font() != letters:
        app.setStyle("Fusion")
        app.setPalette(colours)
        app.setFont(letters)
        app.setStyleSheet(text)
    return made


def palette(made: Scheme) -> QPalette:
    """The palette of a scheme."""
    colours = QPalette()
    for role, value in (
        (QPalette.ColorRole.Window, made.ground),
        (QPalette.ColorRole.WindowText, made.text),
        (QPalette.ColorRole.Base, made.panel),
        (QPalette.ColorRole.AlternateBase, made.raised),
        (QPalette.ColorRole.Text, made.text),
        (QPalette.ColorRole.Button, made.raised),
        (QPalette.ColorRole.ButtonText, made.text),
        (QPalette.ColorRole.ToolTipBase, made.raised),
        (QPalette.ColorRole.ToolTipText, made.text),
        (QPalette.ColorRole.PlaceholderText, made.secondary),
        (QPalette.ColorRole.Highlight, made.chosen),
        (QPalette.ColorRole.HighlightedText, made.text),
        (QPalette.ColorRole.Link, made.focus),
    ):
        colours.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        colours.setColor(QPalette.ColorGroup.Disabled, role, QColor(made.disabled))
    return colours


def sheet(s: Scheme) -> str:
    """The style sheet of a scheme."""
    return f"""
QWidget {{ color: {s.text}; font-size: {PANEL_PX}px; }}
QMainWindow, QWidget#ground {{ background: {s.ground}; }}
QWidget#panel {{ background: {s.panel}; }}
QScrollArea, QScrollArea > QWidget > QWidget#panel {{ background: {s.panel}; border: none; }}
QLabel {{ background: transparent; }}
QLabel#veil {{ background: {s.panel}; color: {s.secondary}; font-size: 12px; padding: 16px; }}
QLabel#secondary {{ color: {s.secondary}; font-size: 12px; }}
QLabel#warning {{ color: {s.warning}; font-size: 12px; }}
QLabel#refusal {{ color: {s.refusal}; font-size: 12px; }}
QLabel#heading {{ color: {s.secondary}; font-size: 11px; font-weight: 600; }}
QLabel#badge {{ color: {s.warning}; border: 1px solid {s.warning}; border-radius: 4px; padding: 1px 6px; font-size: 11px; }}
QLabel#call {{ font-size: 18px; font-weight: 600; }}
QLabel#number {{ font-size: 18px; font-weight: 600; }}
QFrame#rule {{ background: {s.line}; max-height: 1px; min-height: 1px; border: none; }}
QFrame#notice {{ background: {s.notice}; border: none; border-left: 4px solid {s.refusal}; }}
QFrame#popup {{ background: {s.raised}; border: 1px solid {s.line}; border-radius: 6px; }}
QFrame#tool {{ border: 1px solid {s.reader}; border-radius: 4px; }}
QFrame#measure {{ border: 1px solid {s.line}; border-left: 3px solid {s.line}; border-radius: 4px; }}
QFrame#measure[selected="true"] {{ border-left: 3px solid {s.reader}; background: {s.row}; }}
QLabel#live {{ color: {s.reader}; font-weight: 600; }}
QLabel#strong {{ font-weight: 600; }}
QMenuBar {{ background: {s.panel}; border-bottom: 1px solid {s.line}; padding: 2px 4px; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {s.raised}; }}
QMenu {{ background: {s.raised}; border: 1px solid {s.line}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: {s.chosen}; }}
QMenu::item:disabled {{ color: {s.disabled}; }}
QMenu::separator {{ height: 1px; background: {s.line}; margin: 4px 8px; }}
QPushButton, QToolButton {{ background: {s.raised}; border: 1px solid {s.line}; border-radius: 5px; padding: 4px 10px; }}
QPushButton:hover, QToolButton:hover {{ background: {s.hover}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus {{ border: 1px solid {s.focus}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {s.pressed}; }}
QPushButton:checked, QToolButton:checked {{ background: {s.chosen}; border: 1px solid {s.chosen_line}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {s.disabled}; }}
QPushButton#primary {{ background: {s.chosen}; border: 1px solid {s.chosen_line}; padding: 7px 16px; }}
QPushButton#primary:hover {{ background: {s.chosen_hover}; }}
QPushButton#chip {{ border-radius: 9px; padding: 1px 9px; font-size: 11px; min-height: 16px; }}
QPushButton#chip[level="warning"] {{ color: {s.warning}; border: 1px solid {s.warning_line}; }}
QPushButton#chip[level="refusal"] {{ color: {s.refusal}; border: 1px solid {s.refusal_line}; }}
QPushButton#link {{ background: transparent; border: 1px solid transparent; color: {s.focus}; }}
QPushButton#link {{ padding: 2px 4px; text-align: left; }}
QPushButton#link:hover {{ text-decoration: underline; }}
QPushButton#link:focus {{ border: 1px solid {s.focus}; }}
QComboBox {{ background: {s.raised}; border: 1px solid {s.line}; border-radius: 5px; padding: 4px 8px; min-height: 18px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox QAbstractItemView {{ background: {s.raised}; border: 1px solid {s.line}; selection-background-color: {s.chosen}; }}
QProgressBar {{ background: {s.line}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
QProgressBar::chunk {{ background: {s.focus}; border-radius: 2px; }}
QToolTip {{ background: {s.raised}; color: {s.text}; border: 1px solid {s.line}; padding: 4px; }}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {s.thumb}; border-radius: 4px; min-height: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QSplitter::handle {{ background: {s.line}; }}
QSlider::groove:horizontal {{ height: 4px; background: {s.line}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {s.text}; width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; }}
QToolButton[cut="true"] {{ color: {s.warning}; }}
QSlider::handle:horizontal:disabled {{ background: {s.line}; }}
QFileDialog QToolButton {{ padding: 2px; }}
QDialog {{ background: {s.panel}; }}
QLabel#toast {{ background: {s.raised}; border: 1px solid {s.line}; border-radius: 5px; padding: 2px 12px; font-size: 12px; }}
QFrame#target {{ border: 1px dashed {s.thumb}; border-radius: 10px; background: {s.panel}; }}
QFrame#target[hot="true"] {{ border: 1px dashed {s.focus}; }}
QFrame#missed {{ border: 1px solid {s.line}; border-left: 3px solid {s.reader}; border-radius: 4px; }}
FindingRow {{ border: 1px solid {s.line}; border-left: 3px solid {s.line}; border-radius: 4px; background: {s.panel}; }}
FindingRow[selected="true"] {{ border-left-color: {s.box}; background: {s.row}; }}
FindingRow:focus {{ border-color: {s.focus}; }}
FindingRow:hover {{ background: {s.row_hover}; }}
QLabel#shape {{ font-size: 18px; color: {s.text}; }}
QLabel#shape[marked="true"] {{ color: {s.box}; }}
QHeaderView::section {{ background: {s.panel}; color: {s.secondary}; border: none; padding: 5px 8px; }}
QHeaderView::section {{ border-bottom: 1px solid {s.line}; }}
QTableWidget {{ background: {s.panel}; border: 1px solid {s.line}; gridline-color: {s.line}; }}
QTableWidget::item {{ padding: 0 5px; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QTableWidget::item:selected {{ background: {s.chosen}; color: {s.text}; }}
QLineEdit {{ background: {s.raised}; border: 1px solid {s.line}; border-radius: 4px; padding: 3px 6px; }}
QLineEdit:focus {{ border: 1px solid {s.focus}; }}
QPushButton:checked:focus, QToolButton:checked:focus, QPushButton#primary:focus {{ border: 2px solid {s.text}; }}
QPushButton#chip[level="warning"]:focus, QPushButton#chip[level="refusal"]:focus {{ border: 2px solid {s.focus}; }}
QSlider::handle:horizontal:focus {{ background: {s.focus}; }}
QSlider:focus {{ border: 1px solid {s.focus}; border-radius: 4px; }}
QScrollArea#column:focus {{ border: 1px solid {s.focus}; }}
"""


def restyle(widget: QWidget) -> None:
    """Let the style sheet look at a widget's properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
