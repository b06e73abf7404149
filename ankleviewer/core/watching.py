"""Work that somebody may watch and stop: how it tells its progress, and asks whether to go on."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str], None]  # share of the work, 0 to 1, and what is done now
Cancelled = Callable[[], bool]


def silent(share: float, what: str) -> None:
    """Progress that nobody watches."""


def never() -> bool:
    """Work that nobody stops."""
    return False
