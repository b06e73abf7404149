"""Dark and light: chosen in the menu, remembered, and the views stay black."""

from __future__ import annotations

from PySide6.QtGui import QColor

from ankleviewer.ui.look import theme
from ankleviewer.ui.state import settings


def test_the_choice_is_remembered_and_views_stay_black(make_window, backend) -> None:
    window = make_window(backend)
    window.appearance.choose("light")
    assert theme.now() is theme.LIGHT and settings.load().theme == "light"
    window.repaint()
    pane = window.panes["axial"].grab().toImage()
    assert pane.pixelColor(3, pane.height() - 40) == QColor("#000000")
    panel = window.panel.grab().toImage()
    assert panel.pixelColor(4, 4).lightness() > 200
    again = make_window(backend, path=None)
    assert theme.now() is theme.LIGHT
    again.appearance.choose("dark")
    assert window.panel.grab().toImage().pixelColor(4, 4).lightness() < 60


def test_the_system_s_change_is_followed_only_where_the_system_decides(make_window, backend, monkeypatch) -> None:
    window = make_window(backend, path=None)
    window.appearance.choose("system")
    monkeypatch.setattr(theme, "scheme_of", lambda mode: theme.LIGHT if mode == "system" else theme.DARK)
    window.appearance._on_system()
    assert theme.now() is theme.LIGHT
    window.appearance.choose("dark")
    window.appearance._on_system()
    assert theme.now() is theme.DARK


def test_the_menu_shows_what_is_chosen(make_window, backend) -> None:
    window = make_window(backend, path=None)
    menu = window.appearance.menu(window.menuBar().addMenu("test"))
    actions = menu.actions()
    assert [a.isChecked() for a in actions] == [True, False, False]
    actions[2].trigger()
    assert settings.load().theme == "light" and actions[2].isChecked() and not actions[0].isChecked()
