"""A pack's first run, in a process of its own: operators may be allowed and well-formed, and still end the process that computes
with them (a division of whole numbers, for one), or be none that the engine has.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from ankleviewer.core.errors import ModelError
from ankleviewer.inference.packs import read_pack

LIMIT_S = 600.0  # the largest network of ours takes about a minute on two slow cores
_REFUSED = 4
_RUN = "from ankleviewer.inference.trial import main; raise SystemExit(main())"


def try_out(pack: Path) -> None:
    """Run the pack in a folder or .zip on an empty volume, on the CPU.

    Raises:
        ModelError: as `Predictor` and `Predictor.infer`; MODEL_FILE_INVALID, the process ended, or did not within LIMIT_S.
        OSError: no process can be started.
    """
    try:
        done = subprocess.run(  # noqa: S603 (this very interpreter)
            [sys.executable, "-P", "-c", _RUN, str(pack.absolute())],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ModelError("MODEL_FILE_INVALID", f"The model did not answer within {LIMIT_S / 60:.0f} minutes.") from None
    if done.returncode == 0:
        return
    code, _, message = done.stdout.decode("utf-8", "replace").strip().partition(" ")
    if done.returncode != _REFUSED or not message:
        raise ModelError("MODEL_FILE_INVALID", f"The model ends the program that runs it (exit status {done.returncode}).")
    raise ModelError(code, message)


def main() -> int:
    """What the process does; the refusal, if there is one, is its output. Returns its exit status."""
    from ankleviewer.inference.predictor import Predictor

    try:
        predictor = Predictor(read_pack(sys.argv[1]), "cpu")
        predictor.infer(np.zeros((1, 1, *[predictor.pack.preprocessing.size] * 3), dtype=np.float32))
    except ModelError as error:
        sys.stdout.buffer.write(f"{error.code} {error.message}".encode())
        return _REFUSED
    return 0
