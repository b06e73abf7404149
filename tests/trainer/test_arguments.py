"""Numbers on the command line."""

from __future__ import annotations

import argparse

import pytest

from trainer.arguments import at_least, positive, share


def test_numbers_within_their_range() -> None:
    assert (positive("0.5"), share("0"), share("1"), at_least(0)("0"), at_least(3)("12")) == (0.5, 0.0, 1.0, 0, 12)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "abc", ""])
def test_what_is_not_positive(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="number"):
        positive(text)


@pytest.mark.parametrize("text", ["-0.1", "1.1", "nan", "x"])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        share(text)


@pytest.mark.parametrize(("text", "said"), [("2", "less than 3"), ("3.5", "no whole number"), ("x", "no whole number")])
def test_what_is_no_count(text: str, said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=said):
        at_least(3)(text)
