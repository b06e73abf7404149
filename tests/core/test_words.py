"""No model is certain, on paper or on the screen; and what a file says of itself is shown, not obeyed."""

from __future__ import annotations

import pytest

from ankleviewer.core.words import printable, probability_text


@pytest.mark.parametrize(
    ("probability", "text"),
    [(None, "-"), (0.0, "< 0.01"), (0.0049, "< 0.01"), (0.005, "0.01"), (0.5, "0.50"), (0.995, "0.99"), (1.0, "> 0.99")],
)
def test_probabilities_are_never_certain(probability: float | None, text: str) -> None:
    assert probability_text(probability) == text


def test_an_unknown_one_is_shown_as_asked() -> None:
    assert probability_text(None, "\u2013") == "\u2013"


def test_what_is_shown_of_a_file_is_printable_and_ends() -> None:
    assert printable("Knöchel, 踝 \x1b[2Jx\n\u202ey") == "Knöchel, 踝  [2Jx  y"
    assert printable({"a": 1}) == "{'a': 1}" and len(printable("x" * 999)) == 200
