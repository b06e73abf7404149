"""An ankle's name and what is said of it stand whole, in as few lines as there is room for."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetrics

from ankleviewer.ui.look import theme
from ankleviewer.ui.result.ankle_lines import ankle_lines, folded
from ankleviewer.ui.words import translate


@pytest.fixture
def metrics(qapp) -> QFontMetrics:
    return QFontMetrics(theme.font())


def test_in_as_few_lines_as_there_is_room_for(metrics, two_unknown) -> None:
    whole, short, said = "Ankle, side unknown, towards the patient's right", "Patient's right, side unknown", "no fracture found"

    def lines(like: str, head: str = "") -> str:
        return ankle_lines(two_unknown, 0, said, metrics, metrics.horizontalAdvance(like), head)

    assert lines(f"{whole}  ·  {said}") == f"{whole}  ·  {said}"
    assert lines(f"{short}  ·  {said}") == f"{short}  ·  {said}"
    assert lines(short) == f"{short}\n{said}"
    assert lines(short, "■  ") == f"{short}\n■  {said}"
    assert lines(f"■  {short}  ·  {said}", "■  ") == f"■  {short}  ·  {said}"
    assert lines("side unknown,   ") == f"Patient's right,\nside unknown\n{said}", "broken at the comma first"
    assert ankle_lines(two_unknown, 0, "", metrics, metrics.horizontalAdvance(short)) == short


def test_a_name_is_in_one_line_where_only_the_answer_has_no_room(metrics, fakes) -> None:
    room = metrics.horizontalAdvance("no fracture found at all")
    ankles = fakes.ankle("R"), fakes.ankle("L")
    assert ankle_lines(ankles, 1, "no fracture found at all", metrics, room) == "Left ankle\nno fracture found at all"


@pytest.mark.parametrize("language", ["en", "de", "zh_CN"])
def test_folding_loses_nothing_and_stays_within_the_room(metrics, speak, monkeypatch, language: str) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    speak(language)
    comma = translate.tr(", ")
    text = comma.join(translate.tr(part) for part in ("between the other ankles", "Right side", "Side unknown"))
    widest = max(metrics.horizontalAdvance(word) for word in text.replace(comma, comma.rstrip() + " ").split(" "))
    for room in (widest, 2 * widest, metrics.horizontalAdvance(text)):
        lines = folded(text, metrics, room)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(metrics.horizontalAdvance(line) <= room for line in lines)
    assert lines == [text]
