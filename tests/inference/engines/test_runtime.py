"""runtime: the provider that is reported is the one that worked; cancelling is quick; faults end in ModelError or on the CPU."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from ankleviewer.core.errors import Cancelled, ModelError
from ankleviewer.inference.engines import choice, ort_session, runtime
from ankleviewer.inference.engines.openvino_session import has_openvino
from ankleviewer.inference.engines.runtime import CPU, Engine, Output
from ankleviewer.inference.engines.watch import left_running

VOLUME = np.zeros((1, 1, 128, 128, 128), dtype=np.float32)


def slow(layers: int) -> bytes:
    """Many 3D convolutions with 16 channels on 64^3."""
    rng = np.random.default_rng(0)
    nodes = [helper.make_node("MaxPool", ["volume"], ["x0"], kernel_shape=[2] * 3, strides=[2] * 3)]
    weights = []
    for n in range(layers):
        channels = 1 if n == 0 else 16
        weights.append(numpy_helper.from_array(rng.normal(size=(16, channels, 3, 3, 3)).astype(np.float32) * 0.05, f"w{n}"))
        nodes.append(helper.make_node("Conv", [f"x{n}", f"w{n}"], [f"x{n + 1}"], pads=[1] * 6))
    weights += [numpy_helper.from_array(np.full((1, 16, 4, 4, 4), 0.01, np.float32), "last")]
    weights += [
        numpy_helper.from_array(np.array([1, 1], np.int64), "shape"),
        numpy_helper.from_array(np.array([2, 3, 4]), "axes"),
    ]
    nodes += [
        helper.make_node("Conv", [f"x{layers}", "last"], ["cam"], strides=[4] * 3),
        helper.make_node("ReduceSum", ["cam", "axes"], ["sum"], keepdims=0),
        helper.make_node("Reshape", ["sum", "shape"], ["logit"]),
    ]
    graph = helper.make_graph(
        nodes,
        "slow",
        [helper.make_tensor_value_info("volume", TensorProto.FLOAT, VOLUME.shape)],
        [
            helper.make_tensor_value_info("logit", TensorProto.FLOAT, (1, 1)),
            helper.make_tensor_value_info("cam", TensorProto.FLOAT, (1, 1, 16, 16, 16)),
        ],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9).SerializeToString()


@pytest.fixture(scope="module")
def slow_model() -> bytes:
    """Runs for seconds."""
    return slow(60)


@pytest.fixture(scope="module")
def endless_model() -> bytes:
    """Runs for half a minute and longer on two cores, and is built in a second."""
    return slow(600)


def cancel_while_running(engine: Engine) -> None:
    assert engine.provider, "it is built before the clock starts"
    asked: list[float] = []

    def cancelled() -> bool:
        asked.append(time.monotonic())
        return asked[-1] - asked[0] > 0.3

    with pytest.raises(Cancelled):
        engine.run(VOLUME, cancelled)
    assert time.monotonic() - asked[0] < 10.0
    assert not left_running()


def test_cancel_while_running(endless_model: bytes) -> None:
    engine = Engine(endless_model, "cpu")
    cancel_while_running(engine)
    with pytest.raises(Cancelled):
        engine.run(VOLUME, lambda: True)
    assert not left_running()


def test_engine_is_usable_after_cancel(model_builder) -> None:
    engine = Engine(model_builder("lse").SerializeToString(), "cpu")
    with pytest.raises(Cancelled):
        engine.run(VOLUME, lambda: True)
    assert np.isfinite(engine.run(VOLUME, lambda: False).logit)


@pytest.mark.parametrize("asked", ["cuda", "openvino"])
def test_what_is_not_there_falls_back_and_says_so(model_builder, monkeypatch, asked) -> None:
    monkeypatch.setattr(runtime, "available", lambda _: False)
    output = Engine(model_builder("lse").SerializeToString(), asked).run(VOLUME)
    assert output.provider == CPU and asked in output.note and "CPU" in output.note


def test_auto_on_a_machine_without_gpu_is_silent(model_builder, monkeypatch, capfd) -> None:
    monkeypatch.setattr(runtime, "available", lambda name: name == "cpu")
    output = Engine(model_builder("lse").SerializeToString(), "auto").run(VOLUME)
    assert (output.provider, output.note) == (CPU, "")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("asked", ["cuda", "openvino"])
def test_an_engine_that_does_not_start_falls_back(model_builder, monkeypatch, asked) -> None:
    real = runtime._open

    def fails(model: bytes, name: str) -> runtime.Session:
        if name == asked:
            raise RuntimeError("libcudnn.so.9: cannot open shared object file")
        return real(model, name)

    monkeypatch.setattr(runtime, "_open", fails)
    monkeypatch.setattr(runtime, "available", lambda _: True)
    output = Engine(model_builder("lse").SerializeToString(), asked).run(VOLUME)
    assert output.provider == CPU and output.note == f"{asked} did not start; the CPU was used."


def test_an_engine_that_silently_takes_the_cpu_is_found_out(model_builder, monkeypatch) -> None:
    real = runtime._open
    monkeypatch.setattr(runtime, "_open", lambda model, name: real(model, "cpu"))
    monkeypatch.setattr(runtime, "available", lambda _: True)
    engine = Engine(model_builder("lse").SerializeToString(), "cuda")
    assert engine.provider == CPU and "cuda did not start" in engine.note


class Broken:
    """A device whose memory is too little."""

    provider = "CUDAExecutionProvider"
    input_shape = VOLUME.shape

    def run(self, *_: object) -> tuple[object, object]:
        raise RuntimeError("Failed to allocate memory")


def test_fault_on_a_device_is_answered_on_the_cpu(model_builder) -> None:
    engine = Engine(model_builder("lse").SerializeToString(), "cpu")
    expected = engine.run(VOLUME)
    engine._session = Broken()
    output = engine.run(VOLUME)
    assert output.provider == CPU and "CUDA" in output.note
    assert output.logit == expected.logit


def test_a_failed_device_is_let_go_before_the_cpu_is_asked(model_builder, monkeypatch) -> None:
    engine = Engine(model_builder("lse").SerializeToString(), "cpu")
    engine._session = Broken()
    gone = weakref.ref(engine._session)
    real, seen = runtime._open, []
    monkeypatch.setattr(runtime, "_open", lambda model, name: seen.append(gone()) or real(model, name))
    engine.run(VOLUME)
    assert seen == [None], "its memory is what the CPU's session may need"


def test_what_the_cuda_libraries_say_never_goes_where_the_result_goes(model_builder, monkeypatch, capsys) -> None:
    loud = ort_session.load_onnxruntime()
    monkeypatch.setattr(loud, "preload_dlls", lambda: print("Failed to load libcublasLt.so.12"))
    with contextlib.suppress(Exception):  # there may be no CUDA here
        ort_session.OrtSession(model_builder("lse").SerializeToString(), True, 1)
    assert "libcublas" not in capsys.readouterr().out


def test_a_model_that_is_refused_says_nothing_where_the_result_goes(model_builder, capfd) -> None:
    damaged = model_builder("lse").SerializeToString().replace(b"Relu", b"R\xe7lu")  # an operator whose name is no text
    with pytest.raises(ModelError) as error:
        Engine(damaged, "cpu").run(VOLUME)
    assert error.value.code == "MODEL_FILE_INVALID" and capfd.readouterr() == ("", "")


def test_a_device_that_fails_is_left_to_us(model_builder, monkeypatch, capfd) -> None:
    onnxruntime = ort_session.load_onnxruntime()
    real, asked = onnxruntime.InferenceSession._create_inference_session, []

    def creates(session: object, providers: list, *more: object) -> None:
        asked.append([p if isinstance(p, str) else p[0] for p in providers])
        if len(providers) > 1:
            raise RuntimeError("no CUDA-capable device is detected")
        real(session, providers, *more)

    monkeypatch.setattr(onnxruntime.InferenceSession, "_create_inference_session", creates)
    monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: None)
    monkeypatch.setattr(runtime, "available", lambda _: True)
    output = Engine(model_builder("lse").SerializeToString(), "cuda").run(VOLUME)
    assert (output.provider, output.note) == (CPU, "cuda did not start; the CPU was used.")
    assert asked == [["CUDAExecutionProvider", CPU], [CPU]] and capfd.readouterr() == ("", "")


def test_auto_takes_the_fastest_of_those_that_work(model_builder, monkeypatch) -> None:
    now = [0.0]  # goes on by what the runs are said to take

    class Taking:
        provider = "OpenVINO CPU"
        input_shape = VOLUME.shape

        def __init__(self, seconds: float, answer: tuple) -> None:
            self.seconds, self.answer = seconds, answer

        def run(self, *_: object) -> tuple:
            now[0] += self.seconds
            return self.answer

    real, opened = runtime._open, []

    def opens(model: bytes, name: str) -> runtime.Session:
        opened.append(name)
        if name == "cuda":
            raise RuntimeError("no device")
        made = Taking({"openvino": 1.0, "cpu": 2.0}[name], answer)
        made.provider = {"openvino": "OpenVINO CPU", "cpu": CPU}[name]
        return made

    monkeypatch.setattr(runtime, "_open", opens)
    monkeypatch.setattr(runtime, "available", lambda _: True)
    monkeypatch.setattr(runtime, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    model = model_builder("lse").SerializeToString()
    volume = np.random.default_rng(0).random(VOLUME.shape, dtype=np.float32)  # the one that is measured with
    answer = real(model, "cpu").run(volume, None)
    engine = Engine(model, "auto")
    assert engine.provider == "OpenVINO CPU" and engine.note == ""
    assert opened == ["cuda", "openvino", "cpu", "openvino"]
    opened.clear()
    assert Engine(model, "auto").provider == "OpenVINO CPU" and opened == ["openvino"], "remembered"


def test_bytes_that_are_no_model() -> None:
    with pytest.raises(ModelError) as error:
        Engine(b"\x08\x07nonsense", "cpu").run(VOLUME)
    assert error.value.code == "MODEL_FILE_INVALID"


def test_wrong_input_and_wrong_runtime(model_builder) -> None:
    model = model_builder("lse").SerializeToString()
    with pytest.raises(ModelError, match="MODEL_FAILED"):
        Engine(model, "cpu").run(VOLUME[:, :, :8])
    with pytest.raises(ModelError, match="RUNTIME_UNKNOWN"):
        Engine(model, "quantum")


def test_one_thread_and_many_agree(model_builder, monkeypatch) -> None:
    volume = np.random.default_rng(1).random(VOLUME.shape, dtype=np.float32)
    outputs: list[Output] = []
    for threads in (1, 3):
        monkeypatch.setattr(runtime, "thread_count", lambda n=threads: n)
        outputs.append(Engine(model_builder("gap").SerializeToString(), "cpu").run(volume))
    assert abs(outputs[0].logit - outputs[1].logit) < 1e-4
    np.testing.assert_allclose(outputs[0].cam, outputs[1].cam, atol=1e-5)


@pytest.mark.skipif(not has_openvino(), reason="the extra openvino is not installed")
def test_openvino_equals_onnxruntime(model_builder, endless_model: bytes) -> None:
    volume = np.random.default_rng(1).random(VOLUME.shape, dtype=np.float32)
    for pooling in ("lse", "gap"):
        model = model_builder(pooling).SerializeToString()
        cpu, other = Engine(model, "cpu").run(volume), Engine(model, "openvino").run(volume)
        assert (other.provider, other.note) == ("OpenVINO CPU", "")
        assert other.logit == pytest.approx(cpu.logit, rel=1e-4, abs=1e-4)
        np.testing.assert_allclose(other.cam, cpu.cam, atol=1e-4 * max(1.0, float(np.abs(cpu.cam).max())))
    engine = Engine(endless_model, "openvino")
    cancel_while_running(engine)
    with pytest.raises(ModelError, match="MODEL_FAILED"):  # answered on the CPU, which refuses it too
        engine.run(VOLUME[:, :, :8])


@pytest.mark.gpu
def test_cuda_equals_cpu(model_builder) -> None:
    volume = np.random.default_rng(1).random(VOLUME.shape, dtype=np.float32)
    model = model_builder("lse").SerializeToString()
    cpu, cuda = Engine(model, "cpu").run(volume), Engine(model, "cuda").run(volume)
    assert cuda.provider == "CUDAExecutionProvider"
    np.testing.assert_allclose(cuda.cam, cpu.cam, atol=1e-3)


@pytest.mark.parametrize("asked", ["cpu", pytest.param("openvino", marks=pytest.mark.skipif(not has_openvino(), reason="extra"))])
def test_an_engine_at_rest_holds_little_and_answers_as_before(slow_model: bytes, asked: str) -> None:
    code = f"""
import re, sys
import numpy as np
from ankleviewer.core import memory
from ankleviewer.inference.engines import ort_session
from ankleviewer.inference.engines.runtime import Engine
ort_session._QUICK_S = 60.0
def resident():
    memory.trim()
    return int(re.search(r"RssAnon:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024  # pages of libraries come and go
engine = Engine(sys.stdin.buffer.read(), "{asked}")
volume = np.random.default_rng(1).normal(size=(1, 1, 128, 128, 128)).astype(np.float32)
first = engine.run(volume)
ran = resident()
engine.rest()
engine.rest()
print(ran - resident())
again = engine.run(volume)
assert again.logit == first.logit and (again.cam == first.cam).all() and again.provider == first.provider
"""
    if not sys.platform.startswith("linux"):
        pytest.skip("reads /proc")
    done = subprocess.run([sys.executable, "-c", code], input=slow_model, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert float(done.stdout) > 25, "two layers of 16 x 64^3 are 32 MiB"


def test_a_session_that_takes_long_to_build_stays(model_builder, monkeypatch) -> None:
    monkeypatch.setattr(ort_session, "_QUICK_S", 0.0)
    engine = Engine(model_builder("lse").SerializeToString(), "cpu")
    assert engine.provider == CPU
    kept = engine._session._session
    engine.rest()
    assert engine._session._session is kept is not None


class Measured:
    """Sessions that know how long they take, and a clock that goes on by that alone; notes what is opened."""

    def __init__(self, **seconds: float) -> None:
        self.seconds, self.opened, self.now, self.runs, self.rested = seconds, [], 0.0, 0, []

    def __call__(self, _model: bytes, name: str) -> runtime.Session:
        here = self
        self.opened.append(name)

        class Timed:
            provider = name
            input_shape = (1, 1, 2, 2, 2)

            def run(self, *_: object) -> tuple[np.ndarray, np.ndarray, None]:
                here.now += here.seconds[name]
                here.runs += 1
                return np.zeros(1), np.zeros((1, 1, 2, 2, 2)), None

            def rest(self) -> None:
                here.rested.append(name)

        return Timed()  # type: ignore[return-value]


def measured_engines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **seconds: float) -> Measured:
    """OpenVINO and the CPU, each as fast as said, on a computer that remembers nothing yet."""
    monkeypatch.setattr(choice, "home", lambda: tmp_path)
    monkeypatch.setattr(choice, "_found", {})
    monkeypatch.setattr(runtime, "available", lambda name: name in ("openvino", "cpu"))
    opened = Measured(**seconds)
    monkeypatch.setattr(runtime, "_open", opened)
    monkeypatch.setattr(runtime, "time", SimpleNamespace(perf_counter=lambda: opened.now))
    return opened


@pytest.mark.parametrize(("cpu", "other"), [(0.0, True), (0.1, False)])
def test_at_once_answers_first_and_measures_when_it_is_asked_to(monkeypatch, tmp_path, cpu: float, other: bool) -> None:
    opened = measured_engines(monkeypatch, tmp_path, openvino=0.03, cpu=cpu)
    engine = Engine(b"model", runtime.AT_ONCE)
    assert engine.provider == "openvino" and opened.opened == ["openvino"]
    assert engine.measure() is other and opened.opened == ["openvino", "cpu"]
    assert not engine.measure() and len(opened.opened) == 2, "once"
    again = Engine(b"model", runtime.AT_ONCE)
    assert again.provider == ("cpu" if other else "openvino") and not again.measure() and len(opened.opened) == 3


@pytest.mark.parametrize("fails", [False, True])
def test_no_device_holds_a_second_session_while_the_first_is_measured(monkeypatch, tmp_path, fails: bool) -> None:
    """A small one has room for one: the session that runs would seem to fail, and be given up for the CPU."""
    opened, alive = measured_engines(monkeypatch, tmp_path, cuda=0.01, cpu=0.05), weakref.WeakSet()
    broken = []

    def opens(model: bytes, name: str) -> runtime.Session:
        if name == "cuda" and any(s.provider == name for s in alive):
            raise RuntimeError("CUDA out of memory")
        made = opened(model, name)
        real = made.run

        def run(*given: object) -> tuple:
            if broken and name == "cuda":
                raise RuntimeError("device lost")
            return real(*given)

        made.run = run
        alive.add(made)
        return made

    monkeypatch.setattr(runtime, "_open", opens)
    monkeypatch.setattr(runtime, "available", lambda name: name in ("cuda", "cpu"))
    engine = Engine(b"model", runtime.AT_ONCE)
    assert engine.provider == "cuda"
    broken += [True] * fails
    assert engine.measure() is fails and opened.opened == ["cuda", "cpu"]
    assert opened.rested == ["cuda"], "what it took for that goes back, and no other rests"
    broken.clear()
    assert engine.provider == "cuda" and opened.opened == ["cuda", "cpu"]


def test_measuring_ends_on_request_and_begins_anew(monkeypatch, tmp_path) -> None:
    opened = measured_engines(monkeypatch, tmp_path, openvino=0.0, cpu=0.0)
    engine = Engine(b"model", runtime.AT_ONCE)
    assert engine.provider == "openvino"
    with pytest.raises(Cancelled):
        engine.measure(lambda: opened.runs == 2)  # once the first of the two has been measured
    assert not (tmp_path / "engines.json").exists() and opened.opened == ["openvino"]
    engine.measure(lambda: False)
    assert (tmp_path / "engines.json").exists() and opened.opened == ["openvino", "cpu"]


def test_auto_measures_in_its_first_run_which_ends_on_request(monkeypatch, tmp_path) -> None:
    opened = measured_engines(monkeypatch, tmp_path, openvino=0.05, cpu=0.01)
    engine = Engine(b"model", "auto")
    assert opened.opened == []
    with pytest.raises(Cancelled):
        engine.run(VOLUME, lambda: len(opened.opened) == 1)
    assert opened.opened == ["openvino"]
    output = engine.run(VOLUME, lambda: False)
    assert output.provider == "cpu" and output.seconds == pytest.approx(0.01) and opened.opened[1:] == ["openvino", "cpu", "cpu"]


def test_who_waits_for_another_s_measuring_can_stop_waiting(monkeypatch) -> None:
    begun, go_on, opened = threading.Event(), threading.Event(), Measured(cpu=0.0)

    def opens(model: bytes, name: str) -> runtime.Session:
        begun.set()
        assert go_on.wait(10.0)
        return opened(model, name)

    monkeypatch.setattr(runtime, "_open", opens)
    monkeypatch.setattr(runtime, "available", lambda name: name == "cpu")
    engine = Engine(b"model", "auto")
    other = threading.Thread(target=engine.run, args=(VOLUME,))
    other.start()
    try:
        assert begun.wait(5.0)
        with pytest.raises(Cancelled):
            engine.run(VOLUME, lambda: True)
    finally:
        go_on.set()
        other.join()
    assert opened.opened == ["cpu"]


@pytest.mark.parametrize(
    ("logit", "cam"),
    [
        (np.zeros((1, 1)), np.zeros((1, 1, 0, 0, 0))),
        (np.zeros((1, 2)), np.zeros((1, 1, 2, 2, 2))),
        (None, np.zeros((1, 1, 2, 2, 2))),
        (np.zeros((1, 1)), None),
        (np.array([["3"]], dtype=object), np.zeros((1, 1, 2, 2, 2))),
        (np.zeros((1, 1)), np.full((1, 1, 2, 2, 2), "1")),
        ([np.zeros((1, 1))], np.zeros((1, 1, 2, 2, 2))),
        (np.zeros((1, 1)), np.zeros((1, 1, 2, 2, 3))),
    ],
)
def test_outputs_of_another_kind_are_refused(monkeypatch, logit: object, cam: object) -> None:
    class Odd:
        provider = CPU
        input_shape = VOLUME.shape

        def run(self, *_: object) -> tuple[object, object, None]:
            return logit, cam, None

    monkeypatch.setattr(runtime, "_open", lambda *_: Odd())
    with pytest.raises(ModelError) as error:
        Engine(b"", "cpu").run(VOLUME)
    assert error.value.code == "MODEL_OUTPUT_INVALID"


def test_a_model_that_answers_in_text_is_refused(model_builder) -> None:
    model = model_builder("lse")
    model.graph.node[-1].output[0] = "number"
    model.graph.node.append(helper.make_node("Cast", ["number"], ["logit"], to=TensorProto.STRING))
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.STRING
    with pytest.raises(ModelError, match="MODEL_OUTPUT_INVALID"):
        Engine(model.SerializeToString(), "cpu").run(VOLUME)


def test_doubles_that_no_float_holds_are_infinite_without_a_word(monkeypatch) -> None:
    class Double:
        provider = CPU
        input_shape = VOLUME.shape

        def run(self, *_: object) -> tuple[object, object, None]:
            return np.array(1), np.full((1, 1, 4, 4, 4), 1e300), None

    monkeypatch.setattr(runtime, "_open", lambda *_: Double())
    output = Engine(b"", "cpu").run(VOLUME)
    assert output.logit == 1.0 and np.isinf(output.cam).all()


def test_an_engine_that_answered_at_once_and_otherwise_than_the_cpu_is_named(monkeypatch, tmp_path) -> None:
    opened = measured_engines(monkeypatch, tmp_path, openvino=0.01, cpu=0.1)
    real = runtime._open

    def odd(model: bytes, name: str) -> runtime.Session:
        session = real(model, name)
        if name == "openvino":
            monkeypatch.setattr(type(session), "run", lambda *_: (np.ones(1), np.zeros((1, 1, 2, 2, 2)), None))
        return session

    monkeypatch.setattr(runtime, "_open", odd)
    engine = Engine(b"model", runtime.AT_ONCE)
    assert engine.provider == "openvino" and engine.measure() and engine.disagreed == "openvino"
    again = Engine(b"model", runtime.AT_ONCE)
    assert again.provider == "cpu" and not again.measure() and again.disagreed == ""
    assert opened.opened == ["openvino", "cpu", "cpu"]


def test_an_engine_whose_map_is_another_is_not_taken_for_its_logit(monkeypatch, tmp_path) -> None:
    measured_engines(monkeypatch, tmp_path, openvino=0.01, cpu=0.1)
    real, cam = runtime._open, np.arange(8.0).reshape(1, 1, 2, 2, 2)

    def odd(model: bytes, name: str) -> runtime.Session:
        session = real(model, name)
        mine = cam[..., ::-1] if name == "openvino" else cam
        monkeypatch.setattr(session, "run", lambda *_: (time.sleep(0.001), (np.ones(1), mine, None))[1], raising=False)
        return session

    monkeypatch.setattr(runtime, "_open", odd)
    assert Engine(b"model", "auto").provider == "cpu"


def test_models_are_tried_on_both_sides_of_zero() -> None:
    tried = runtime.noise((1, 1, 8, 8, 8))
    assert tried.dtype == np.float32 and tried.min() < -0.9 and tried.max() > 0.9


def test_a_device_that_is_not_trusted_is_given_up_for_the_cpu(model_builder, monkeypatch) -> None:
    engine = Engine(model_builder("lse").SerializeToString(), "cpu")
    volume = np.zeros(VOLUME.shape, np.float32)
    assert not engine.distrust(engine.run(volume).provider), "there is nothing beyond the CPU"
    other = Engine(model_builder("lse").SerializeToString(), "openvino")
    monkeypatch.setattr(runtime, "available", lambda name: True)
    real = runtime._open
    monkeypatch.setattr(runtime, "_open", lambda model, name: real(model, "cpu") if name == "cpu" else Elsewhere(model))
    assert other.run(volume).provider == "Elsewhere" and other.distrust("Elsewhere")
    answer = other.run(volume)
    assert answer.provider == CPU and answer.note == "Elsewhere failed; the CPU was used."


class Elsewhere(runtime.OrtSession):
    """The CPU under another name."""

    def __init__(self, model: bytes) -> None:
        super().__init__(model, False, 1)
        self.provider = "Elsewhere"
