"""Signals reach the block that waits for them, and nothing else."""

from __future__ import annotations

import signal
import threading

import pytest

from ankleviewer.core.signals import heard

SENT = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


@pytest.fixture(autouse=True)
def usual():
    """Whatever this process was started with (a shell's background job ignores Ctrl-C)."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in SENT}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SENT)
def test_a_block_hears_them_and_lets_them_go(number: signal.Signals) -> None:
    before = [signal.getsignal(other) for other in SENT]
    told: list[int] = []
    with heard(told.append):
        signal.raise_signal(number)
    assert told == [number] and [signal.getsignal(other) for other in SENT] == before


def test_a_second_ctrl_c_is_the_system_s() -> None:
    with heard(lambda _: None):
        signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL


def test_one_that_is_ignored_or_handled_stays_so() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    told: list[int] = []
    with heard(told.append):
        signal.raise_signal(signal.SIGTERM)
    assert told == [] and signal.getsignal(signal.SIGTERM) == signal.SIG_IGN


def test_another_thread_changes_nothing() -> None:
    seen = []

    def elsewhere() -> None:
        with heard(lambda _: None):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]
