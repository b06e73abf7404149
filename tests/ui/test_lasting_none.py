"""Many calls into Qt do not use up None."""

from __future__ import annotations

import os
import subprocess
import sys

from ankleviewer.ui import lasting_none

MANY = """
from PySide6.QtGui import QColor, QImage, QPainter
from ankleviewer.ui.lasting_none import keep
keep()
keep()
image = QImage(9, 9, QImage.Format.Format_ARGB32)
painter = QPainter(image)
for n in range(300_000):
    painter.setPen(QColor(n % 256, 0, 0))
painter.drawLine(0, 4, 8, 4)
painter.end()
print(image.pixelColor(4, 4).red())
"""


def test_a_long_session_of_painting_ends_as_it_should() -> None:
    found = subprocess.run(
        [sys.executable, "-c", MANY],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (found.returncode, found.stdout.strip()) == (0, str(299_999 % 256)), found.stderr[-500:]


def test_keeping_twice_adds_once() -> None:
    lasting_none.keep()
    before = sys.getrefcount(None)
    lasting_none.keep()
    assert abs(sys.getrefcount(None) - before) < 10_000
