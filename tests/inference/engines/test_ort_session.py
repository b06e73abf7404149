"""ort_session: bytes are read as ONNX and as nothing else, and a session that is quickly built gives its memory back."""

from __future__ import annotations

import signal
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core import signals
from ankleviewer.core.errors import ModelError
from ankleviewer.inference.engines import ort_session, runtime
from ankleviewer.inference.engines.ort_session import CPU, OrtSession
from ankleviewer.inference.engines.telemetry import load_onnxruntime

TENSOR = np.zeros((1, 1, 128, 128, 128), dtype=np.float32)


def in_its_own_format(model: bytes, folder: Path) -> bytes:
    """The same model as onnxruntime stores it for itself."""
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(folder / "model.ort")
    options.add_session_config_entry("session.save_model_format", "ORT")
    onnxruntime.InferenceSession(model, options, providers=[CPU])
    return (folder / "model.ort").read_bytes()


def test_the_engine_s_own_format_is_not_read(tmp_path: Path, model_builder) -> None:
    """Nothing in it has been looked through, and told no format onnxruntime goes by four bytes."""
    data = in_its_own_format(model_builder("lse").SerializeToString(), tmp_path)
    assert data[4:8] == b"ORTM"
    load_onnxruntime().InferenceSession(data, providers=[CPU])
    with pytest.raises(Exception, match=r"INVALID_PROTOBUF|Protobuf parsing failed"):
        OrtSession(data, cuda=False, threads=1)


def test_a_session_that_rests_answers_the_same_afterwards(model_builder) -> None:
    session = OrtSession(model_builder("lse").SerializeToString(), cuda=False, threads=1)
    tensor = np.random.default_rng(1).random(session.input_shape, dtype=np.float32)
    before = session.run(tensor, None)
    session.rest()
    assert session._session is None, "one that is quickly built is let go"
    after = session.run(tensor, None)
    assert session.provider == CPU and np.array_equal(before[1], after[1])


def test_an_onnxruntime_that_cannot_be_loaded_has_no_cuda(monkeypatch) -> None:
    monkeypatch.setattr(ort_session, "nvidia", lambda: ("CUDA 13000", "a card"))
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert not ort_session.has_cuda() and "cuda" not in runtime._candidates()


@pytest.mark.parametrize("raised", [SystemError("x"), AttributeError("_ARRAY_API"), OSError("libx.so"), SystemExit(1)], ids=repr)
def test_an_onnxruntime_that_cannot_be_loaded_is_told_as_such(model_builder, monkeypatch, raised: BaseException) -> None:
    """The model is sound; and no library ends the program without a word."""

    def fails() -> object:
        raise raised

    monkeypatch.setattr(ort_session, "load_onnxruntime", fails)
    model = model_builder("lse").SerializeToString()
    for call in (ort_session.library, partial(runtime.Engine(model, "cpu").run, TENSOR)):
        with pytest.raises(ModelError) as error:
            call()
        assert error.value.code == "ENGINE_MISSING"


def test_a_signal_that_ends_the_program_is_none_of_the_library_s_faults(monkeypatch) -> None:
    def slow() -> object:
        signal.raise_signal(signal.SIGTERM)  # heard on the main thread, which waits
        time.sleep(0.3)
        return object()

    def leave(number: int) -> None:
        raise SystemExit(128 + number)

    monkeypatch.setattr(ort_session, "load_onnxruntime", slow)
    with pytest.raises(SystemExit), signals.heard(leave):
        ort_session.library()


def test_what_onnxruntime_says_of_no_session_is_not_printed(model_builder, monkeypatch) -> None:
    set_to: list[int] = []
    monkeypatch.setattr(ort_session.load_onnxruntime(), "set_default_logger_severity", set_to.append)
    OrtSession(model_builder("lse").SerializeToString(), cuda=False, threads=1)
    assert set(set_to) == {4}


def test_the_import_of_the_library_does_not_count_as_building(model_builder, monkeypatch) -> None:
    """Nor does what other programs do meanwhile: both would decide at random whether memory is given back."""

    def slow() -> object:
        time.sleep(0.3)
        return real()

    real = ort_session.load_onnxruntime
    monkeypatch.setattr(ort_session, "load_onnxruntime", slow)
    monkeypatch.setattr(ort_session, "_QUICK_S", 0.25)
    assert ort_session.OrtSession(model_builder("lse").SerializeToString(), False, 1)._lets_go
