"""Every text can be read on every ground it stands on: contrast at least 4.5 : 1 (WCAG 2.1, 1.4.3), in every theme."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QPushButton, QSlider, QVBoxLayout, QWidget

from ankleviewer.ui.look import theme


def luminance(role: str) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(role).getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [theme.DARK, theme.LIGHT], ids=lambda s: s.name)
@pytest.mark.parametrize("text", ["text", "secondary", "warning", "refusal", "box", "focus"])
def test_text_on_grounds(scheme: theme.Scheme, text: str) -> None:
    grounds = ["ground", "panel", "raised", "row", "row_hover", "hover"]
    grounds += ["notice"] if text in ("text", "refusal") else []
    grounds += ["chosen", "chosen_hover", "pressed"] if text == "text" else []
    for ground in grounds:
        assert contrast(getattr(scheme, text), getattr(scheme, ground)) >= 4.5, ground


@pytest.mark.parametrize("scheme", [theme.DARK, theme.LIGHT], ids=lambda s: s.name)
def test_lines_with_a_meaning(scheme: theme.Scheme) -> None:
    for role in ("box", "reader", "focus"):
        assert contrast(getattr(scheme, role), scheme.panel) >= 3.0


@pytest.mark.parametrize(
    "text", [theme.TEXT, theme.SECONDARY, theme.WARNING, theme.REFUSAL, theme.BOX, theme.READER, theme.FOCUS]
)
def test_text_on_the_black_views(text: str) -> None:
    assert contrast(text, theme.PANE) >= 4.5


@pytest.mark.parametrize("plane", theme.PLANE.values())
def test_tabs_and_lines(plane: str) -> None:
    assert contrast("#0b0d10", plane) >= 4.5
    assert contrast(plane, theme.PANE) >= 3.0


def test_roles_are_the_design_s() -> None:
    roles = (theme.GROUND, theme.PANE, theme.PANEL, theme.LINE, theme.TEXT, theme.SECONDARY, theme.BOX)
    assert roles == ("#0f1114", "#000000", "#17191d", "#2a2e35", "#e6e8eb", "#9aa3ad", "#ff9f1c")


@pytest.mark.parametrize(("mode", "expected"), [("dark", theme.DARK), ("light", theme.LIGHT)])
def test_a_chosen_theme_dresses_everything(qapp: QApplication, mode: str, expected: theme.Scheme) -> None:
    assert theme.apply(qapp, mode) is expected is theme.now()
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == expected.ground
    assert expected.panel in qapp.styleSheet() and theme.PANE == "#000000"


def test_what_is_dressed_already_is_left_alone(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt goes through all widgets for a style sheet, be it the same."""
    dressed: list[str] = []
    real = QApplication.setStyleSheet
    monkeypatch.setattr(QApplication, "setStyleSheet", lambda app, text: (dressed.append(text), real(app, text)))
    for mode in ("light", "dark", "dark", "light", "light"):
        theme.apply(qapp, mode)
    assert dressed[-2:] == [theme.sheet(theme.DARK), theme.sheet(theme.LIGHT)] and len(dressed) <= 3
    qapp.setStyleSheet("")
    theme.apply(qapp, "light")
    assert qapp.styleSheet() == theme.sheet(theme.LIGHT)


def test_the_system_decides_where_it_says_so(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtCore import Qt

    class Hints:
        wish = Qt.ColorScheme.Unknown

        def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802 - Qt's name
            return self.wish

    monkeypatch.setattr(theme.QGuiApplication, "styleHints", staticmethod(Hints))
    for wish, expected in (("Light", theme.LIGHT), ("Dark", theme.DARK), ("Unknown", theme.DARK)):
        Hints.wish = Qt.ColorScheme[wish]
        assert theme.scheme_of("system") is expected
        assert theme.scheme_of("light") is theme.LIGHT and theme.scheme_of("nonsense") is expected


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("kind", ["plain", "checked", "primary", "chip", "slider"])
def test_where_the_keyboard_is_is_seen(qtbot, mode: str, kind: str) -> None:
    theme.apply(QApplication.instance(), mode)
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    other, one = QPushButton("other"), QSlider(Qt.Orientation.Horizontal) if kind == "slider" else QPushButton("Heat")
    if kind == "checked":
        one.setCheckable(True)
        one.setChecked(True)
    if kind in ("primary", "chip"):
        one.setObjectName(kind)
        one.setProperty("level", "warning")
    column.addWidget(other)
    column.addWidget(one)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    seen = []
    for widget in (other, one):
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        seen.append(one.grab().toImage())
    assert seen[0] != seen[1]
    theme.apply(QApplication.instance(), "dark")
