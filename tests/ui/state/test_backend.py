"""The real use cases as the window asks for them: what is loaded ahead of an analysis is a courtesy, which may fail."""

from __future__ import annotations

import pytest

from ankleviewer import session
from ankleviewer.inference.engines.runtime import AT_ONCE
from ankleviewer.ui.background import importing
from ankleviewer.ui.state.backend import SessionBackend


@pytest.mark.parametrize(
    "error", [ImportError("no module"), OSError("a library is missing"), RuntimeError("numpy"), SystemExit("run setupvars.bat")]
)
def test_a_library_that_cannot_be_loaded_keeps_no_other_and_no_analysis(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    loaded: list[str] = []

    def load(*names: str) -> None:
        loaded.extend(names)
        if "onnxruntime" in names:
            raise error

    monkeypatch.setattr(importing, "load", load)
    monkeypatch.setattr(session, "analyse", lambda _case, models, runtime, *_: (models, runtime))
    assert SessionBackend().analyse(object(), ["compact"], lambda *_: None, lambda: False) == (["compact"], AT_ONCE)
    assert "openvino" in loaded[loaded.index("onnxruntime") + 1 :]
