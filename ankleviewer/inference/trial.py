"""A pack's first run, in a process of its own: operators may be allowed and well-formed, and still end the process that computes
with them (a division of whole numbers, for one), or be none that the engine has.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ankleviewer.core.errors import ModelError, stop_if
from ankleviewer.inference.engines.faults import TOO_LARGE
from ankleviewer.inference.engines.runtime import noise
from ankleviewer.inference.packs import ModelPack, read_pack

LIMIT_S = 600.0  # the largest network of ours takes about a minute on two slow cores
_ASK_S = 0.05  # how often whoever waits for it may stop waiting
_REFUSED = 4
_FOLDER = str(Path(__file__).resolve().parents[2])  # in which the package lies, installed or not
_RUN = "import sys; sys.path.append(sys.argv[2]); from ankleviewer.inference.trial import main; raise SystemExit(main())"
_MEMORY = (errno.ENOMEM, errno.EAGAIN)


def try_out(pack: ModelPack, cancelled: Callable[[], bool] | None = None) -> None:
    """Run a pack on a volume of noise, on the CPU. It is read anew; what it says is said of this very model file, by its hash.

    Raises:
        ModelError: as `Predictor` and `Predictor.infer`; MODEL_FILE_INVALID, the process ended, or did not within LIMIT_S;
            MODEL_HASH_MISMATCH, another pack lies in its place by now, and was not run; OUT_OF_MEMORY; MODEL_FAILED, no process
            can be started.
        Cancelled: on request.
    """
    try:
        told = [str(pack.path.absolute()), _FOLDER, pack.sha256]
        done = _ended([sys.executable or "", "-P", "-c", _RUN, *told], cancelled)
    except subprocess.TimeoutExpired:
        raise ModelError("MODEL_FILE_INVALID", f"The model did not answer within {LIMIT_S / 60:.0f} minutes.") from None
    except OSError as error:
        if error.errno in _MEMORY:
            raise ModelError("OUT_OF_MEMORY", TOO_LARGE) from error
        why = error.strerror or type(error).__name__
        raise ModelError("MODEL_FAILED", f"No process can be started in which the model would be tried ({why}).") from error
    if done.returncode == 0:
        return
    code, _, message = done.stdout.decode("utf-8", "replace").strip().partition(" ")
    if done.returncode == _REFUSED and message:
        raise ModelError(code, message)
    if done.returncode == -getattr(signal, "SIGKILL", 0):  # nothing ends itself so, but the system ends what takes its memory
        raise ModelError("OUT_OF_MEMORY", TOO_LARGE)
    how = ", ".join([f"exit status {done.returncode}", *_error_in(done.stderr)])
    raise ModelError("MODEL_FILE_INVALID", f"The model ends the program that runs it ({how}).")


def _ended(command: list[str], cancelled: Callable[[], bool] | None) -> subprocess.CompletedProcess[bytes]:
    """A process that has come to its end; where nobody wants it any more, or it takes longer than LIMIT_S, it is killed.

    Raises:
        Cancelled; subprocess.TimeoutExpired; OSError.
    """
    stop_if(cancelled)
    until = time.monotonic() + LIMIT_S
    with subprocess.Popen(  # noqa: S603 (this very interpreter)
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    out, err = process.communicate(timeout=_ASK_S)
                    if process.returncode:
                        stop_if(cancelled)  # Ctrl-C ends both
                    return subprocess.CompletedProcess(command, process.returncode, out, err)
                stop_if(cancelled)
                if time.monotonic() > until:
                    raise subprocess.TimeoutExpired(command, LIMIT_S)
        except BaseException:  # KeyboardInterrupt too
            process.kill()
            raise


def _error_in(stderr: bytes) -> list[str]:
    """The kind of the error that ended a program of Python's; what it says may name folders, and people."""
    last = stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    found = re.match(r"([A-Za-z_][\w.]*)(:|$)", last)
    return [found[1]] if found else []


def main() -> int:
    """What the process does; the refusal, if there is one, is its output. Returns its exit status."""
    from ankleviewer.inference.predictor import Predictor

    _ends_by_itself(LIMIT_S)
    try:
        pack = read_pack(sys.argv[1])
        if pack.sha256 != sys.argv[3]:
            raise ModelError("MODEL_HASH_MISMATCH", "Another pack has taken its place since it was read; try again.")
        predictor = Predictor(pack, "cpu")
        shape = (1, 1, *[pack.preprocessing.size] * 3)  # noise, for a network may divide by a volume's spread
        predictor.infer(noise(shape), trial=True)
    except ModelError as error:
        return _refused(error.code, error.message)
    except MemoryError:
        return _refused("OUT_OF_MEMORY", TOO_LARGE)
    return 0


def _refused(code: str, message: str) -> int:
    sys.stdout.buffer.write(f"{code} {message}".encode())
    return _REFUSED


def _ends_by_itself(limit_s: float) -> None:
    """Whoever waits for this process may be killed."""
    timer = threading.Timer(limit_s, os._exit, (1,))
    timer.daemon = True
    timer.start()
