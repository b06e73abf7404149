"""letters: what the standard fonts lack comes from a font that has it; what would read as something else is "?"."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab import __file__ as reportlab_file
from reportlab.pdfbase import pdfmetrics

from ankleviewer.reports import letters

VERA = Path(reportlab_file).parent / "fonts" / "Vera.ttf"


@pytest.fixture(autouse=True)
def fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Path]]:
    """The same fonts on every computer."""
    found = {"vera.ttf": VERA}
    letters._font.cache_clear(), letters._installed.cache_clear()
    monkeypatch.setattr(letters, "_found", lambda: found)
    yield found
    letters._font.cache_clear(), letters._installed.cache_clear()


def test_words_of_western_europe_stay_as_they_are() -> None:
    assert letters.marked_up("CT Kno\u0308chel, 4 \u20ac <b>") == "CT Kn\u00f6chel, 4 \u20ac &lt;b&gt;"


def test_a_word_is_in_one_font() -> None:
    text = letters.marked_up("CT ko\u015b\u0107 & \u0142okie\u0107")
    # the second word has a sign that the font lacks: each run for itself
    assert text == ('CT ko?<font name="letters-Vera">\u0107</font> &amp; <font name="letters-Vera">\u0142okie\u0107</font>')
    assert ord("\u0141") in pdfmetrics.getFont("letters-Vera").face.charToGlyph


def test_the_first_font_in_order_that_has_a_sign_is_taken(fonts: dict[str, Path]) -> None:
    fonts["arial.ttf"] = VERA.with_name("VeraBd.ttf")
    assert letters.marked_up("\u0141") == '<font name="letters-VeraBd">\u0141</font>'


def test_without_a_font_there_are_question_marks(fonts: dict[str, Path]) -> None:
    fonts.clear()
    assert letters.marked_up("\u8e1d\u5173 CT \u0141") == "?? CT ?"


def test_a_damaged_font_is_none(fonts: dict[str, Path], tmp_path: Path) -> None:
    fonts["arial.ttf"] = tmp_path / "arial.ttf"
    for content in (b"", b"no font", VERA.read_bytes()[:3000]):
        fonts["arial.ttf"].write_bytes(content)
        letters._font.cache_clear(), letters._installed.cache_clear()
        assert letters.marked_up("\u0141") == '<font name="letters-Vera">\u0141</font>'


def test_letters_that_need_a_direction_or_joining_are_not_put_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "_has", lambda font, sign: True)
    assert letters.marked_up("\u0142\u05e9") == '<font name="letters-Vera">\u0142</font>?', "nor within a word"
    assert (
        letters.marked_up("\u05e7\u05e8 \u0628\u062a \u0915\u094d \u0441") == '?? ?? ?? <font name="letters-Vera">\u0441</font>'
    )


def test_fonts_are_found_whatever_the_letters_of_their_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "MSYH.TTC").touch()
    (tmp_path / "a" / "other.ttf").touch()
    monkeypatch.setattr(letters.rl_config, "TTFSearchPath", [str(tmp_path), str(tmp_path / "none")])
    monkeypatch.delenv("WINDIR", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Fonts").mkdir()
    (tmp_path / "Fonts" / "arial.ttf").touch()  # of the folder in which the program was started
    monkeypatch.setattr(letters.rl_config, "TTFSearchPath", [str(tmp_path / "a"), str(tmp_path / "none")])
    letters._found.cache_clear()
    try:
        assert letters._found() == {"msyh.ttc": tmp_path / "a" / "MSYH.TTC"}
    finally:
        letters._found.cache_clear()
