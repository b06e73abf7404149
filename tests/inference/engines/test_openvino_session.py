"""openvino_session: a run ends on request whenever the request comes, and no other run with it."""

from __future__ import annotations

import importlib.util
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.errors import Cancelled
from ankleviewer.inference.engines import openvino_session as module
from ankleviewer.inference.engines.openvino_session import OpenVinoSession, has_openvino

TENSOR = np.zeros((1, 1, 2, 2, 2), np.float32)


class Request:
    """OpenVINO's: `cancel` does nothing while no run is under way."""

    def __init__(self) -> None:
        self.running, self.cancelled, self.end, self.cancels = False, threading.Event(), threading.Event(), 0

    def infer(self, _inputs: object) -> None:
        time.sleep(0.1)  # on the way to it
        self.cancelled.clear()
        self.running = True
        until = time.monotonic() + 10.0
        while not (self.end.is_set() or self.cancelled.is_set()) and time.monotonic() < until:
            time.sleep(0.005)
        self.running = False
        if self.cancelled.is_set():
            raise RuntimeError("Infer Request was canceled")

    def cancel(self) -> None:
        self.cancels += 1
        if self.running:
            self.cancelled.set()

    def get_tensor(self, _name: str) -> SimpleNamespace:
        return SimpleNamespace(data=np.zeros(1, np.float32))


@pytest.fixture
def session() -> OpenVinoSession:
    made = OpenVinoSession.__new__(OpenVinoSession)
    made._request, made._lock, made._finer = Request(), threading.Lock(), False
    return made


def wait_for(what: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:
        time.sleep(0.005)
    return what()


def test_a_request_to_stop_that_comes_early_is_not_lost(session: OpenVinoSession) -> None:
    asked = iter([False])  # when it begins, and no more 0.02 s later
    start = time.perf_counter()
    with pytest.raises(Cancelled):
        session.run(TENSOR, lambda: next(asked, True))
    assert time.perf_counter() - start < 8.0 and session._request.cancels > 1
    session._request.end.set()
    assert session.run(TENSOR, lambda: False)[2] is None, "usable afterwards"


def test_who_waits_for_the_engine_does_not_stop_the_run_of_another(session: OpenVinoSession) -> None:
    answers: list[object] = []
    other = threading.Thread(target=lambda: answers.append(session.run(TENSOR, None)))
    other.start()
    while not session._request.running:
        time.sleep(0.005)
    asked = iter([False])
    start = time.perf_counter()
    with pytest.raises(Cancelled):
        session.run(TENSOR, lambda: next(asked, True))
    assert time.perf_counter() - start < 8.0 and session._request.running, "nor waits for its end"
    session._request.end.set()
    other.join()
    assert len(answers) == 1
    assert session.run(TENSOR, None)[2] is None, "the lock is free again"


def test_a_run_that_ends_just_as_it_is_stopped_takes_no_other_with_it(
    session: OpenVinoSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours ends, and another may begin, between our look whether it is under way and the word to the engine."""
    request, answers, between = session._request, [], []
    other = threading.Thread(target=lambda: answers.append(session.run(TENSOR, None)))

    class Late(threading.Event):
        def is_set(self) -> bool:
            found = super().is_set()
            if found and not between and threading.current_thread() is threading.main_thread():
                between.append(True)
                other.start()
                request.end.set()
                assert wait_for(lambda: not request.running, 10.0)
                request.end.clear()
                wait_for(lambda: request.running, 0.5)  # it is the other's then
            return found

    monkeypatch.setattr(module, "threading", SimpleNamespace(Event=Late, Lock=threading.Lock))
    with pytest.raises(Cancelled):
        session.run(TENSOR, lambda: request.running)
    assert between and wait_for(lambda: request.running or not other.is_alive(), 10.0)
    request.end.set()
    other.join()
    assert len(answers) == 1, "the other's run was stopped"


def test_rest_waits_for_no_run(session: OpenVinoSession) -> None:
    """It may be asked for by somebody for whom a window waits."""
    released: list[bool] = []
    session._compiled = SimpleNamespace(release_memory=lambda: released.append(session._request.running))
    session.rest()
    assert released == [False]
    other = threading.Thread(target=session.run, args=(TENSOR, None))
    other.start()
    try:
        assert wait_for(lambda: session._request.running, 10.0)
        rests = threading.Thread(target=session.rest, daemon=True)
        rests.start()
        rests.join(8.0)
        assert not rests.is_alive() and session._request.running and released == [False]
    finally:
        session._request.end.set()
        other.join()
    session.rest()
    assert released == [False, False], "afterwards it rests again"


def test_a_folder_that_was_left_of_the_package_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "openvino" / "libs").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "openvino", raising=False)
    assert importlib.util.find_spec("openvino") is not None and not has_openvino()
    (tmp_path / "openvino" / "__init__.py").write_text("")
    importlib.invalidate_caches()
    assert has_openvino()


@pytest.mark.skipif(not has_openvino(), reason="the extra openvino is not installed")
def test_a_file_is_read_as_onnx_whatever_else_its_texts_hold(model_builder, tmp_path) -> None:
    """OpenVINO takes its own format for it where it finds that in a text: another network, at which nobody has looked."""
    import openvino
    from openvino import opset13 as op

    model = model_builder("lse")
    volume = op.parameter([1, 1, 2, 2, 2], np.float32, name="volume")
    volume.output(0).set_names({"volume"})
    other = op.result(op.negative(volume))
    openvino.save_model(openvino.Model([other], [volume], "other"), tmp_path / "other.xml", compress_to_fp16=False)
    text = (tmp_path / "other.xml").read_bytes()
    length = bytes([len(text) & 127 | 128, len(text) >> 7 & 127 | 128, len(text) >> 14])
    data = b"\x32" + length + text + model.SerializeToString()  # field 6 of a model: doc_string
    two_faced = OpenVinoSession(data, 1)
    plain = OpenVinoSession(model.SerializeToString(), 1)
    assert two_faced.input_shape == plain.input_shape
    tensor = np.random.default_rng(0).random(plain.input_shape, dtype=np.float32)
    for one, same in zip(two_faced.run(tensor, None)[:2], plain.run(tensor, None)[:2], strict=True):
        np.testing.assert_array_equal(one, same)
