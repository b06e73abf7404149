"""The release of Qt for Python keeps count: PySide6 6.12.0 takes a reference from None with every call that returns nothing."""

from __future__ import annotations

import sys

from PySide6.QtCore import QRect


def test_calls_that_return_nothing_take_no_reference_from_none() -> None:
    rectangle = QRect(0, 0, 5, 5)
    before = sys.getrefcount(None)
    for _ in range(2000):
        rectangle.setWidth(7)
    assert sys.getrefcount(None) > before - 1000
