"""No model is certain, on paper or on the screen; and what a file says of itself is shown, not obeyed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ankleviewer.core.words import decimals, printable, probability_text


@pytest.mark.parametrize(
    ("probability", "text"),
    [(None, "-"), (0.0, "< 0.01"), (0.0049, "< 0.01"), (0.005, "0.01"), (0.5, "0.50"), (0.995, "0.99"), (1.0, "> 0.99")],
)
def test_probabilities_are_never_certain(probability: float | None, text: str) -> None:
    assert probability_text(probability) == text


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.2867, "0.287"),  # below 0.2887, which reads 0.29 as it would
        (0.2891, "0.2891"),  # above it, but 0.289 as well
        (0.2887, "0.29"),  # at it
        (0.5259, "0.526"),
        (0.31, "0.31"),
        (0.28870000001, "0.288700"),
        (None, "-"),
    ],
)
def test_what_is_not_at_a_threshold_does_not_read_like_one(probability: float | None, text: str) -> None:
    points = SimpleNamespace(sens_threshold=0.2887, spec_threshold=0.5269)
    assert probability_text(probability, points=points) == text
    assert decimals(probability, points) == (len(text) - 2 if probability else 2) and decimals(probability, None) == 2


def test_an_unknown_one_is_shown_as_asked() -> None:
    assert probability_text(None, "\u2013") == "\u2013"


def test_what_is_shown_of_a_file_is_printable_and_ends() -> None:
    assert printable("Knöchel, 踝 \x1b[2Jx\n\u202ey") == "Knöchel, 踝  [2Jx  y"
    assert printable({"a": 1}) == "{'a': 1}" and len(printable("x" * 999)) == 200
