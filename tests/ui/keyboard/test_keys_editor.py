"""The dialog of keys: lists every command, names a clash before it happens, remembers, takes it all back."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel

from ankleviewer.ui.keyboard.help_dialog import keys_dialog
from ankleviewer.ui.keyboard.keys_editor import KeysEditor
from ankleviewer.ui.state import settings


def rows(editor: KeysEditor) -> dict[str, str]:
    return {
        editor.table.item(n, 0).text(): editor.table.item(n, 2).text()
        for n in range(editor.table.rowCount())
        if not editor.table.isRowHidden(n)
    }


def test_change_clash_and_reset(make_window, backend) -> None:
    window = make_window(backend, path=None)
    editor = KeysEditor(window)
    editor.show()
    assert rows(editor)["Save report…"] == "Ctrl+R" and not editor.give.isEnabled()
    editor.choose("Boxes")
    editor.edit.setKeySequence(QKeySequence("Ctrl+R"))
    assert "belongs to: Save report." in editor.said.text() and editor.give.isEnabled()
    editor.give.click()
    assert rows(editor)["Boxes"] == "Ctrl+R" and rows(editor)["Save report…"] == ""
    assert editor.chosen == "Boxes" and editor.said.text() == ""
    assert settings.load().keys == {"Boxes": ("Ctrl+R",), "Save report…": ()}
    again = make_window(backend, path=None)
    assert again.keymap.keys("Boxes") == ["Ctrl+R"] and again.keymap.keys("Save report…") == []
    editor.choose("Save report…")
    editor.reset.click()
    assert rows(editor)["Save report…"] == "Ctrl+R" and rows(editor)["Boxes"] == ""
    editor.reset_all.click()
    assert settings.load().keys == {} and rows(editor)["Boxes"] == "B"
    editor.close()


def test_reserved_keys_are_refused_with_a_reason(make_window, backend) -> None:
    editor = KeysEditor(make_window(backend, path=None))
    editor.choose("Boxes")
    editor.edit.setKeySequence(QKeySequence("PgUp"))
    assert not editor.give.isEnabled() and "cannot be given away" in editor.said.text()
    editor.clear.click()
    assert editor.keymap.keys("Boxes") == []
    editor.close()


def test_filter_finds_commands_and_keys(make_window, backend) -> None:
    editor = KeysEditor(make_window(backend, path=None))
    editor.filter.setText("threshold")
    assert set(rows(editor)) == {"Raise the threshold", "Lower the threshold"}
    editor.filter.setText("ctrl+shift+z")
    assert set(rows(editor)) == {"Redo"}
    editor.close()


def test_the_overlay_tells_own_keys_and_the_mouse_profile(make_window, backend) -> None:
    window = make_window(backend, path=None)
    window.keymap.give("Boxes", "Ctrl+B")
    dialog = keys_dialog(window)
    said = " ".join(w.text() for w in dialog.findChildren(QLabel))
    assert "Boxes: Ctrl+B" in said and "scroll; with W held: window and level" in said
    dialog.close()
