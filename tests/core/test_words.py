"""No model is certain, on paper or on the screen."""

from __future__ import annotations

import pytest

from ankleviewer.core.words import probability_text


@pytest.mark.parametrize(
    ("probability", "text"),
    [(None, "-"), (0.0, "< 0.01"), (0.0049, "< 0.01"), (0.005, "0.01"), (0.5, "0.50"), (0.995, "0.99"), (1.0, "> 0.99")],
)
def test_probabilities_are_never_certain(probability: float | None, text: str) -> None:
    assert probability_text(probability) == text


def test_an_unknown_one_is_shown_as_asked() -> None:
    assert probability_text(None, "\u2013") == "\u2013"
