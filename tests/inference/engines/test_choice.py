"""The choice of engine: measured once per model and computer, remembered; one that fails is never chosen."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from ankleviewer.inference.engines import choice as module
from ankleviewer.inference.engines.choice import fastest, forget, known
from ankleviewer.io.locked import locked


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(module, "_found", {})
    monkeypatch.setattr(module, "_unwritten", set())
    return tmp_path / "home"


class Clock:
    def __init__(self, **seconds: float) -> None:
        self.seconds, self.asked = seconds, []

    def __call__(self, name: str) -> float:
        self.asked.append(name)
        return self.seconds[name]


def test_the_fastest_is_measured_once_and_remembered(own_home: Path) -> None:
    clock = Clock(openvino=0.2, cpu=0.3)
    assert [fastest(b"model", ["openvino", "cpu"], 2, clock) for _ in range(2)] == ["openvino"] * 2
    assert clock.asked == ["openvino", "cpu"]
    (key,) = json.loads((own_home / "engines.json").read_text())
    assert key.isalnum() and len(key) == 24


def test_another_model_threads_or_candidates_are_measured_anew(own_home: Path) -> None:
    clock = Clock(openvino=0.2, cpu=0.1, cuda=0.05)
    for model, threads in ((b"a", 2), (b"b", 2), (b"a", 4)):
        assert fastest(model, ["openvino", "cpu"], threads, clock) == "cpu"
    assert fastest(b"a", ["cuda", "openvino", "cpu"], 2, clock) == "cuda"
    assert len(clock.asked) == 9


def test_one_candidate_is_not_measured_and_one_that_fails_is_not_chosen(own_home: Path) -> None:
    clock = Clock(cuda=float("inf"), cpu=9.0)
    assert fastest(b"m", ["cpu"], 2, clock) == "cpu" and clock.asked == [] and not own_home.exists()
    assert fastest(b"m", ["cuda", "cpu"], 2, clock) == "cpu"


@pytest.mark.parametrize("text", ["", "[]", '{"x": 3', "null", "[" * 100_000], ids=["empty", "list", "cut", "null", "nested"])
def test_a_damaged_memory_is_no_harm(own_home: Path, text: str) -> None:
    own_home.mkdir()
    (own_home / "engines.json").write_text(text)
    assert fastest(b"m", ["openvino", "cpu"], 2, Clock(openvino=0.2, cpu=0.3)) == "openvino"


def test_where_nothing_can_be_written_it_is_remembered_while_the_program_runs(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_home.write_text("a file where the folder should be")
    clock = Clock(openvino=0.2, cpu=0.3)
    assert [fastest(b"m", ["openvino", "cpu"], 2, clock) for _ in range(2)] == ["openvino"] * 2
    assert known(b"m", ["openvino", "cpu"], 2) == "openvino" and len(clock.asked) == 2
    monkeypatch.setattr(module, "_found", {})  # another start
    assert known(b"m", ["openvino", "cpu"], 2) is None


def test_where_all_fail_the_safest_is_taken_and_nothing_remembered(own_home: Path) -> None:
    nothing = Clock(cuda=float("inf"), cpu=float("inf"))
    assert fastest(b"m", ["cuda", "cpu"], 2, nothing) == "cpu"
    assert known(b"m", ["cuda", "cpu"], 2) is None and not own_home.exists()


def test_where_one_failed_it_is_tried_again_by_the_next_program(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short_of_memory = Clock(openvino=float("inf"), cpu=0.3)
    assert [fastest(b"m", ["openvino", "cpu"], 2, short_of_memory) for _ in range(2)] == ["cpu"] * 2
    assert short_of_memory.asked == ["openvino", "cpu"]
    monkeypatch.setattr(module, "_found", {})  # another start
    assert fastest(b"m", ["openvino", "cpu"], 2, Clock(openvino=0.2, cpu=0.3)) == "openvino"
    monkeypatch.setattr(module, "_found", {})
    assert known(b"m", ["openvino", "cpu"], 2) == "openvino"


def starts(monkeypatch: pytest.MonkeyPatch, at: float) -> None:
    """Another start of the program, so many seconds after the first."""
    monkeypatch.setattr(module, "_found", {})
    monkeypatch.setattr(module.time, "time", lambda: 1.8e9 + at)


def test_one_that_computes_otherwise_is_not_tried_again(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It did not lack memory: the next window would show its answer first, and take it back."""
    clock, unfit = Clock(openvino=float("inf"), cpu=0.3), set[str]()
    assert fastest(b"m", ["openvino", "cpu"], 2, lambda name: (unfit.add("openvino"), clock(name))[1], unfit) == "cpu"
    monkeypatch.setattr(module, "_found", {})  # another process
    assert module.known(b"m", ["openvino", "cpu"], 2) == "cpu"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 30 * 86400)
    assert module.known(b"m", ["openvino", "cpu"], 2) == "cpu"


def test_one_that_fails_each_time_is_broken_for_a_week(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, day = Clock(openvino=float("inf"), cpu=0.3), 86400.0
    for hours in range(4):
        starts(monkeypatch, hours * 3600.0)
        assert fastest(b"m", ["openvino", "cpu"], 2, broken) == "cpu"
    assert broken.asked == 2 * ["openvino", "cpu"] and known(b"m", ["openvino", "cpu"], 2) == "cpu"
    starts(monkeypatch, 8 * day)
    assert fastest(b"m", ["openvino", "cpu"], 2, broken) == "cpu" and len(broken.asked) == 6
    starts(monkeypatch, 9 * day)
    assert known(b"m", ["openvino", "cpu"], 2) == "cpu", "at once, since it had failed before"
    starts(monkeypatch, -1 * day)
    assert known(b"m", ["openvino", "cpu"], 2) is None, "a clock that was set back"
    starts(monkeypatch, 17 * day)
    assert fastest(b"m", ["openvino", "cpu"], 2, Clock(openvino=0.2, cpu=0.3)) == "openvino"
    starts(monkeypatch, 100 * day)
    assert known(b"m", ["openvino", "cpu"], 2) == "openvino"


def test_two_failures_at_one_moment_are_one(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short_of_memory = Clock(openvino=float("inf"), cpu=0.3)
    for seconds in (0.0, 5.0, 500.0):
        starts(monkeypatch, seconds)
        assert known(b"m", ["openvino", "cpu"], 2) is None
        fastest(b"m", ["openvino", "cpu"], 2, short_of_memory)
    starts(monkeypatch, 700.0)
    fastest(b"m", ["openvino", "cpu"], 2, short_of_memory)
    starts(monkeypatch, 701.0)
    assert known(b"m", ["openvino", "cpu"], 2) == "cpu"


def test_a_loop_over_many_scans_does_not_wait_for_a_broken_engine_each_time(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Clock(openvino=float("inf"), cpu=0.3)
    for minute in range(60):
        starts(monkeypatch, minute * 60.0)
        assert fastest(b"m", ["openvino", "cpu"], 2, broken) == "cpu"
    assert len(broken.asked) == 8, "three times within ten minutes, and once more after them"
    starts(monkeypatch, 0.0)
    for n in range(4):
        starts(monkeypatch, n)
        fastest(b"other", ["openvino", "cpu"], 2, broken)
    starts(monkeypatch, 600.0)
    assert known(b"other", ["openvino", "cpu"], 2) is None, "what was short may be there again"
    assert fastest(b"other", ["openvino", "cpu"], 2, Clock(openvino=0.2, cpu=0.3)) == "openvino"
    starts(monkeypatch, 601.0)
    assert known(b"other", ["openvino", "cpu"], 2) == "openvino"


def test_a_choice_that_failed_is_forgotten_though_the_disk_is_full(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    asked = (b"m", ["openvino", "cpu"], 2)
    fastest(*asked, Clock(openvino=0.2, cpu=0.3))
    broken = Clock(openvino=float("inf"), cpu=0.3)
    with monkeypatch.context() as disk:
        disk.setattr(module, "write_text", full)
        forget(*asked)
        assert known(*asked) is None, "the file still names it"
        assert [fastest(*asked, broken) for _ in range(2)] == ["cpu"] * 2 and broken.asked == ["openvino", "cpu"]
    forget(*asked)
    assert known(*asked) is None and "?" in (own_home / "engines.json").read_text()
    assert fastest(*asked, Clock(openvino=0.2, cpu=0.3)) == "openvino"
    module._found.clear()
    assert known(*asked) == "openvino", "the file counts again"


def test_a_choice_that_failed_is_forgotten_and_that_counts_as_a_failure(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starts(monkeypatch, 0.0)
    fastest(b"m", ["openvino", "cpu"], 2, Clock(openvino=0.2, cpu=0.3))
    forget(b"m", ["openvino", "cpu"], 2)
    assert known(b"m", ["openvino", "cpu"], 2) is None
    starts(monkeypatch, 1000.0)
    fastest(b"m", ["openvino", "cpu"], 2, Clock(openvino=float("inf"), cpu=0.3))
    starts(monkeypatch, 1001.0)
    assert known(b"m", ["openvino", "cpu"], 2) == "cpu"


@pytest.mark.parametrize("entry", ["cpu?", "cpu!", "cpu?x", "cpu!" + "9" * 5000, "?", "cpu!\u0663", "cpu????", "cpu?1!1"])
def test_a_damaged_entry_is_measured_anew(own_home: Path, entry: str) -> None:
    fastest(b"m", ["openvino", "cpu"], 2, Clock(openvino=0.2, cpu=0.3))
    (key,) = json.loads((own_home / "engines.json").read_text())
    (own_home / "engines.json").write_text(json.dumps({key: entry}))
    module._found.clear()
    assert known(b"m", ["openvino", "cpu"], 2) is None
    assert fastest(b"m", ["openvino", "cpu"], 2, Clock(openvino=float("inf"), cpu=0.3)) == "cpu"


def test_libraries_that_come_later_are_measured_with(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA did not start, for cuDNN was not there; now it is."""
    starts(monkeypatch, 0.0)
    fastest(b"m", ["cuda", "cpu"], 2, Clock(cuda=float("inf"), cpu=0.3))
    starts(monkeypatch, 1000.0)
    fastest(b"m", ["cuda", "cpu"], 2, Clock(cuda=float("inf"), cpu=0.3))
    assert known(b"m", ["cuda", "cpu"], 2) == "cpu"
    (tmp_path / "site" / "nvidia_cudnn_cu13-9.15.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert known(b"m", ["cuda", "cpu"], 2) is None


def test_nobody_waits_long_for_another_program_s_lock(own_home: Path) -> None:
    own_home.mkdir()
    with locked(own_home / "engines.lock") as held:
        start = time.perf_counter()
        fastest(b"m", ["openvino", "cpu"], 2, Clock(openvino=0.2, cpu=0.3))
        assert held and time.perf_counter() - start < 3.0


def test_another_card_or_another_computer_is_measured_anew(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(cuda=0.1, cpu=0.3)
    assert fastest(b"m", ["cuda", "cpu"], 2, clock) == "cuda"
    monkeypatch.setattr(module, "identity", lambda: ("host", "x86_64", "Some CPU", "CUDA 12080", "a slower card"))
    assert known(b"m", ["cuda", "cpu"], 2) is None


def test_what_is_known_is_said_without_measuring(own_home: Path) -> None:
    assert known(b"m", ["cpu"], 2) == "cpu"
    assert known(b"m", ["openvino", "cpu"], 2) is None
    fastest(b"m", ["openvino", "cpu"], 2, Clock(openvino=0.2, cpu=0.1))
    assert known(b"m", ["openvino", "cpu"], 2) == "cpu"
    assert known(b"m", ["cuda", "openvino", "cpu"], 2) is None


def test_choices_of_several_at_once_are_all_remembered(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOCK_S", 20.0)  # two dozen wait for each other
    models = [bytes([n]) * 3 for n in range(24)]
    threads = [threading.Thread(target=fastest, args=(m, ["openvino", "cpu"], 2, Clock(openvino=0.2, cpu=0.1))) for m in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    module._found.clear()
    assert [known(m, ["openvino", "cpu"], 2) for m in models] == ["cpu"] * 24
