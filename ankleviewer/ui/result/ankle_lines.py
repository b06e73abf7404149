"""The name of an ankle and what is said of it in a narrow column: in as many lines as it takes, and no word is cut.

"Patient's right, side u…" would leave open what is unknown, and half an answer may read as another one.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QFontMetrics

from ankleviewer.core.assessment.ankle_names import Boxed
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import DOT, ankle_word, short_ankle_word


def ankle_lines(ankles: Sequence[Boxed], index: int, said: str, metrics: QFontMetrics, room: int, head: str = "") -> str:
    """An ankle's name with what is said of it: in one line where that has room, else what is said in a line of its own.

    Args:
        ankles, index: of the scan, and of the one that is named.
        said: of it; "" for the name alone.
        metrics, room: of the font, and px for a line.
        head: a sign before the name where all is one line, and before what is said where it is not.
    """
    names = ankle_word(ankles, index), short_ankle_word(ankles, index)
    for name in names if said else ():
        line = f"{head}{name}{DOT}{said}"
        if metrics.horizontalAdvance(line) <= room:
            return line
    whole = next((name for name in names if metrics.horizontalAdvance(name) <= room), None)
    lines = [whole] if whole is not None else folded(names[1], metrics, room)
    return "\n".join([*lines, head + said] if said else lines)


def folded(text: str, metrics: QFontMetrics, room: int) -> list[str]:
    """A text in lines that have room, broken behind its commas, and between words only where that is not enough."""
    comma = tr(", ")
    parts = text.split(comma)
    pieces = [part + comma.rstrip() for part in parts[:-1]] + parts[-1:]
    lines: list[str] = []
    for piece in pieces:
        if lines and metrics.horizontalAdvance(lines[-1] + _blank(comma) + piece) <= room:
            lines[-1] += _blank(comma) + piece
            continue
        words = piece.split(" ")
        lines.append(words[0])
        for word in words[1:]:
            if metrics.horizontalAdvance(f"{lines[-1]} {word}") <= room:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
    return lines


def _blank(comma: str) -> str:
    return comma[len(comma.rstrip()) :]
