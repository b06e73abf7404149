"""openvino_core: models come and go, and signals are still handled."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ankleviewer.inference.engines.openvino_core import core

pytest.importorskip("openvino", reason="OpenVINO is not installed")

PROGRAM = """
import gc, signal, sys, threading
from pathlib import Path
from ankleviewer.inference.engines.openvino_session import OpenVinoSession

model = Path(sys.argv[1]).read_bytes()
first, second = OpenVinoSession(model, 1), OpenVinoSession(model, 1)

def drop():
    global first, second
    del first
    gc.collect()
    del second
    gc.collect()

if sys.argv[2] == "here":
    drop()
else:
    other = threading.Thread(target=drop)
    other.start()
    other.join()
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("handled")
"""


def test_there_is_one_for_all_threads() -> None:
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(core())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and all(one is core() for one in found)


@pytest.mark.parametrize("where", ["here", "in another thread"])
def test_a_signal_is_handled_after_models_have_gone(where: str, pack_folder: Path) -> None:
    """It ended the program: the library had freed the stack on which signals are handled."""
    model = pack_folder / "tiny-gap" / "model.onnx"
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(model), where], capture_output=True, text=True, timeout=120, check=False
    )
    assert (run.returncode, run.stdout) == (0, "handled\n"), run.stderr[-500:]
