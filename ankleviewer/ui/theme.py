"""Colours by role, fonts and the style sheet. No widget lives here."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from ankleviewer.ui import lasting_none

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


def apply(app: QApplication) -> None:
    """Dress the application: Fusion, dark palette, style sheet."""
    lasting_none.keep()
    app.setStyle("Fusion")
    palette = QPalette()
    for role, value in (
        (QPalette.ColorRole.Window, GROUND),
        (QPalette.ColorRole.WindowText, TEXT),
        (QPalette.ColorRole.Base, PANEL),
        (QPalette.ColorRole.AlternateBase, RAISED),
        (QPalette.ColorRole.Text, TEXT),
        (QPalette.ColorRole.Button, RAISED),
        (QPalette.ColorRole.ButtonText, TEXT),
        (QPalette.ColorRole.ToolTipBase, RAISED),
        (QPalette.ColorRole.ToolTipText, TEXT),
        (QPalette.ColorRole.PlaceholderText, SECONDARY),
        (QPalette.ColorRole.Highlight, "#31517d"),
        (QPalette.ColorRole.HighlightedText, TEXT),
        (QPalette.ColorRole.Link, FOCUS),
    ):
        palette.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor("#6b737d"))
    app.setPalette(palette)
    app.setFont(font())
    app.setStyleSheet(SHEET)


SHEET = f"""
QWidget {{ color: {TEXT}; font-size: {PANEL_PX}px; }}
QMainWindow, QWidget#ground {{ background: {GROUND}; }}
QWidget#panel {{ background: {PANEL}; }}
QScrollArea, QScrollArea > QWidget > QWidget#panel {{ background: {PANEL}; border: none; }}
QLabel {{ background: transparent; }}
QLabel#secondary {{ color: {SECONDARY}; font-size: 12px; }}
QLabel#warning {{ color: {WARNING}; font-size: 12px; }}
QLabel#refusal {{ color: {REFUSAL}; font-size: 12px; }}
QLabel#heading {{ color: {SECONDARY}; font-size: 11px; font-weight: 600; }}
QLabel#badge {{ color: {WARNING}; border: 1px solid {WARNING}; border-radius: 4px; padding: 1px 6px; font-size: 11px; }}
QLabel#call {{ font-size: 18px; font-weight: 600; }}
QLabel#number {{ font-size: 18px; font-weight: 600; }}
QFrame#rule {{ background: {LINE}; max-height: 1px; min-height: 1px; border: none; }}
QFrame#notice {{ background: #2b1d1f; border: none; border-left: 4px solid {REFUSAL}; }}
QFrame#popup {{ background: {RAISED}; border: 1px solid {LINE}; border-radius: 6px; }}
QFrame#tool {{ border: 1px solid {READER}; border-radius: 4px; }}
QFrame#measure {{ border: 1px solid {LINE}; border-left: 3px solid {LINE}; border-radius: 4px; }}
QFrame#measure[selected="true"] {{ border-left: 3px solid {READER}; background: #23262c; }}
QLabel#live {{ color: {READER}; font-weight: 600; }}
QLabel#strong {{ font-weight: 600; }}
QMenuBar {{ background: {PANEL}; border-bottom: 1px solid {LINE}; padding: 2px 4px; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {RAISED}; }}
QMenu {{ background: {RAISED}; border: 1px solid {LINE}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: #31517d; }}
QMenu::item:disabled {{ color: #6b737d; }}
QMenu::separator {{ height: 1px; background: {LINE}; margin: 4px 8px; }}
QPushButton, QToolButton {{ background: {RAISED}; border: 1px solid {LINE}; border-radius: 5px; padding: 4px 10px; }}
QPushButton:hover, QToolButton:hover {{ background: #2a3038; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus {{ border: 1px solid {FOCUS}; }}
QPushButton:pressed, QToolButton:pressed {{ background: #343b45; }}
QPushButton:checked, QToolButton:checked {{ background: #31517d; border: 1px solid #4a74ad; }}
QPushButton:disabled, QToolButton:disabled {{ color: #6b737d; }}
QPushButton#primary {{ background: #31517d; border: 1px solid #4a74ad; padding: 7px 16px; }}
QPushButton#primary:hover {{ background: #3a6094; }}
QPushButton#chip {{ border-radius: 9px; padding: 1px 9px; font-size: 11px; min-height: 16px; }}
QPushButton#chip[level="warning"] {{ color: {WARNING}; border: 1px solid #6b5a2e; }}
QPushButton#chip[level="refusal"] {{ color: {REFUSAL}; border: 1px solid #7a3f3b; }}
QPushButton#link {{ background: transparent; border: 1px solid transparent; color: {FOCUS}; padding: 2px 4px; text-align: left; }}
QPushButton#link:hover {{ text-decoration: underline; }}
QPushButton#link:focus {{ border: 1px solid {FOCUS}; }}
QComboBox {{ background: {RAISED}; border: 1px solid {LINE}; border-radius: 5px; padding: 4px 8px; min-height: 18px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox QAbstractItemView {{ background: {RAISED}; border: 1px solid {LINE}; selection-background-color: #31517d; }}
QProgressBar {{ background: {LINE}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
QProgressBar::chunk {{ background: {FOCUS}; border-radius: 2px; }}
QToolTip {{ background: {RAISED}; color: {TEXT}; border: 1px solid {LINE}; padding: 4px; }}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar::handle:vertical {{ background: #3a4049; border-radius: 4px; min-height: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QSplitter::handle {{ background: {LINE}; }}
QSlider::groove:horizontal {{ height: 4px; background: {LINE}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {TEXT}; width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; }}
QDialog {{ background: {PANEL}; }}
"""
