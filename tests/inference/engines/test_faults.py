"""faults: who answers where an engine does not start or fails, what is said of it, and how the best one comes back."""

from __future__ import annotations

import threading
import weakref
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.errors import Cancelled, ModelError
from ankleviewer.inference.engines import choice, runtime
from ankleviewer.inference.engines.faults import missing, refusal, remark
from ankleviewer.inference.engines.runtime import CPU, Engine

VOLUME = np.zeros((1, 1, 2, 2, 2), dtype=np.float32)
ANSWER = (np.ones(1), np.ones((1, 1, 2, 2, 2)), None)
PROVIDERS = {"cuda": "CUDAExecutionProvider", "openvino": "OpenVINO CPU", "cpu": CPU}


class Computer:
    """Three engines, which are as fast as is said; `bad` are those that fail now, at the "start" or in a "run"."""

    def __init__(self) -> None:
        self.bad: dict[str, str] = {}
        self.error: BaseException = RuntimeError("not enough memory")
        self.seconds = {"cuda": 0.0, "openvino": 0.02, "cpu": 0.05}
        self.answers: dict[str, tuple] = dict.fromkeys(PROVIDERS, ANSWER)
        self.opened: list[str] = []
        self.now = 0.0  # goes on by what the runs take, and by nothing else

    def __call__(self, _model: bytes, name: str) -> runtime.Session:
        here = self
        self.opened.append(name)
        if self.bad.get(name) == "start":
            raise self.error

        class Session:
            provider = PROVIDERS[name]
            input_shape = (1, 1, 2, 2, 2)

            def run(self, *_: object) -> tuple:
                here.now += here.seconds[name]
                if here.bad.get(name) == "run":
                    raise here.error
                return here.answers[name]

            def rest(self) -> None:
                raise RuntimeError("cannot rest")

        return Session()  # type: ignore[return-value]


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Computer:
    made = Computer()
    monkeypatch.setattr(choice, "home", lambda: tmp_path)
    monkeypatch.setattr(choice, "_found", {})
    monkeypatch.setattr(runtime, "available", lambda _name: True)
    monkeypatch.setattr(runtime, "_open", made)
    monkeypatch.setattr(runtime, "time", SimpleNamespace(perf_counter=lambda: made.now))
    return made


def answered(engine: Engine) -> tuple[str, str]:
    output = engine.run(VOLUME)
    assert engine.provider == output.provider and engine.note == output.note
    return output.provider, output.note


@pytest.mark.parametrize("when", ["start", "run"])
def test_why_an_engine_was_left_stands_in_the_log(computer, caplog: pytest.LogCaptureFixture, when: str) -> None:
    computer.bad = {"cuda": when}
    answered(Engine(b"model", "cuda"))
    (line,) = [r.getMessage() for r in caplog.records if r.levelname == "WARNING" and "engine" in r.getMessage()]
    assert ("did not start" if when == "start" else "failed") in line and "RuntimeError" in line
    assert all(r.exc_info is None for r in caplog.records), "whose frames would hold the engine's memory"


@pytest.mark.parametrize(("when", "word"), [("start", "cuda did not start"), ("run", "CUDAExecutionProvider failed")])
@pytest.mark.parametrize("asked", ["auto", runtime.AT_ONCE])
def test_a_remembered_engine_that_breaks_is_told_and_the_best_is_found_again(computer, asked: str, when: str, word: str) -> None:
    assert answered(Engine(b"m", "auto")) == (PROVIDERS["cuda"], "")
    computer.bad = {"cuda": when}
    engine = Engine(b"m", asked)
    assert answered(engine) == (CPU, f"{word}; the CPU was used.")
    assert engine.measure() and not engine.measure(), "OpenVINO, which works, is faster"
    choice._found.clear()  # another start
    assert answered(Engine(b"m", "auto")) == (PROVIDERS["openvino"], "")
    computer.bad = {}
    choice._found.clear()
    assert answered(Engine(b"m", "auto")) == (PROVIDERS["cuda"], "")


@pytest.mark.parametrize(("when", "word"), [("start", "openvino did not start"), ("run", "OpenVINO CPU failed")])
def test_where_the_cpu_stays_in_place_of_what_broke_that_is_told_once(computer, monkeypatch, when: str, word: str) -> None:
    monkeypatch.setattr(runtime, "available", lambda name: name != "cuda")
    assert answered(Engine(b"m", "auto")) == (PROVIDERS["openvino"], "")
    computer.bad = {"openvino": when}
    engine = Engine(b"m", runtime.AT_ONCE)
    assert answered(engine) == answered(engine) == (CPU, f"{word}; the CPU was used."), "two ankles of one scan"
    assert not engine.measure(), "the CPU runs already"
    computer.opened.clear()
    assert answered(engine) == (CPU, "") and not engine.measure() and computer.opened == []


def test_what_breaks_on_a_full_disk_is_told_once_and_not_started_again(computer, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(runtime, "available", lambda name: name != "cuda")
    assert answered(Engine(b"m", "auto")) == (PROVIDERS["openvino"], "")
    monkeypatch.setattr(choice, "write_text", lambda *_: (tmp_path / "none" / "file").write_text(""))
    monkeypatch.setattr(choice, "_unwritten", set())
    computer.bad = {"openvino": "start"}
    engine = Engine(b"m", runtime.AT_ONCE)
    assert answered(engine) == (CPU, "openvino did not start; the CPU was used.") and not engine.measure()
    computer.opened.clear()
    for asked in (engine, Engine(b"m", runtime.AT_ONCE), Engine(b"m", "auto")):
        assert answered(asked) == (CPU, "")
    assert set(computer.opened) == {"cpu"}


def test_one_that_fails_while_it_is_measured_is_not_taken_for_the_one_that_runs(computer, monkeypatch) -> None:
    monkeypatch.setattr(runtime, "available", lambda name: name != "cuda")
    engine = Engine(b"m", runtime.AT_ONCE)
    assert answered(engine) == (PROVIDERS["openvino"], "")
    session, real = engine._session, engine._fastest

    def fastest(*asked: object) -> str:
        found = real(*asked)
        engine._give_up(session, None)  # a scan that came meanwhile
        return found

    monkeypatch.setattr(engine, "_fastest", fastest)
    assert engine.measure(), "the next scan begins anew"


@pytest.mark.parametrize(("when", "told"), [("start", ""), ("run", "CUDAExecutionProvider failed; the CPU was used.")])
def test_after_a_passing_fault_the_window_comes_back_to_the_fastest(computer, when: str, told: str) -> None:
    computer.bad = {"cuda": when, "openvino": when}
    engine = Engine(b"m", runtime.AT_ONCE)
    assert answered(engine) == (CPU, told), (
        "nobody asked for the others, nor had they ever answered: what does not start is not told"
    )
    computer.bad = {}
    assert answered(engine) == (CPU, told) and engine.measure() and not engine.measure()
    assert answered(Engine(b"m", runtime.AT_ONCE)) == (PROVIDERS["cuda"], "")


def test_where_the_cpu_s_engine_is_missing_another_one_answers_for_it(computer) -> None:
    computer.bad, computer.error = {"cpu": "start", "cuda": "run"}, ImportError("DLL load failed")
    engine = Engine(b"m", runtime.AT_ONCE)
    assert answered(engine) == (PROVIDERS["openvino"], "CUDAExecutionProvider failed; another engine was used.")


def test_an_engine_whose_library_ends_the_program_is_one_that_does_not_start(computer) -> None:
    computer.bad, computer.error = {"cuda": "start"}, SystemExit("Please run setupvars.bat")
    assert answered(Engine(b"m", "auto")) == (PROVIDERS["openvino"], "")
    assert answered(Engine(b"m", "cuda")) == (CPU, "cuda did not start; the CPU was used.")


@pytest.mark.parametrize("logit", [np.nan, np.inf, 1.01], ids=str)
def test_an_engine_that_answers_otherwise_than_the_cpu_is_not_chosen(computer, logit: float) -> None:
    computer.answers["cuda"] = (np.array([logit]), *ANSWER[1:])
    computer.answers["openvino"] = (np.array([1.0005]), *ANSWER[1:])
    assert answered(Engine(b"m", "auto")) == (PROVIDERS["openvino"], "")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ImportError("DLL load failed"), "ENGINE_MISSING"),
        (OSError("libgomp.so.1"), "ENGINE_MISSING"),
        (OSError("libgomp.so.1: cannot allocate memory in static TLS block"), "ENGINE_MISSING"),
        (MemoryError(), "OUT_OF_MEMORY"),
        (RuntimeError("Exception during loading: std::bad_alloc"), "OUT_OF_MEMORY"),
        (RuntimeError("Failed to allocate memory for requested buffer"), "OUT_OF_MEMORY"),
        (RuntimeError("no such operator"), "MODEL_FILE_INVALID"),
    ],
    ids=str,
)
def test_why_the_cpu_does_not_start(computer, error: Exception, code: str) -> None:
    computer.bad, computer.error = {"cpu": "start"}, error
    engine = Engine(b"m", "cpu")
    for _ in range(2):
        with pytest.raises(ModelError) as caught:
            engine.run(VOLUME)
        assert caught.value.code == code and caught.value.__cause__ is error
    computer.bad = {}
    assert answered(engine) == (CPU, ""), "it may have been short of memory"
    computer.bad = {"cpu": "start"}
    for asked in ("auto", runtime.AT_ONCE):
        computer.answers["cuda"] = (np.array([np.nan]), *ANSWER[1:]) if asked == "auto" else ANSWER
        assert answered(Engine(asked.encode(), asked))[0] == PROVIDERS["openvino" if asked == "auto" else "cuda"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SystemError("initialization raised unreported exception"), "ENGINE_MISSING"),
        (AttributeError("_ARRAY_API not found"), "ENGINE_MISSING"),
        (ImportError("DLL load failed"), "ENGINE_MISSING"),
        (ImportError("libgomp.so.1: cannot allocate memory in static TLS block"), "ENGINE_MISSING"),
        (ImportError("libcublas.so: failed to map segment: Cannot allocate memory"), "OUT_OF_MEMORY"),
        (MemoryError(), "OUT_OF_MEMORY"),
    ],
    ids=str,
)
def test_a_library_that_cannot_be_loaded_is_not_the_model_s_fault(error: Exception, code: str) -> None:
    said = missing(error)
    assert said.code == code and said.__cause__ is error and refusal(said) is said


def test_memory_that_is_short_in_a_run_is_named(computer) -> None:
    computer.bad, computer.error = {"cpu": "run"}, RuntimeError("Failed to allocate memory for requested buffer")
    with pytest.raises(ModelError, match="OUT_OF_MEMORY"):
        Engine(b"m", "cpu").run(VOLUME)


@pytest.mark.parametrize("asked", ["cpu", "openvino"])
def test_a_request_to_stop_is_heard_while_an_engine_is_built(computer, monkeypatch, asked: str) -> None:
    """A named one, and the CPU's in place of one that failed."""
    computer.bad, go_on, building = {"openvino": "run"}, threading.Event(), threading.Event()

    def opens(model: bytes, name: str) -> runtime.Session:
        if name == "cpu":
            building.set()
            assert go_on.wait(10.0)
        return computer(model, name)

    monkeypatch.setattr(runtime, "_open", opens)
    engine = Engine(b"m", asked)
    with pytest.raises(Cancelled):
        engine.run(VOLUME, building.is_set)
    go_on.set()
    assert engine.run(VOLUME).provider == CPU


def test_two_threads_that_meet_one_fault_are_both_answered(computer, monkeypatch) -> None:
    """The second one's fault arrives when the CPU stands in place already, which is not dropped for it; and who was answered by
    the device says so.
    """
    both, first, turn = threading.Barrier(3), threading.Event(), iter(range(3))
    lock = threading.Lock()

    class Device:
        provider = PROVIDERS["cuda"]
        input_shape = VOLUME.shape

        def run(self, *_: object) -> tuple:
            with lock:
                number = next(turn)
            both.wait(10.0)
            if number > 0:
                assert first.wait(10.0)
            if number == 2:
                return ANSWER
            raise RuntimeError("out of memory")

    monkeypatch.setattr(runtime, "_open", lambda model, name: Device() if name == "cuda" else computer(model, name))
    engine, got = Engine(b"m", "cuda"), []

    def ask() -> None:
        got.append(engine.run(VOLUME))
        first.set()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = "CUDAExecutionProvider failed; the CPU was used."
    assert sorted((o.provider, o.note) for o in got) == [(CPU, told), (CPU, told), (PROVIDERS["cuda"], "")]
    assert computer.opened == ["cpu"]


def test_an_engine_that_does_not_start_is_let_go_before_the_next_is_asked(computer, monkeypatch) -> None:
    held: list[weakref.ref[Computer]] = []

    def opens(model: bytes, name: str) -> runtime.Session:
        if name == "cuda":
            large = Computer()
            held.append(weakref.ref(large))
            raise RuntimeError("out of memory")
        held.append(held[0])
        assert held[0]() is None
        return computer(model, name)

    monkeypatch.setattr(runtime, "_open", opens)
    assert answered(Engine(b"m", "cuda"))[0] == CPU and len(held) == 2


def test_an_engine_that_cannot_rest_costs_no_answer(computer) -> None:
    engine = Engine(b"m", "cpu")
    engine.rest()
    engine.run(VOLUME)
    engine.rest()


def test_nothing_is_said_where_nothing_happened() -> None:
    assert remark("", "", "cpu") == ""
