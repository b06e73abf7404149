"""What VTK, its Qt widget or a driver raise while the 3D view is made, in kinds of their own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from typing import TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


def unless_broken(steps: Generator[T], broken: Callable[[], None]) -> Generator[T]:
    """The steps as far as they go; one that raises is the last one, is logged, and `broken` is told."""
    try:
        yield from steps
    except Exception as error:
        log.exception("the 3D view could not be made (%s)", type(error).__name__)
        broken()
