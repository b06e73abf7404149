"""Settings: remembered, atomic, and the program always boots."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ankleviewer.ui.state import settings
from ankleviewer.ui.state.settings import Settings, load, save


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
        "[" * 100_000,
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
        thread.join(60)
    assert settings.load().preset == "2"
    with writing:  # the disk is slow: the thread waits while a later save comes
        settings.save_soon(settings.Settings(preset="3"))
        settings._take_waiting()  # what `save` does first, under the same lock
        settings._write(settings.Settings(preset="4"), None)
    for thread in [t for t in threading.enumerate() if t.name == "settings"]:
        thread.join(60)
    assert settings.load().preset == "4"


def test_nothing_that_is_asked_for_while_a_thread_takes_what_waits_is_lost(monkeypatch, tmp_path) -> None:
    """The thread is held up before its 1st, 2nd, 3rd ... bytecode instruction, and the next save is asked for there."""
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(tmp_path))
    usual = threading.gettrace()

    def held_up_at(turn: int) -> bool:
        inside, asked, left = threading.Event(), threading.Event(), [turn]

        def trace(frame, event, _arg):
            if frame.f_code is settings._write.__code__:
                sys.settrace(None)  # it has been taken
            if frame.f_code.co_filename != settings.__file__:
                return None
            frame.f_trace_opcodes = True
            if event == "opcode":
                left[0] -= 1
                if left[0] == 0:
                    inside.set()
                    asked.wait(0.05)  # in vain where the other has to wait for this thread
            return trace

        threading.settrace(trace)  # type: ignore[arg-type]
        try:
            settings.save_soon(Settings(preset="2"))
        finally:
            threading.settrace(usual)  # type: ignore[arg-type]
        first = [t for t in threading.enumerate() if t.name == "settings"]
        while not inside.wait(0.001) and any(t.is_alive() for t in first):
            pass
        settings.save_soon(Settings(preset="3"))
        asked.set()
        for thread in [t for t in threading.enumerate() if t.name == "settings"]:
            thread.join(60)
        assert load().preset == "3", turn
        return inside.is_set()

    turns = next(turn for turn in itertools.count(1) if not held_up_at(turn))
    assert turns > 10


def test_a_second_window_undoes_nothing_that_the_first_one_set(home: Path) -> None:
    first, second = load(), load()
    assert save(replace(first, hide_patient=True, keys={"Boxes": ("Ctrl+B",)}))
    assert save(replace(second, preset="4"))
    assert load() == Settings(preset="4", hide_patient=True, keys={"Boxes": ("Ctrl+B",)})
    second = replace(second, preset="4")
    assert save(replace(first, hide_patient=True, theme="light", keys={}))
    assert save(replace(second, size=(1000, 700))), "what was written once is no change of the second window any more"
    assert load() == Settings(preset="4", hide_patient=True, theme="light", size=(1000, 700))


def test_keys_that_two_windows_set_stand_together(home: Path) -> None:
    assert save(Settings(keys={"Undo": ("U",), "Open": ("F5",)}))
    one, other = load(), load()
    assert save(replace(one, keys={"Undo": ("U",), "Accept": ("Q",)}))  # and Open has its own key again
    assert save(replace(other, keys={**other.keys, "Reject": ("Y",)}))
    assert load().keys == {"Undo": ("U",), "Accept": ("Q",), "Reject": ("Y",)}
    assert save(replace(load(), keys={**load().keys, "Boxes": ("Q",)}))
    assert save(replace(one, keys={"Undo": ("U",), "Accept": ("Q",), "Heat": ("Y",)}))
    assert load().keys == {"Undo": ("U",), "Boxes": ("Q",), "Heat": ("Y",)}, "one key is one command's"


def test_recent_scans_of_two_windows_stand_together(home: Path) -> None:
    save(Settings(recent=("/old",)))
    first, second = load(), load()
    save(first.with_recent("/first"))
    save(second.with_recent("/second").with_recent("/third"))
    assert [Path(p).name for p in load().recent] == ["third", "second", "first", "old"]


def test_what_a_newer_program_remembers_stays(home: Path) -> None:
    (home / "settings.json").write_text('{"format": 2, "of the future": [1], "theme": "sepia"}')
    assert save(replace(load(), preset="2"))
    written = json.loads((home / "settings.json").read_text())
    assert (written["format"], written["of the future"], written["theme"], written["preset"]) == (2, [1], "sepia", "2")


@pytest.mark.parametrize("form", ["0", '"2"', "null", "true"])
def test_a_form_that_is_no_later_one_becomes_this_program_s(home: Path, form: str) -> None:
    (home / "settings.json").write_text(f'{{"format": {form}}}')
    assert save(replace(load(), preset="2"))
    assert json.loads((home / "settings.json").read_text())["format"] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_that_an_editor_saved_with_a_mark_before_it_is_read(home: Path, encoding: str) -> None:
    own = {"preset": "3", "recent": ["/scans/Größe.nii"], "keys": {"Boxes": ["Ctrl+B"]}}
    (home / "settings.json").write_bytes(json.dumps(own, ensure_ascii=False).encode(encoding))
    read = load()
    assert read == Settings(preset="3", recent=("/scans/Größe.nii",), keys={"Boxes": ("Ctrl+B",)}) and not read.unreadable
    assert save(replace(read, panel=False)) and load() == replace(read, panel=False)
    assert [p.name for p in home.iterdir()] == ["settings.json"]


def test_whether_a_file_could_be_read_is_known(home: Path) -> None:
    assert not load().unreadable, "there is none"
    (home / "settings.json").write_text('{"keys": 5}')
    assert not load().unreadable, "a field is wrong"
    (home / "settings.json").write_text("{")
    assert load().unreadable
    assert save(load()) and not load().unreadable
    (home / "settings.json").unlink()
    (home / "settings.json").mkdir()
    assert load().unreadable


@pytest.mark.parametrize("text", ['{"keys": {"Boxes": ["Ctrl+B"]},}', "[]", "[" * 100_000])
def test_a_broken_file_is_kept_beside(home: Path, text: str) -> None:
    (home / "settings.json").write_text(text)
    assert save(replace(load(), preset="2"))
    assert load() == Settings(preset="2") and (home / "settings.json.BAK").read_text() == text
    assert sorted(p.name for p in home.iterdir()) == ["settings.json", "settings.json.BAK"]


def test_no_file_that_was_kept_beside_is_lost_to_the_next_one(home: Path) -> None:
    for text in ("{1", "{2", "{3"):
        (home / "settings.json").write_text(text)
        assert save(replace(load(), preset="2"))
    assert [(home / f"settings.json.BAK{n}").read_text() for n in ("", 2, 3)] == ["{1", "{2", "{3"]


def test_two_programs_that_save_at_once_lose_nothing(home: Path) -> None:
    names = ("theme", "mouse", "preset", "language")
    values = {"theme": "light", "mouse": "slicer", "preset": "3", "language": "de"}
    save(Settings())
    code = (
        "import sys; from dataclasses import replace; from ankleviewer.ui.state import settings; own = settings.load();"
        "settings._LOCK_MS = 30_000; print(flush=True); sys.stdin.readline();"
        "settings.save(replace(own, **{sys.argv[1]: sys.argv[2]}))"
    )
    line = [sys.executable, "-c", code]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    programs = [subprocess.Popen([*line, name, values[name]], **pipes) for name in names]  # type: ignore[call-overload]
    for program in programs:
        program.stdout.readline()
    for program in programs:
        program.stdin.write("\n")
        program.stdin.flush()
    for program in programs:
        program.communicate(timeout=60)
    assert load() == Settings(**values)  # type: ignore[arg-type]
