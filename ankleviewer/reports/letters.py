"""Letters that a PDF's standard fonts lack (they hold Western Europe), from a font of this computer that goes into the file."""

from __future__ import annotations

import functools
import html
import itertools
import operator
import os
import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

# Of each system what it brings, letters first, then Chinese, Japanese and Korean; Vera is ReportLab's. Only TrueType outlines
# can be put into the file, and a font that is only named there leaves its text out, unsaid, in programs that have no such font.
FILES = (
    "arial.ttf", "dejavusans.ttf", "liberationsans-regular.ttf", "vera.ttf", "arial unicode.ttf",
    "msyh.ttc", "simsun.ttc", "stheiti light.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc", "droidsansfallback.ttf", "uming.ttc",
    "msjh.ttc", "msgothic.ttc", "malgun.ttf", "nanumgothic.ttf",
)  # fmt: skip
# from right to left, or joined to other signs than themselves: letter by letter they would read as something else
_SHAPED = ((0x0590, 0x08FF), (0x0900, 0x109F), (0x1780, 0x17FF), (0x1800, 0x18AF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFF))


def marked_up(text: str) -> str:
    """Text for a ReportLab paragraph: nothing in it is markup, words name the font that has them, a sign that none has is "?"."""
    return "".join(_word(word) for word in re.split(r"(\s+)", unicodedata.normalize("NFC", text)))


def _word(word: str) -> str:
    """In one font if one has all of it."""
    fonts = [_font(sign) for sign in word]
    for font in dict.fromkeys(filter(None, fonts)) if None not in fonts else ():  # what no font may write is no font's
        if all(_has(font, sign) for sign in word):
            return _run(font, word)
    return "".join(_run(font, "".join(sign for _, sign in run)) for font, run in _runs(fonts, word))


def _runs(fonts: Sequence[str | None], word: str) -> Iterable[tuple[str | None, Iterable[tuple[str | None, str]]]]:
    return itertools.groupby(zip(fonts, word, strict=True), key=operator.itemgetter(0))


def _has(font: str, sign: str) -> bool:
    return ord(sign) in pdfmetrics.getFont(font).face.charToGlyph


def _run(font: str | None, signs: str) -> str:
    if font is None:
        return "?" * len(signs)
    words = html.escape(signs, quote=False)
    return f'<font name="{font}">{words}</font>' if font else words


@functools.lru_cache(maxsize=8192)
def _font(sign: str) -> str | None:
    """The name of the first font that has it, empty for the paragraph's own; None where there is none."""
    if _standard(sign):
        return ""
    if any(first <= ord(sign) <= last for first, last in _SHAPED):
        return None
    for file in FILES:
        font = _installed(file)
        if font and _has(font, sign):
            return font
    return None


def _standard(sign: str) -> bool:
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@functools.cache
def _installed(file: str) -> str | None:
    """The name of a font of this computer, None where it has none of that name or one that cannot be read."""
    path = _found().get(file)
    if path is None:
        return None
    try:
        font = TTFont(f"letters-{path.stem}".replace(" ", "-"), str(path), subfontIndex=0)
    except (TTFError, OSError, struct.error, ValueError, LookupError, TypeError):  # outlines of another kind, a damaged file
        return None
    pdfmetrics.registerFont(font)
    return str(font.fontName)


@functools.cache
def _found() -> dict[str, Path]:
    """Those of FILES that this computer has, in the folders that ReportLab knows for its system."""
    folders = [*rl_config.TTFSearchPath, *(Path(top, "Fonts") for top in [os.environ.get("WINDIR")] if top)]
    found: dict[str, Path] = {}
    for folder in folders:
        for top, _, names in os.walk(folder):
            for name in names:
                if name.lower() in FILES:
                    found.setdefault(name.lower(), Path(top, name))
    return found
