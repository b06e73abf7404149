"""Settings: remembered, atomic, and the program always boots."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from ankleviewer.ui import settings
from ankleviewer.ui.settings import Settings, load, save


def test_there_and_back(home: Path) -> None:
    settings = (
        Settings(preset="3", panel=False, size=(1000, 700), hide_patient=True, theme="light", mouse="slicer", language="de")
        .with_recent("a.nii")
        .with_recent("b.nii")
        .with_recent("a.nii")
    )
    assert [Path(p).name for p in settings.recent] == ["a.nii", "b.nii"]
    assert save(settings)
    assert load() == settings
    assert [p.name for p in home.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "\x00\xff",
        '{"preset": 7, "size": "big", "recent": 3}',
        '{"theme": [], "mouse": {}, "keys": 5, "hide_patient": "yes", "language": "xx"}',
        '{"preset": "9", "size": [1, 1], "recent": [1]}',
    ],
)
def test_a_broken_file_gives_the_defaults(home: Path, text: str) -> None:
    (home / "settings.json").write_bytes(text.encode("latin-1"))
    assert load() == Settings()


def test_one_bad_field_does_not_cost_the_others(home: Path) -> None:
    (home / "settings.json").write_text(json.dumps({"preset": "4", "size": None, "recent": ["/x/y.nii"]}))
    assert load() == Settings(preset="4", recent=("/x/y.nii",))


def test_a_folder_that_cannot_be_written_is_no_crash(home: Path) -> None:
    (home / "file").write_text("")
    assert not save(Settings(), home / "file" / "below")
    assert load(home / "file" / "below") == Settings()


def test_a_path_that_is_no_utf_8_is_remembered(home: Path) -> None:
    remembered = Settings(preset="3", recent=("/scans/\udcff.nii", "/scans/Gr\u00f6\u00dfe.nii"))
    assert save(remembered) and load() == remembered


def test_what_is_saved_soon_is_saved_and_never_undoes_a_later_save(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(tmp_path))
    writing = settings._writing
    settings.save_soon(settings.Settings(preset="2"))
    for thread in [t for t in threading.enumerate() if t.name == "settings"]:
        thread.join(5)
    assert settings.load().preset == "2"
    with writing:  # the disk is slow: the thread waits while a later save comes
        settings.save_soon(settings.Settings(preset="3"))
        settings._waiting = None  # what `save` does first, under the same lock
        settings._write(settings.Settings(preset="4"), None)
    for thread in [t for t in threading.enumerate() if t.name == "settings"]:
        thread.join(5)
    assert settings.load().preset == "4"
