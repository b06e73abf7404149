"""Every text can be read on every ground it stands on: contrast at least 4.5 : 1 (WCAG 2.1, 1.4.3)."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from ankleviewer.ui import theme


def luminance(role: str) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(role).getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", [theme.GROUND, theme.PANE, theme.PANEL, theme.RAISED])
@pytest.mark.parametrize("text", [theme.TEXT, theme.SECONDARY, theme.WARNING, theme.REFUSAL, theme.BOX, theme.FOCUS])
def test_text_on_grounds(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("plane", theme.PLANE.values())
def test_tabs_and_lines(plane: str) -> None:
    assert contrast("#0b0d10", plane) >= 4.5
    assert contrast(plane, theme.PANE) >= 3.0


def test_roles_are_the_design_s() -> None:
    roles = (theme.GROUND, theme.PANE, theme.PANEL, theme.LINE, theme.TEXT, theme.SECONDARY, theme.BOX)
    assert roles == ("#0f1114", "#000000", "#17191d", "#2a2e35", "#e6e8eb", "#9aa3ad", "#ff9f1c")
