"""The window's language: its own strings by `tr`, sentences from the layers below by `said`. English is what the source says.

The layers below know no Qt: they speak English, in sentences whose templates `packaging/translations.py` reads from their source
(`ui/words/sentences.py`). A sentence is recognised by its template and said again in the window's language with the same values.
"""

from __future__ import annotations

import logging
import os
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from ankleviewer.ui.words.sentences import SENTENCES

log = logging.getLogger(__name__)

T = TypeVar("T")
CONTEXT = "AnkleViewer"
# Each language by its own name, so that who chose the wrong one finds the way back.
LANGUAGES = {"en": "English", "de": "Deutsch", "zh_CN": "简体中文"}
CHOICES = ("system", *LANGUAGES)
VARIABLE = "ANKLEVIEWER_LANGUAGE"  # in the environment; goes before the settings
FOLDER = Path(__file__).parent / "translations"
_SCRIPTS = {"zh_CN": QFontDatabase.WritingSystem.SimplifiedChinese}
# Where a system has several, the glyphs of the language's own country: Chinese would else be written in Japanese or bold ones.
_FAMILIES = {
    "zh_CN": ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC"),
}
_EXACT = frozenset(SENTENCES)
_FEW = 16  # letters
_ADDED = " Also: "  # before each sentence that is added to one
_installed: list[QTranslator] = []
_spoken = "en"
_plain_font: QFont | None = None  # the system's, while a language has its own


def noop(text: T) -> T:
    """Marks a string, or a table of strings, that is translated where it is used."""
    return text


def tr(text: str, n: int | None = None, /, **fields: object) -> str:
    """A string of the window in its language.

    Args:
        text: English, a literal (it is read from the source); {name} stands for a field, %n for the count.
        n: the count that chooses the plural.
        fields: values for the {names}.
    """
    found = QCoreApplication.translate(CONTEXT, text, None, -1 if n is None else n)
    return found.format(**fields) if fields else found


# ------------------------------------------------------------------------------------------------------------- the language
def language(choice: str) -> str:
    """The language (a key of LANGUAGES) for a choice of the reader's: itself, or what the system asks for; English else."""
    choice = _named() or choice
    if choice in LANGUAGES:
        return choice
    for asked in QLocale.system().uiLanguages():
        parts = asked.replace("_", "-").split("-")
        if parts[0] == "zh" and not {"Hant", "TW", "HK", "MO"} & set(parts):
            return "zh_CN"
        if parts[0] in LANGUAGES:
            return parts[0]
    return "en"


def overruled() -> bool:
    """Whether the environment names a language, so that the reader's choice has no effect."""
    return _named() != ""


def _named() -> str:
    """The language that the environment names, as LANGUAGES has it; "" where it names none of them. zh-CN and de_DE.UTF-8 do."""
    words = os.environ.get(VARIABLE, "").partition(".")[0].replace("-", "_").lower()
    known = {name.lower(): name for name in LANGUAGES}
    return known.get(words) or known.get(words.partition("_")[0], "")


def writable(name: str) -> bool:
    """Whether a font for a language's script is installed."""
    return name not in _SCRIPTS or bool(QFontDatabase.families(_SCRIPTS[name]))


def spoken() -> str:
    """The language that is spoken, a key of LANGUAGES."""
    return _spoken


def install(choice: str) -> str:
    """Speak a language from now on (windows that stand already keep theirs); returns the one that is spoken.

    English where the translation is missing, or no font can write it: boxes in place of letters help nobody.
    """
    global _spoken  # noqa: PLW0603 - of the application, as the translators are
    _spoken = _install(choice)
    return _spoken


def _install(choice: str) -> str:
    for translator in _installed:
        QCoreApplication.removeTranslator(translator)
    _installed.clear()
    said.cache_clear()
    global _plain_font  # noqa: PLW0603 - of the application
    if _plain_font is not None:
        QGuiApplication.setFont(_plain_font)
        _plain_font = None
    name = language(choice)
    if name == "en":
        return name
    if not writable(name):
        log.warning("no font for language %s, English is used", name)
        return "en"
    # Qt's own words first (buttons of dialogs, names of keys): what is installed last is asked first.
    qt, own = QTranslator(), QTranslator()
    if qt.load(f"qtbase_{name}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        _add(qt)
    if not own.load(str(FOLDER / f"ankleviewer_{name}.qm")):
        log.warning("no translation for language %s, English is used", name)
        for translator in _installed:
            QCoreApplication.removeTranslator(translator)
        _installed.clear()
        return "en"
    _add(own)
    family = next((f for f in _FAMILIES.get(name, ()) if f in QFontDatabase.families(_SCRIPTS[name])), None)
    if family is not None:
        font = QGuiApplication.font()
        _plain_font = QGuiApplication.font()
        font.setFamily(family)  # it holds Latin letters too
        QGuiApplication.setFont(font)
    return name


def _add(translator: QTranslator) -> None:
    QCoreApplication.installTranslator(translator)
    _installed.append(translator)


# --------------------------------------------------------------------------------------------- sentences from the layers below
@lru_cache(maxsize=512)
def said(text: str) -> str:
    """A sentence or word of the layers below in the window's language, each line by itself; what is not known stays as it is."""
    if not _installed or not re.search("[A-Za-z]{2}", text):
        return text
    if "\n" in text:
        return "\n".join(map(said, text.split("\n")))
    plain = text if text in _EXACT else _plain().get(_key(text))
    if plain is not None:
        return tr(plain)
    first, *added = text.split(_ADDED)
    if added:
        return said(first) + "".join(tr(" Also: {}").format(said(sentence)) for sentence in added)
    for template, pattern in _patterns():
        match = pattern.fullmatch(text)
        if match is not None:
            return tr(template, count(template, match.groups())).format(*(said(value) for value in match.groups()))
    return _parts(text)


def count(template: str, values: tuple[str, ...]) -> int | None:
    """The value that chooses the plural: the one before a word with "(s)"; None without one."""
    before, mark, _ = template.partition("(s)")
    if not mark:
        return None
    value = values[before.count("{}") - 1]
    return int(value) if value.isdecimal() else None


def _parts(text: str) -> str:
    """Two sentences joined by a colon, a list, or a number of things: each part by itself."""
    head, colon, tail = text.partition(": ")
    if colon and (said(head), said(tail)) != (head, tail):
        return tr("{head}: {text}", head=said(head), text=said(tail))
    front, comma, last = text.rpartition(", ")
    if comma and (said(front), said(last)) != (front, last):
        return said(front) + tr(", ") + said(last)
    number = re.fullmatch(r"(\d+) (.+)", text)
    if number is not None and said(number[2]) != number[2]:
        return tr("{number} {what}", number=number[1], what=said(number[2]))
    return text


def _key(text: str) -> str:
    return text[:1].lower() + text[1:]  # a sentence may have been set into another one


@cache
def _plain() -> dict[str, str]:
    return {_key(text): text for text in SENTENCES if "{}" not in text}


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Templates with their patterns, those with most words first."""
    holed = sorted((text for text in SENTENCES if "{}" in text), key=lambda text: -len(text))
    return [(text, _pattern(text)) for text in holed]


def _pattern(template: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in template.split("{}")]
    if parts[0][:1].isalpha():
        parts[0] = f"(?i:{parts[0][0]}){parts[0][1:]}"
    # A few words are part of a list rather than a sentence around one.
    value = "(.*?)" if len(template.replace("{}", "")) > _FEW else "([^,:]*?)"
    joined = value.join(parts)
    # of two values side by side the first is a sentence or more; as few signs as fit would be its first word
    joined = joined.replace(rf"{value}\ {value}", rf"(.+[.!?]|\S+)\ {value}")
    return re.compile(joined, re.DOTALL)
