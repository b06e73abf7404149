"""How much room the column at the right takes, and what of it a row has."""

from __future__ import annotations

WIDTH = 304  # px, where the window has room for it
LEAST = 256
_SHARE = 0.3  # of the window: the pictures come first
_SIDE, _NARROW_SIDE = 16, 12
_BAR = 8  # of scrolling
_PADDING = 10  # of a row's button, both sides


def width_in(window: int) -> int:
    """Width of the column in a window of that width, px."""
    return min(max(round(_SHARE * window), LEAST), WIDTH)


def side(width: int) -> int:
    """Margin at either side of a column of that width, px."""
    return _SIDE if width >= WIDTH else _NARROW_SIDE


def inner(width: int) -> int:
    """What a row has beside a scroll bar, px."""
    return width - 2 * side(width) - _BAR


def words(width: int) -> int:
    """What the words of a row have that is a button, px."""
    return inner(width) - _PADDING
