"""The Help menu's dialogs on screens of any size: all of it where there is room, else scrolled with Close in reach."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QScrollArea

from ankleviewer.ui.keyboard.help_dialog import KEYS, about_dialog, keys_dialog


@pytest.fixture
def shown(make_window, backend, monkeypatch: pytest.MonkeyPatch):
    """Shows a dialog of a window on a screen of (width, height)."""
    window = make_window(backend, path=None)

    def show(make, size: tuple[int, int]) -> tuple[QDialog, QScrollArea]:
        monkeypatch.setattr(QScreen, "availableGeometry", lambda _screen: QRect(0, 0, *size))
        dialog = make(window)
        dialog.show()
        QApplication.processEvents()
        (scroll,) = dialog.findChildren(QScrollArea)
        return dialog, scroll

    return show


@pytest.mark.parametrize("size", [(1280, 500), (1024, 480), (800, 400)])
def test_on_a_small_screen_the_keys_scroll_and_close_stays(shown, size: tuple[int, int]) -> None:
    dialog, scroll = shown(keys_dialog, size)
    assert dialog.height() < size[1] and dialog.width() <= size[0]
    close = dialog.findChild(QDialogButtonBox)
    assert dialog.rect().contains(close.geometry()) and close.y() >= scroll.geometry().bottom()
    bar = scroll.verticalScrollBar()
    assert bar.isVisible()
    last = max(dialog.findChildren(QLabel), key=lambda one: one.geometry().bottom())
    assert last.visibleRegion().isEmpty()
    QTest.keyClick(scroll, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    bar.setValue(bar.maximum())
    assert last.visibleRegion().boundingRect().height() == last.height(), "to the last row"
    if size[0] > 1000:
        assert not scroll.horizontalScrollBar().isVisible()
    dialog.close()


def test_a_key_is_called_as_the_menu_calls_it(make_window, backend) -> None:
    keymap = make_window(backend, path=None).keymap
    (name,) = [one for one in keymap.actions if keymap.default(one) == ["Shift+K"]]
    (line,) = [what for keys, what in KEYS if "Shift+K" in keys]
    assert name.removeprefix("3D: ").lower() in line


@pytest.mark.parametrize("make", [keys_dialog, about_dialog])
def test_on_a_large_screen_nothing_scrolls(shown, make) -> None:
    dialog, scroll = shown(make, (1920, 1200))
    assert not scroll.verticalScrollBar().isVisible() and not scroll.horizontalScrollBar().isVisible()
    assert scroll.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert scroll.widget().size() == scroll.viewport().size()
    for one in scroll.findChildren(QLabel):
        assert one.visibleRegion().boundingRect().size() == one.size() and one.height() >= one.heightForWidth(one.width())
    dialog.close()
