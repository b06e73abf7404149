"""leaving: who closes a window whose review the disk did not take is asked, and may try again."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMessageBox

from ankleviewer.ui.files.leaving import may_close

Button = QMessageBox.StandardButton


@pytest.fixture
def asked(monkeypatch):
    """What is asked; answers in turn, each a button and what happens before it is pressed."""
    texts: list[str] = []
    answers: list[tuple[object, object]] = []

    def warning(_parent, _title, text, *_buttons):
        texts.append(text)
        button, before = answers.pop(0)
        before()
        return button

    monkeypatch.setattr(QMessageBox, "warning", warning)
    return texts, answers


def test_with_everything_on_the_disk_nobody_is_asked(make_window, backend, asked) -> None:
    window = make_window(backend)
    window.controller.judge("accepted")
    assert may_close(window) and asked[0] == []


def test_it_is_tried_again_and_left_as_the_reader_says(make_window, backend, asked) -> None:
    window = make_window(backend)
    texts, answers = asked
    backend.journal_error = OSError("disk full")
    window.controller.judge("accepted")
    window.controller.add_missed()

    def room() -> None:
        backend.journal_error = None

    answers += [(Button.Cancel, lambda: None), (Button.Retry, lambda: None), (Button.Discard, lambda: None), (Button.Retry, room)]
    assert not may_close(window)
    assert may_close(window) and backend.journal == [], "thrown away"
    assert may_close(window) and [r["what"] for r in backend.journal] == ["judge", "missed"]
    assert len(texts) == 4 and all(text.startswith("2 steps of the review") for text in texts)


def test_quit_asks(make_window, backend, asked) -> None:
    window = make_window(backend)
    backend.journal_error = OSError("disk full")
    window.controller.judge("accepted")
    (leave,) = [action for action in window.findChildren(QAction) if action.shortcut().toString() == "Ctrl+Q"]
    asked[1].append((Button.Cancel, lambda: None))
    leave.trigger()
    assert not window.closed and len(asked[0]) == 1
    backend.journal_error = None
    leave.trigger()
    assert window.closed
