"""trying: an engine that ends the process twice is left alone for a week, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ankleviewer.inference.engines import trying as module
from ankleviewer.inference.engines.trying import sound, trying

ALL = ["openvino", "cpu"]
CASE = (ALL, b"model", 2)

PROGRAM = """
import os, sys
import numpy as np
from ankleviewer.inference.engines import runtime

real, dies_when = runtime._open, sys.argv[2]

def opened(model, name):
    if name == "cpu":
        return real(model, name)
    if dies_when == "starting":
        os.abort()
    session = real(model, "cpu")
    session.provider, session.run = "Device", lambda *_: os.abort()
    return session

runtime._open, runtime.available = opened, lambda name: name != "cuda"
engine = runtime.Engine(open(sys.argv[1], "rb").read(), sys.argv[3])
shape = engine._started(None)[0].input_shape
print(engine.run(np.zeros(shape, np.float32)).provider)
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "home", lambda: tmp_path)
    return tmp_path


def killed() -> None:
    """As a process that ends while it tries an engine: what it wrote stays."""
    with trying("openvino", *CASE, runs=True):
        (mark,) = (module.home() / module.FOLDER).iterdir()
        text = mark.read_text()
    mark.write_text(text)


def test_one_that_is_tried_and_lives_leaves_nothing(own_home: Path) -> None:
    with trying("openvino", *CASE, runs=True):
        assert len(list((own_home / module.FOLDER).iterdir())) == 1
    with pytest.raises(RuntimeError), trying("openvino", *CASE, runs=True):
        raise RuntimeError("an error is no end of the process")
    assert list((own_home / module.FOLDER).iterdir()) == [] and sound(*CASE) == ALL


def test_the_second_end_counts_for_a_week_and_for_that_engine_and_model_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sound(*CASE) == ALL
    killed()
    assert sound(*CASE) == ALL, "somebody may have ended it"
    killed()
    assert sound(*CASE) == ["cpu"]
    assert sound(["cuda", *ALL], b"model", 2) == ["cuda", *ALL], "another computer"
    assert sound(ALL, b"another", 2) == ALL
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + module.LASTS_S + 60)
    assert sound(*CASE) == ALL and list((module.home() / module.FOLDER).iterdir()) == []


def test_one_that_lives_after_all_is_trusted_again() -> None:
    killed()
    with trying("openvino", *CASE, runs=True):
        pass
    killed()
    assert sound(*CASE) == ALL


def test_one_that_has_only_started_has_not_shown_that_it_lives() -> None:
    killed()
    with trying("openvino", *CASE, runs=False):
        pass
    killed()
    assert sound(*CASE) == ["cpu"]


@pytest.mark.parametrize("text", ["", "x", "-3", "9" * 9000])
def test_a_damaged_mark_is_no_harm(own_home: Path, text: str) -> None:
    killed()
    (mark,) = (own_home / module.FOLDER).iterdir()
    mark.write_text(text)
    assert sound(*CASE) in (ALL, ["cpu"])
    with trying("openvino", *CASE, runs=True):
        pass
    assert not mark.exists()


def test_where_nothing_can_be_written_it_is_tried_all_the_same(own_home: Path) -> None:
    (own_home / module.FOLDER).write_text("no folder")
    with trying("openvino", *CASE, runs=True):
        assert sound(*CASE) == ALL


@pytest.mark.skipif(sys.platform == "win32", reason="needs an abort that no dialogue stops")
@pytest.mark.parametrize(("when", "runtime"), [("starting", "auto"), ("running", "at-once")])
def test_the_program_that_was_ended_twice_answers_by_the_cpu(pack_folder: Path, tmp_path: Path, when: str, runtime: str) -> None:
    model = pack_folder / "tiny-gap" / "model.onnx"
    environment = os.environ | {"ANKLEVIEWER_HOME": str(tmp_path / "own")}
    line = [sys.executable, "-c", PROGRAM, str(model), when, runtime]
    runs = [subprocess.run(line, env=environment, capture_output=True, text=True, timeout=120, check=False) for _ in range(4)]
    assert [r.returncode != 0 for r in runs] == [True, True, False, False], runs[-1].stderr[-500:]
    assert {r.stdout for r in runs[2:]} == {"CPUExecutionProvider\n"}
