"""trial: a pack that ends the process, that no engine takes or that contradicts itself is refused, and this process lives on."""

from __future__ import annotations

import errno
import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from onnx import helper

from ankleviewer.core.errors import Cancelled, ModelError
from ankleviewer.inference import trial
from ankleviewer.inference.packs import ModelPack, read_pack
from ankleviewer.inference.trial import try_out

TINY = runpy.run_path(str(Path(__file__).parent / "conftest.py"))
ends_the_process, no_map = TINY["ends_the_process"], TINY["no_map"]


def at(path: Path) -> ModelPack:
    """What is handed to a process that is none of ours: only where it lies is asked."""
    pack: Any = SimpleNamespace(path=path, sha256="0" * 64)
    return pack


def test_a_sound_pack_passes(tmp_path, pack_writer, zipped, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ankleviewer.py").write_text("raise SystemExit(3)")  # the folder that somebody stands in is no place for programs
    pack = pack_writer(tmp_path / "p", "mine")
    try_out(read_pack(pack))
    try_out(read_pack(zipped(pack, tmp_path / "mine.zip").relative_to(tmp_path)))


def unknown_operator(model) -> None:
    model.graph.node[0].op_type = "Diagnose"


def two_inputs(model) -> None:
    model.graph.input.append(helper.make_tensor_value_info("age", 1, [1]))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (ends_the_process, "MODEL_FILE_INVALID"),
        (unknown_operator, "MODEL_FILE_INVALID"),
        (no_map, "MODEL_FAILED"),
        (two_inputs, "MODEL_FAILED"),
    ],
)
def test_what_does_not_run_is_refused(tmp_path, pack_writer, model_builder, code_of, change, code: str) -> None:
    model = model_builder("lse")
    change(model)
    pack = pack_writer(tmp_path / "p", "mine", model=model)
    assert code_of(try_out, read_pack(pack)) == code


def test_a_process_without_end_is_ended(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(trial, "_RUN", "import time; time.sleep(60)")
    monkeypatch.setattr(trial, "LIMIT_S", 0.5)
    with pytest.raises(ModelError, match="MODEL_FILE_INVALID: The model did not answer within"):
        try_out(at(tmp_path))


def test_who_waits_for_it_may_stop_waiting_and_it_ends(tmp_path, monkeypatch) -> None:
    """Also one that has written more than a pipe holds."""
    begun = tmp_path / "begun"
    monkeypatch.setattr(
        trial, "_RUN", "import sys, time; print('x' * 300_000, flush=True); open(sys.argv[1], 'w').close(); time.sleep(600)"
    )
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen
    monkeypatch.setattr(trial.subprocess, "Popen", lambda *a, **k: started.append(real(*a, **k)) or started[0])
    with pytest.raises(Cancelled):
        try_out(at(begun), begun.exists)
    assert started[0].returncode not in (None, 0)
    with pytest.raises(Cancelled):
        try_out(at(begun), lambda: True)
    assert len(started) == 1, "nothing is started for somebody who does not want it"


def test_what_ends_both_is_no_fault_of_the_pack(tmp_path, monkeypatch) -> None:
    """Ctrl-C in a terminal reaches the process, too, which may end before anybody has asked."""
    monkeypatch.setattr(trial, "_RUN", "raise KeyboardInterrupt")
    monkeypatch.setattr(trial, "_ASK_S", 60.0)
    asked: list[int] = []
    with pytest.raises(Cancelled):
        try_out(at(tmp_path), lambda: bool(asked) or asked.append(1))
    asked.clear()
    monkeypatch.setattr(trial, "_RUN", "")
    try_out(at(tmp_path), lambda: bool(asked) or asked.append(1))  # it has answered


def standardised(model) -> None:
    """Each volume by its own spread, of which an empty one has none."""
    graph = model.graph
    nodes = [
        helper.make_node("ReduceSumSquare", ["volume"], ["squares"], keepdims=1),
        helper.make_node("Sqrt", ["squares"], ["spread"]),
        helper.make_node("Div", ["volume", "spread"], ["volume 1"]),
    ]
    for node in graph.node:
        node.input[:] = ["volume 1" if name == "volume" else name for name in node.input]
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *rest])


def test_a_network_may_divide_by_a_volume_s_spread(tmp_path, pack_writer, model_builder) -> None:
    model = model_builder("lse")
    standardised(model)
    try_out(read_pack(pack_writer(tmp_path / "p", "mine", model=model)))


def test_it_runs_where_the_program_is_not_installed(tmp_path, pack_writer) -> None:
    """As in a checkout that is run by `python -m ankleviewer`: the folder it lies in is on nobody's path."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        f"root = {trial._FOLDER!r}\n"
        "sys.path[:] = [p for p in sys.path if p != root]\n"
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in getattr(f, '__name__', type(f).__name__).lower()]\n"
    )
    pack = pack_writer(tmp_path / "p", "mine")
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); from ankleviewer.inference import packs, trial;"
        "trial.sys.executable = sys.executable; trial.try_out(packs.read_pack(sys.argv[1]))"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    line = [sys.executable, "-c", code, str(pack), trial._FOLDER]
    run = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr


def ended_by(monkeypatch, returncode: int, stderr: bytes = b"") -> None:
    done = subprocess.CompletedProcess([], returncode, b"", stderr)
    monkeypatch.setattr(trial, "_ended", lambda *_: done)


def test_what_the_computer_lacks_is_not_the_pack_s_fault(tmp_path, monkeypatch, code_of) -> None:
    with monkeypatch.context() as patch:
        ended_by(patch, -9)  # by the system, for its memory
        assert code_of(try_out, at(tmp_path)) == "OUT_OF_MEMORY"
    for error, code in ((errno.ENOMEM, "OUT_OF_MEMORY"), (errno.EAGAIN, "OUT_OF_MEMORY"), (errno.EACCES, "MODEL_FAILED")):

        def refuse(*_: object, error: int = error, **__: object) -> None:
            raise OSError(error, os.strerror(error))

        monkeypatch.setattr(trial.subprocess, "Popen", refuse)
        assert code_of(try_out, at(tmp_path)) == code
    monkeypatch.undo()
    monkeypatch.setattr(trial.sys, "executable", None)  # Python inside another program
    assert code_of(try_out, at(tmp_path)) == "MODEL_FAILED"


def test_the_kind_of_an_error_is_told_and_not_its_words(tmp_path, monkeypatch) -> None:
    ended_by(monkeypatch, 1, b"Traceback ...\nModuleNotFoundError: No module named '/home/doe'\n")
    with pytest.raises(ModelError, match=r"runs it \(exit status 1, ModuleNotFoundError\)\.$"):
        try_out(at(tmp_path))
    ended_by(monkeypatch, -11, b"a line of a library's\n")
    with pytest.raises(ModelError, match=r"runs it \(exit status -11\)\.$"):
        try_out(at(tmp_path))


def test_a_volume_that_does_not_fit_is_told_as_such(tmp_path, pack_writer, monkeypatch, capfdbinary) -> None:
    def full(_shape: object) -> None:
        raise MemoryError

    monkeypatch.setattr(trial, "noise", full)
    monkeypatch.setattr(trial, "_ends_by_itself", lambda _: None)
    pack = pack_writer(tmp_path / "p", "mine")
    monkeypatch.setattr(sys, "argv", ["-c", str(pack), "", read_pack(pack).sha256])
    assert trial.main() == 4
    sys.stdout.flush()
    assert capfdbinary.readouterr().out.startswith(b"OUT_OF_MEMORY The model does not fit")


def test_a_process_that_nobody_waits_for_ends_by_itself() -> None:
    code = "import time; from ankleviewer.inference import trial; trial._ends_by_itself(0.2); time.sleep(100)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 1


def test_what_else_a_process_may_say_is_no_code(tmp_path, monkeypatch) -> None:
    done = subprocess.CompletedProcess([], 4, b"NONSENSE", b"")
    monkeypatch.setattr(trial, "_ended", lambda *_: done)
    with pytest.raises(ModelError, match="MODEL_FILE_INVALID: The model ends the program"):
        try_out(at(tmp_path))
