"""trial: a pack that ends the process, that no engine takes or that contradicts itself is refused, and this process lives on."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest
from onnx import helper, numpy_helper

from ankleviewer.core.errors import ModelError
from ankleviewer.inference import trial
from ankleviewer.inference.trial import try_out


def test_a_sound_pack_passes(tmp_path, pack_writer, zipped, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ankleviewer.py").write_text("raise SystemExit(3)")  # the folder that somebody stands in is no place for programs
    pack = pack_writer(tmp_path / "p", "mine")
    try_out(pack)
    try_out(zipped(pack, tmp_path / "mine.zip").relative_to(tmp_path))


def divides_the_least_number(model) -> None:
    """By -1: the quotient is no 64-bit number, and the processor raises."""
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(np.array([-(2**63)]), "least"))
    graph.initializer.append(numpy_helper.from_array(np.array([-1]), "by"))
    graph.initializer.append(numpy_helper.from_array(np.array([0]), "nothing"))
    nodes = [
        helper.make_node("Div", ["least", "by"], ["quotient"]),
        helper.make_node("Mul", ["quotient", "nothing"], ["zero"]),
        helper.make_node("Add", ["shape", "zero"], ["shape too"]),
    ]
    for node in graph.node:
        if node.op_type == "Reshape":
            node.input[1] = "shape too"
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *rest])


def unknown_operator(model) -> None:
    model.graph.node[0].op_type = "Diagnose"


def no_map(model) -> None:
    del model.graph.output[1]


def two_inputs(model) -> None:
    model.graph.input.append(helper.make_tensor_value_info("age", 1, [1]))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (divides_the_least_number, "MODEL_FILE_INVALID"),
        (unknown_operator, "MODEL_FILE_INVALID"),
        (no_map, "MODEL_FAILED"),
        (two_inputs, "MODEL_FAILED"),
    ],
)
def test_what_does_not_run_is_refused(tmp_path, pack_writer, model_builder, code_of, change, code: str) -> None:
    model = model_builder("lse")
    change(model)
    pack = pack_writer(tmp_path / "p", "mine", model=model)
    assert code_of(try_out, pack) == code


def test_a_process_without_end_is_ended(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(trial, "_RUN", "import time; time.sleep(60)")
    monkeypatch.setattr(trial, "LIMIT_S", 0.5)
    with pytest.raises(ModelError, match="MODEL_FILE_INVALID: The model did not answer within"):
        try_out(tmp_path)


def test_what_else_a_process_may_say_is_no_code(tmp_path, monkeypatch) -> None:
    done = subprocess.CompletedProcess([], 4, b"NONSENSE", b"")
    monkeypatch.setattr(trial.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(ModelError, match="MODEL_FILE_INVALID: The model ends the program"):
        try_out(tmp_path)
