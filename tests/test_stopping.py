"""stopping: Ctrl-C and the signals that end a program are heard at any time, also inside an engine, and told by the exit code."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from ankleviewer import session
from ankleviewer.cli import main, stopping
from ankleviewer.core.errors import Cancelled, stop_if

ROOT = Path(__file__).parent.parent
posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

# An engine that neither hears a signal nor can be stopped: one long call of compiled code, which holds no lock of Python.
DEAF = """
import hashlib, sys
from ankleviewer import session
from ankleviewer.cli import main
from ankleviewer.inference.engines import runtime
def deaf(*_):
    print("deaf", flush=True)
    hashlib.pbkdf2_hmac("sha256", b"", b"", 200_000_000)
runtime._open = deaf
session.open_case = lambda *_: runtime.Engine(b"", "cpu").provider
print("written before", end="")
sys.exit(main(["info", "scan.nii.gz"]))
"""


def run(program: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@posix
@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 1, "ankleviewer: Stopped on request.\n"), (signal.SIGTERM, 143, "ankleviewer: Stopped by signal 15.\n")],
)
def test_it_ends_while_an_engine_goes_on(number: signal.Signals, code: int, said: str) -> None:
    with run(DEAF) as program:
        try:
            assert program.stdout is not None and program.stdout.readline() == "written beforedeaf\n"
            time.sleep(0.3)
            start = time.perf_counter()
            program.send_signal(number)
            _, err = program.communicate(timeout=20)
            assert time.perf_counter() - start < 15.0, "about 0.2 s where the processor is free"
        finally:
            program.kill()
    assert (program.returncode, err) == (code, said)


def test_what_was_written_is_not_lost_and_without_an_engine_nothing_happens() -> None:
    program = run(
        "import threading\n"
        "from ankleviewer.cli import stopping\n"
        "from ankleviewer.inference.engines.watch import aside\n"
        "stopping.end(3)\n"
        "print('written')\n"
        "try:\n"
        "    aside(threading.Event().wait, iter([False, True]).__next__)\n"
        "except Exception as error:\n"
        "    print(error.code)\n"
        "stopping.end(4)\n"
    )
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out, err) == (4, "written\nCANCELLED\n", "")


def swallowed(number: signal.Signals) -> None:
    """As a compiled library does that is just being imported."""
    with contextlib.suppress(KeyboardInterrupt, SystemExit):
        signal.raise_signal(number)


def test_a_signal_whose_exception_is_lost_ends_the_command_all_the_same(monkeypatch, capsys) -> None:
    def opens(_path: str, _progress: object, cancelled: session.Cancel, _pick: str) -> session.Case:
        assert not cancelled()
        swallowed(signal.SIGINT)
        return SimpleNamespace(verdict="pass")  # type: ignore[return-value]

    def analyses(*arguments: object) -> None:
        stop_if(arguments[4])  # type: ignore[arg-type]
        raise AssertionError("goes on")

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(session, "open_case", opens)
    monkeypatch.setattr(session, "analyse", analyses)
    monkeypatch.setattr(session, "choose_packs", lambda _: ())
    for command in ("info", "analyze"):
        assert main([command, "scan.nii.gz"]) == 1
        assert capsys.readouterr() == ("", "ankleviewer: Stopped on request.\n")
    assert signal.getsignal(signal.SIGINT) is before and not stopping.requested()


@posix
def test_a_lost_sigterm_keeps_its_exit_code(monkeypatch) -> None:
    def opens(*arguments: object) -> None:
        swallowed(signal.SIGTERM)
        stop_if(arguments[2])  # type: ignore[arg-type]

    monkeypatch.setattr(session, "open_case", opens)
    with pytest.raises(SystemExit) as ended:
        main(["info", "scan.nii.gz"])
    assert ended.value.code == 143


@posix
def test_a_second_ctrl_c_ends_the_program_at_once() -> None:
    program = run(
        "import contextlib, signal\n"
        "from ankleviewer.cli import stopping\n"
        "with stopping.ended_by_signals():\n"
        "    try:\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "    finally:\n"
        "        signal.raise_signal(signal.SIGINT)\n"
    )
    assert program.communicate(timeout=60) == ("", "") and program.returncode == -signal.SIGINT


def test_a_request_of_another_kind_and_another_s_handler_stay_as_they_are() -> None:
    def mine(*_: object) -> None:
        """Somebody's."""

    @stopping.ended_by_signals()
    def block() -> None:
        assert signal.getsignal(signal.SIGINT) is mine
        raise Cancelled

    before = signal.signal(signal.SIGINT, mine)
    try:
        with pytest.raises(Cancelled):
            block()
    finally:
        signal.signal(signal.SIGINT, before)
