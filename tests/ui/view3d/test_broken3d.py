"""Steps end with the one that raises, and somebody is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ankleviewer.ui.view3d.broken3d import unless_broken


def steps(fails: bool) -> Iterator[int]:
    yield 1
    if fails:
        raise OSError("no display")
    yield 2


@pytest.mark.parametrize(("fails", "seen"), [(False, [1, 2]), (True, [1])])
def test_steps_end_where_one_raises(fails: bool, seen: list[int]) -> None:
    told: list[bool] = []
    assert list(unless_broken(steps(fails), lambda: told.append(True))) == seen and told == [True] * fails


def test_steps_that_are_closed_are_not_broken() -> None:
    told: list[bool] = []
    begun = unless_broken(steps(True), lambda: told.append(True))
    next(begun)
    begun.close()
    assert told == []
