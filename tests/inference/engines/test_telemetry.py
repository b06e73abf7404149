"""telemetry: both engines answer, and nothing leaves the process: no connection, no process, no identifier at home."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ankleviewer.inference.engines.openvino_session import has_openvino

_WATCHED = """
import sys
seen = []
leaving = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "os.fork", "os.posix_spawn", "subprocess.Popen")
def hook(event, arguments):
    if event in leaving:
        seen.append(event)
sys.addaudithook(hook)
import time
import numpy as np
from ankleviewer.inference.engines.runtime import Engine
engine = Engine(sys.stdin.buffer.read(), sys.argv[1])
assert engine.provider
engine.run(np.zeros(engine._session.input_shape, dtype=np.float32))
time.sleep(0.5)  # reports are sent by threads
print(engine.provider, *seen, sep=",")
"""
ENGINES = {"cpu": "CPUExecutionProvider", "openvino": "OpenVINO CPU"}
# What would keep a library quiet by itself, and would hide that nobody asked it to be.
QUIETING = {"ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI", "TF_BUILD", "GITHUB_ACTIONS", "XDG_CACHE_HOME"}


@pytest.mark.parametrize("asked", ENGINES)
def test_an_answer_stays_here(model_builder, tmp_path: Path, asked: str) -> None:
    if asked == "openvino" and not has_openvino():
        pytest.skip("the extra openvino is not installed")
    surroundings = {name: value for name, value in os.environ.items() if name not in QUIETING}
    surroundings |= {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    model = model_builder("lse").SerializeToString()
    command = [sys.executable, "-c", _WATCHED, asked]
    done = subprocess.run(command, env=surroundings, input=model, capture_output=True, check=True)
    assert done.stdout.decode().strip() == ENGINES[asked]
    assert not list(tmp_path.rglob("*"))
