"""Full searches for garbage: none while libraries come, none among what came, and what comes later is found."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from ankleviewer.ui.background import collecting


class Node:
    """Something that can hold itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    gc.unfreeze()
    yield
    gc.set_threshold(*before)
    gc.collect()
    gc.freeze()  # as `conftest.what_was_there_is_no_leak` has it: the search after each later test would take ten times as long


def test_no_full_search_until_settled() -> None:
    full: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            full.append(1)

    def make_many() -> None:
        kept = [[n] for n in range(400_000)]
        del kept

    gc.callbacks.append(note)
    try:
        collecting.put_off()
        gc.collect()
        full.clear()
        make_many()
        assert full == []
        collecting.settle()
        make_many()
        assert full != []
    finally:
        gc.callbacks.remove(note)


def test_what_is_there_is_searched_no_more_and_what_comes_later_is() -> None:
    collecting.put_off()
    collecting.settle()
    assert gc.get_freeze_count() > 10_000
    later = weakref.ref(Node())
    gc.collect()
    assert later() is None


def test_a_window_that_went_is_found_when_the_next_one_is_warm() -> None:
    collecting.put_off()
    collecting.settle()
    went = weakref.ref(Node())
    collecting.put_off()
    collecting.settle()
    gc.collect()
    assert went() is None
