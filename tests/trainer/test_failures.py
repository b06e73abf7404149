"""Words for commands that ended early."""

from __future__ import annotations

import pytest

from trainer.failures import failed, stopped

FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("command", "error", "words"),
    [
        ("train", FULL, "The disk is full; the last checkpoint stays, the same command with --resume goes on from it."),
        ("prepare", FULL, "The disk is full; what was written so far stays, the same command goes on from there."),
        ("evaluate", FULL, "The disk is full; nothing was written, the same command begins anew."),
        ("train", RuntimeError("[enforce fail] can't allocate memory: you tried\nto"), "Not enough memory: a smaller --batch"),
        ("train", MemoryError(), "Not enough memory: a smaller --batch"),
        ("train", FloatingPointError("the loss is nan at step 3\nmore"), "FloatingPointError: the loss is nan at step 3"),
    ],
)
def test_a_failure_is_told_in_one_line_with_its_remedy(command: str, error: Exception, words: str) -> None:
    said = failed(command, error)
    assert said.startswith(words)
    assert "\n" not in said


def test_what_a_stopped_command_keeps() -> None:
    assert "--resume" in stopped("locator")
    assert "--resume" not in stopped("simulate"), "it goes on by itself"
