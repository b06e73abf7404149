"""Imports on threads: one at a time, and a failure is the caller's to see."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import EXTENSION_SUFFIXES

import pytest

from ankleviewer.ui.background import importing, read_ahead
from ankleviewer.ui.background.jobs import step_back


def test_two_threads_never_import_at_the_same_time(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "seen_imports", type(sys)("seen_imports"))
    seen = sys.modules["seen_imports"]
    seen.inside, seen.most, seen.time = 0, 0, time
    body = "import seen_imports as s\ns.inside += 1\ns.most = max(s.most, s.inside)\ns.time.sleep(0.05)\ns.inside -= 1\n"
    names = [f"slow_module_{n}" for n in range(3)]
    for name in names:
        (tmp_path / f"{name}.py").write_text(body, encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
    threads = [threading.Thread(target=importing.load, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(name in sys.modules for name in names) and seen.most == 1


def test_a_module_that_is_not_there_is_said_and_the_next_one_comes() -> None:
    with pytest.raises(ModuleNotFoundError):
        importing.load("no_such_module_anywhere")
    importing.load("colorsys")
    assert "colorsys" in sys.modules


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux")
def test_the_thread_has_the_priority_of_who_started_it_not_of_who_asks(monkeypatch) -> None:
    monkeypatch.setattr(importing, "_thread", ThreadPoolExecutor(1))

    def nice(of: int) -> int:
        return os.getpriority(os.PRIO_PROCESS, of)

    asked: list[int] = []

    def ask() -> None:
        step_back()
        with pytest.raises(ModuleNotFoundError):
            importing.load("no_such_module_for_priorities", breath=lambda: asked.append(nice(0)))

    importing.start()
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(60)
    assert asked == [nice(threading.get_native_id())]


def test_what_is_asked_for_together_comes_together(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "seen_together", type(sys)("seen_together"))
    seen = sys.modules["seen_together"]
    seen.order, seen.started, seen.go = [], threading.Event(), threading.Event()
    names = ["wanted_together_a", "wanted_together_b", "wanted_later"]
    for name in names:
        body = f"import seen_together as s\ns.order.append({name!r})\n"
        first = "s.started.set()\ns.go.wait(60)\n" if name == names[0] else ""
        (tmp_path / f"{name}.py").write_text(body + first, encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
    asked = threading.Event()

    class Imports(ThreadPoolExecutor):
        def submit(self, *args, **more):
            future = super().submit(*args, **more)
            if seen.started.is_set():
                asked.set()
            return future

    monkeypatch.setattr(importing, "_thread", Imports(1))
    together = threading.Thread(target=importing.load, args=names[:2])
    later = threading.Thread(target=importing.load, args=names[2:])
    together.start()
    assert seen.started.wait(60)
    later.start()
    assert asked.wait(60)
    seen.go.set()
    for thread in (together, later):
        thread.join(60)
    assert seen.order == names and all(name in sys.modules for name in names)


def test_a_breath_is_taken_before_every_module_that_comes_with_it_and_by_this_thread_alone(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "outer_module.py").write_text("import inner_module_a, inner_module_b", encoding="utf-8")
    for name in ("inner_module_a", "inner_module_b"):
        (tmp_path / f"{name}.py").write_text("", encoding="utf-8")
    for name in ("outer_module", "inner_module_a", "inner_module_b"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    breaths: list[int] = []
    importing.load("outer_module", breath=lambda: breaths.append(threading.get_ident()))
    assert "inner_module_b" in sys.modules and len(breaths) == 3
    assert set(breaths) != {threading.get_ident()} and len(set(breaths)) == 1
    finders = list(sys.meta_path)
    for name in ("outer_module", "inner_module_a"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    importing.load("outer_module")
    assert len(breaths) == 3 and sys.meta_path == finders, "no breath was asked for, and one finder is enough"


def test_a_failure_ends_the_breathing(monkeypatch) -> None:
    breaths: list[str] = []
    with pytest.raises(ModuleNotFoundError):
        importing.load("no_such_module_anywhere", breath=lambda: breaths.append("one"))
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    import colorsys  # noqa: F401

    assert breaths == ["one"]


def test_once_begun_libraries_are_read_before_any_thread_imports_them(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / f"library_of_another_thread{EXTENSION_SUFFIXES[0]}").write_bytes(b"no library")
    read: list[str] = []
    monkeypatch.setattr(read_ahead, "read_library", lambda file: read.append(file.name.partition(".")[0]))
    importing.start()

    def bring() -> None:
        with pytest.raises(ImportError):
            importlib.import_module("library_of_another_thread")

    thread = threading.Thread(target=bring)
    thread.start()
    thread.join(60)
    assert read == ["library_of_another_thread"]
