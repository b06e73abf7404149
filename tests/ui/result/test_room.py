"""The column's width: what it needs, and never much more than its share of a small window."""

from __future__ import annotations

import pytest

from ankleviewer.ui.result import room


@pytest.mark.parametrize(("window", "width"), [(1920, 304), (1280, 304), (1014, 304), (900, 270), (853, 256), (640, 256)])
def test_width(window: int, width: int) -> None:
    assert room.width_in(window) == width


def test_what_a_row_has_grows_with_the_column() -> None:
    rows = [room.inner(width) for width in range(room.LEAST, room.WIDTH + 1)]
    assert rows[0] == 256 - 24 - 8 and rows[-1] == 304 - 32 - 8 and min(rows) == rows[0]
    assert room.words(room.WIDTH) == rows[-1] - 10
