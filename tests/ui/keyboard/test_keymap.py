"""Keys: the reader's own hold from the start, two commands never share one, whatever the settings file says."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ankleviewer.ui.keyboard.help_dialog import KEYS
from ankleviewer.ui.keyboard.keymap import RESERVED, normal, place_of
from ankleviewer.ui.keyboard.keys import HIDE
from ankleviewer.ui.state import settings


def doubles(keymap) -> list[str]:
    keys = [k for name in keymap.actions for k in keymap.keys(name)]
    return sorted({k for k in keys if keys.count(k) > 1})


def test_program_s_own_keys_never_clash(make_window, backend) -> None:
    window = make_window(backend, path=None)
    assert len(window.keymap.actions) > 40 and not doubles(window.keymap)
    assert not [k for n in window.keymap.actions for k in window.keymap.keys(n) if k in RESERVED]
    assert window.keymap.own() == {}
    assert place_of(window.keymap.actions["Next finding"]) == "Findings"


def test_a_given_key_works_and_is_taken_from_the_other(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    keymap = window.keymap
    assert keymap.users("G") == ["Heat map"] and keymap.give("Boxes", "g")
    assert keymap.keys("Boxes") == ["G"] and keymap.keys("Heat map") == [] and not doubles(keymap)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    before = window.view.state.boxes, window.view.state.heat
    QTest.keyClick(window.panes["axial"], Qt.Key.Key_G)
    assert (window.view.state.boxes, window.view.state.heat) == (not before[0], before[1])
    keymap.reset("Heat map")
    assert keymap.keys("Heat map") == ["G"] and keymap.keys("Boxes") == []
    keymap.reset()
    assert keymap.own() == {} and not doubles(keymap)


@pytest.mark.parametrize("key", [*RESERVED, "", "nonsense", "Ctrl+"])
def test_what_cannot_be_given(make_window, backend, key: str) -> None:
    keymap = make_window(backend, path=None).keymap
    assert not keymap.give("Boxes", key) and keymap.keys("Boxes") == ["B"]


def test_own_keys_win_over_the_program_s(make_window, backend) -> None:
    own = {"Boxes": ("G", "Ctrl+B"), "Crosshair": ("G",), "Gone command": ("Q",), "Accept": ("Home", "??", "Ctrl+Alt+Y")}
    settings.save(settings.Settings(keys=own))
    keymap = make_window(backend, path=None).keymap
    assert not doubles(keymap)
    assert keymap.keys("Heat map") == [] and keymap.keys("Accept") == ["Ctrl+Alt+Y"]
    assert sorted([*keymap.keys("Boxes"), *keymap.keys("Crosshair")]) == ["Ctrl+B", "G"]


@pytest.mark.parametrize("broken", ["[]", '{"Boxes": 5}', '{"Boxes": [1, 2]}', '{"Boxes": "G"}', "null"])
def test_a_broken_file_boots(make_window, backend, home, broken: str) -> None:
    (home / "settings.json").write_text('{"format": 1, "keys": ' + broken + "}")
    window = make_window(backend, path=None)
    assert window.keymap.own() == {} and window.keymap.keys("Boxes") == ["B"]


def test_names_of_keys() -> None:
    assert normal("ctrl+shift+z") == "Ctrl+Shift+Z" and normal("pgdown") == "PgDown"
    assert normal("Ctrl+K, Ctrl+C") == "" and normal("") == ""


def test_every_key_of_the_window_is_known_and_never_ambiguous(make_window, backend) -> None:
    """Also keys of actions that some part of the window made for itself."""
    window = make_window(backend, path=None)
    actions = [a for a in window.findChildren(QAction) if a.shortcuts()]
    keys = [s.toString(QKeySequence.SequenceFormat.PortableText) for a in actions for s in a.shortcuts()]
    assert len(keys) > 70 and not sorted({k for k in keys if keys.count(k) > 1})
    assert not [a.text() for a in actions if a not in window.keymap.actions.values()]  # so that each can be changed
    letters = [a.text().split("&")[1][0].upper() for a in window.menuBar().actions()]
    assert len(set(letters)) == len(letters) and not {f"Alt+{letter}" for letter in letters} & set(keys)


def test_the_list_of_keys_names_every_key(make_window, backend) -> None:
    window = make_window(backend, path=None)
    spans = {
        "Shift + L R A P S I": " ".join(f"Shift+{n}" for n in "LRAPSI"),
        "Alt + 1 to 4": "Alt+1 Alt+2 Alt+3 Alt+4",
        "1 to 6": "1 2 3 4 5 6",
        "Drag the end of a crosshair line": "Alt+Left Alt+Right",  # named in the words beside it
    }
    listed = " ".join(spans.get(keys, keys) for keys, _ in KEYS).replace(",", " ")
    elsewhere = {"W", "Ctrl+Q", "F1", "?", "Ctrl+Y"} | {f"Ctrl+{n}" for n in range(5)}  # the menus say them
    keys = {k for name in window.keymap.actions for k in window.keymap.keys(name)}
    assert keys - set(listed.split()) == elsewhere


def test_every_command_but_a_step_is_done_once_while_its_key_is_down(make_window, backend) -> None:
    """Also those of the 3D view, which are made elsewhere; a switch would flip to and fro."""
    actions = make_window(backend, path=None).keymap.actions
    assert actions["Next finding"].autoRepeat()
    assert not any(actions[name].autoRepeat() for name in ("Accept", "3D: Volume rendering", "Distance", HIDE))
