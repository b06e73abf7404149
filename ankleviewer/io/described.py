"""What a scanner's description says, without the words that tell who the patient is: technicians write names into it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

LONGEST = 256  # characters of a tag: four times what DICOM allows a description
_WORD = re.compile(r"[^\W_]+")
# letters that are no other letter with an accent, and that people write without
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ŧ": "t"})
_ASIAN = ("CJK ", "HANGUL ", "HIRAGANA ", "KATAKANA ")  # one sign of these scripts is a name


def described(header: Any) -> str:
    """The scanner's description as one printable line, without words of the patient's name, number or birth date."""
    text, name, number, born = (
        "".join(c if c.isprintable() else " " for c in str(header.get(tag) or "")[:LONGEST])
        for tag in ("SeriesDescription", "PatientName", "PatientID", "PatientBirthDate")
    )
    return " ".join(_without(text, [*_of_name(name), *_of_number(number), *_of_date(born)]).split())[:64]


def _folded(text: str) -> str:
    """Without case, accents and width: letters that a person takes for the same."""
    bare = "".join(map(_parted, text)).casefold().translate(_PLAIN)
    return unicodedata.normalize("NFC", "".join(c for c in bare if not unicodedata.category(c).startswith("M")))


def _parted(sign: str) -> str:
    # an accent that stands alone, as Chinese read as Western European has them, would become a blank and part what is one
    parts = unicodedata.normalize("NFKD", sign)
    return sign if parts.startswith(" ") and not sign.isspace() else parts


def _without(text: str, own: Sequence[str]) -> str:
    """A text without the words in which one of the expressions `own` is found, and without the signs around such a word."""
    letters: list[str] = []  # each with its accents, which go where it goes
    for c in unicodedata.normalize("NFC", text):
        if letters and not _folded(c):
            letters[-1] += c
        else:
            letters.append(c)
    origin = [n for n, letter in enumerate(letters) for _ in _folded(letter)]
    folded, signs, rest = "".join(map(_folded, letters)), r"(?:[^\w\s]|_)*", r"[^\W_]*"
    hits = [hit.span() for one in own for hit in re.finditer(f"{signs}{rest}(?:{one}){rest}{signs}", folded)]
    gone = {origin[k] for hit in hits for k in range(*hit)}
    return "".join(" " if n in gone else letter for n, letter in enumerate(letters))


def _of_name(name: str) -> list[str]:
    """What tells a name: parts of three letters or more, or in signs of East Asia, anywhere in a word; parts of two as words."""
    found, short = [], []
    for group in name.split("="):  # the same name in letters, in ideographs and as it is spoken (PS3.5, 6.2.1.1)
        parts = _WORD.findall(_folded(group))
        telling = [part for part in parts if len(part) > 2 or any(unicodedata.name(c, "").startswith(_ASIAN) for c in part)]
        torn = [_folded(part) for part in re.split(r"[\^\s]+", group) if any(map(_is_no_letter, part))]
        found += [re.escape(part) for part in torn if len(part) > 1]
        found += [r"\s*".join(map(re.escape, torn))] if sum(map(len, torn)) > 1 else []
        found += telling + [joined for joined in ("".join(parts), "".join(parts[::-1])) if len(joined) > 2]
        short += [part for part in parts if part not in telling and len(part) == 2 and part.isalpha()]
    if short:
        either = "|".join(short)
        found += [f"(?:{either}){{2,}}", rf"(?<![^\W_])(?:{either})(?![^\W_])"]
    return found  # shorter ones (an initial, a side) name nobody


def _is_no_letter(sign: str) -> bool:
    """Of a name that has such, ASCII's apart, the header may name the wrong alphabet: Chinese read as Western European."""
    return not sign.isascii() and unicodedata.category(sign)[0] not in "LM"


def _of_number(number: str) -> list[str]:
    folded = _folded(number).strip()
    return [re.escape(part) for part in (folded, *_WORD.findall(folded)) if len(part) > 2]


def _of_date(born: str) -> list[str]:
    """A birth date with the year or the day first, with or without signs between."""
    digits = re.sub(r"\D", "", born)
    if len(digits) != 8:
        return []
    year, month, day = digits[:4], digits[4:6], digits[6:]
    return [r"[-./_ ]?".join(parts) for parts in ((year, month, day), (day, month, year), (month, day, year))]
