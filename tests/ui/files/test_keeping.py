"""keeping: what is set is on the disk at once, and where it cannot be the reader hears of it, once."""

from __future__ import annotations

import pytest

from ankleviewer.ui.keyboard import mouse_menu
from ankleviewer.ui.state import settings


def test_what_is_set_is_written(make_window, backend) -> None:
    window = make_window(backend)
    window.keeping.keep(theme="light")
    assert settings.load().theme == "light" and window.settings.theme == "light" and window.controller.notice is None


@pytest.mark.parametrize("way", ["names", "keys", "mouse", "column", "preset"])
def test_a_setting_that_the_disk_does_not_take_is_told_once_and_holds(make_window, backend, monkeypatch, way: str) -> None:
    window = make_window(backend)
    monkeypatch.setattr(settings, "_write", lambda *_: False)
    if way == "names":
        window.privacy.toggle()
    elif way == "keys":
        window.keeping.keep(keys={"Accept": ("Ctrl+Alt+A",)})
    elif way == "mouse":
        mouse_menu.choose(window, "slicer")
    elif way == "column":
        window.toggle_panel()
    else:
        window.view.preset("3")
    notice = window.controller.notice
    assert notice is not None and notice.code == "SETTINGS_NOT_SAVED" and "until the program is closed" in notice.message
    window.controller.dismiss()
    window.toggle_panel()
    assert window.controller.notice is None
    held = {"names": window.settings.hide_patient, "mouse": window.settings.mouse == "slicer"}
    assert held.get(way, True)
