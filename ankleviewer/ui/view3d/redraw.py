"""Which changes of the view state ask the 3D view for another picture, and how soon. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from ankleviewer.core.display.viewstate import ViewState

_DRAWN = ("heat", "boxes", "hide_ai", "crosshair", "threshold", "selected", "cursor_mm", "shown_turn")
_MOVES = ("threshold", "selected", "cursor_mm", "shown_turn")


@dataclass(frozen=True)
class Redraw:
    """What a change of the state asks for.

    Attributes:
        wanted: another picture.
        moves: it is followed by eye, coarsely where it has to be.
        at_once: it must not wait until all is quiet, though nothing moves: what the model says is hidden.
    """

    wanted: bool
    moves: bool
    at_once: bool


def redraw(old: ViewState, new: ViewState, planes: str) -> Redraw:
    """What the step from one state to the next asks for; planes as in `View3D`: with their pictures, the window counts too."""
    changed = {name for name in _DRAWN if getattr(old, name) != getattr(new, name)}
    windowed = planes == "slices" and old.window != new.window
    return Redraw(bool(changed) or windowed, windowed or not changed.isdisjoint(_MOVES), "hide_ai" in changed)
