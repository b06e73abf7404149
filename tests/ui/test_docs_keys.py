"""The keys that the documents name are the program's, and every key of the program is in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ankleviewer.ui.keyboard.help_dialog import KEYS
from ankleviewer.ui.keyboard.keymap import RESERVED, normal, place_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("keys.md", "planes.md", "measures.md", "viewer-3d.md", "reports-and-privacy.md", "intake.md")
# said in words, or of the mouse: "Shift + L R A P S I", "Alt+1 to Alt+4", "Ctrl + wheel", a button
COMBINED = re.compile(r"\b(?:Ctrl|Alt|Shift)(?:\+(?:Ctrl|Alt|Shift))*\+(?:[A-Z][a-z]+|[A-Z]|F?\d+|[?])(?![a-z])")


def table(title: str) -> list[list[str]]:
    """Rows of the first table below a heading of keys.md."""
    text = (DOCS / "keys.md").read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def keys_of(text: str) -> list[str]:
    return [key for key in text.split(", ") if key]


def test_the_page_of_keys_is_the_program_s(make_window, backend) -> None:
    keymap = make_window(backend, path=None).keymap
    program = {
        (place_of(action), name.rstrip("…"), tuple(keymap.default(name)))
        for name, action in keymap.actions.items()
        if keymap.default(name)
    }
    page = {(place, name, tuple(keys_of(keys))) for place, name, keys in table("Commands")}
    assert page - program == set() and program - page == set()


def test_the_keys_of_the_views_are_those_that_no_command_may_have() -> None:
    page = [key for keys, _ in table("Keys of the views") for key in keys_of(keys)]
    assert sorted(page) == sorted(RESERVED)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_names_a_key_that_does_not_exist(make_window, backend, name: str) -> None:
    keymap = make_window(backend, path=None).keymap
    known = {key for command in keymap.actions for key in keymap.default(command)} | set(RESERVED)
    text = (DOCS / name).read_text(encoding="utf-8")
    named = {normal(found) for found in COMBINED.findall(text)}
    assert named and named - known == set()
    # the first column of a table of keys; what is written with " + " is a row of keys or of the mouse
    for head, body in re.findall(r"^\| key[s]? \|([^\n]*)\n\|[-|]+\n((?:\|.*\n)+)", text, flags=re.MULTILINE):
        assert head
        cells = [row.strip("|").split("|")[0].strip() for row in body.splitlines()]
        single = {key for cell in cells for key in keys_of(cell) if re.fullmatch(r"[A-Z]|F\d+|Esc|Del|[?\[\]]", key)}
        assert single - known == set()


def test_the_help_overlay_names_no_key_that_does_not_exist(make_window, backend) -> None:
    keymap = make_window(backend, path=None).keymap
    known = {key for command in keymap.actions for key in keymap.default(command)} | {
        k.replace("PgDown", "PgDn") for k in RESERVED
    }
    for keys, what in KEYS:
        for key in re.findall(r"(?:(?:Ctrl|Alt|Shift)\+)+\S+|\bF\d+\b|\b[A-Z]\b|Esc|Del|Space|Backspace|Home|End|Pg\w+", keys):
            assert key.rstrip(",") in known or "Shift + L R A P S I" in keys, keys
        for key in COMBINED.findall(what):
            assert key in known, what


def test_esc_ends_one_thing_at_a_time_in_the_order_of_the_page(make_window, backend, qtbot) -> None:
    page = (DOCS / "keys.md").read_text(encoding="utf-8").split("## Esc\n")[1]
    said = re.findall(r"^\d\. (.*)$", page, flags=re.MULTILINE)
    words = ["measuring tool", "editing of a box", "turning of planes", "reading or analysing", "message", "view that fills"]
    assert all(word in line for word, line in zip(words, said, strict=True))

    window = make_window(backend)
    window.view.update(layout="axial")
    backend.gate.clear()
    window.controller.analyse()
    busy = window.controller.analysing
    # a tool and an edited box exclude each other, so they are tried one after the other
    window.controller.measuring.start("distance")
    window.cancel()
    assert window.controller.measuring.tool is None and busy.running and window.view.state.layout == "axial"
    window.editing.toggle()
    assert window.editing.active
    window.cancel()
    assert not window.editing.active and busy.running and window.view.state.layout == "axial"
    window.cancel()
    qtbot.waitUntil(lambda: not busy.running)
    assert window.view.state.layout == "axial"
    window.controller.reviewing.not_saved.emit("The review could not be saved.")
    assert window.controller.notice is not None
    window.cancel()
    assert window.controller.notice is None and window.view.state.layout == "axial"
    window.cancel()
    assert window.view.state.layout == "grid"
    assert window.keymap.default("Cancel") == ["Esc"]
