"""Numbers on the command line."""

from __future__ import annotations

import argparse

import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer.arguments import at_least, check_simulate, check_train, positive, share, within


def test_numbers_within_their_range() -> None:
    assert (positive("0.5"), share("0"), share("1"), at_least(0)("0"), at_least(3)("12")) == (0.5, 0.0, 1.0, 0, 12)
    assert (within(0.2, 5)("0.2"), within(0.2, 5)("5")) == (0.2, 5.0)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "abc", ""])
def test_what_is_not_positive(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="number"):
        positive(text)


@pytest.mark.parametrize("text", ["-0.1", "1.1", "nan", "x"])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        share(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [("1e9", "does not lie between 0.2 and 5"), ("0.1", "does not lie"), ("nan", "does not lie"), ("x", "no number")],
)
def test_what_lies_outside(text: str, said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=said):
        within(0.2, 5)(text)


@pytest.mark.parametrize(("text", "said"), [("2", "less than 3"), ("3.5", "no whole number"), ("x", "no whole number")])
def test_what_is_no_count(text: str, said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=said):
        at_least(3)(text)


@pytest.mark.parametrize(
    ("spacing", "fov", "fits"), [(0.2, 500.0, False), (0.5, 500.0, True), (0.2, None, True), (None, 500.0, True)]
)
def test_scans_that_are_too_large(spacing: float | None, fov: float | None, fits: bool) -> None:
    args = argparse.Namespace(spacing=spacing, fov=fov)
    if fits:
        check_simulate(args)
        return
    with pytest.raises(
        AnkleViewerError, match=r"USAGE: --fov 500 at --spacing 0\.2 makes 2500 voxels along an edge; at most 1000"
    ):
        check_simulate(args)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"data": "simulate", "batch": 4}, "--batch goes with a folder"),
        ({"data": "simulate", "allow_small": True}, "--allow-small goes with a folder"),
        ({"data": "d", "folds": 3, "allow_small": True}, "--allow-small plays no part with --folds"),
        ({"data": "d", "batch": 4, "allow_small": True}, ""),
        ({"data": "d", "batch": 4, "folds": 3}, ""),
        ({"data": "simulate"}, ""),
    ],
)
def test_options_that_would_do_nothing(given: dict[str, object], told: str) -> None:
    args = argparse.Namespace(**{"batch": None, "allow_small": False, "folds": None, **given})
    if not told:
        check_train(args)
        return
    with pytest.raises(AnkleViewerError, match=f"USAGE: {told}"):
        check_train(args)
