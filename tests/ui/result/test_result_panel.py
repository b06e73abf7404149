"""The result column: rows of models, the line where they do not agree, who answered for which ankle, in every language."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication

from ankleviewer.ui.look import theme
from ankleviewer.ui.look.parts import Chooser
from ankleviewer.ui.result import room
from ankleviewer.ui.words import translate
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import ankle_word, call_in_sentence, short_ankle_word

TITLE = "3D-EfficientNetB7 (ACS)"


@pytest.mark.parametrize("status", ["preliminary", "released"])
def test_a_model_s_row_shows_title_probability_and_status_whole(make_window, fakes, qtbot, status: str) -> None:
    deep = fakes.answer("uncertain", name="deep", status=status)
    backend = fakes.Backend(answers=(fakes.answer(), deep))
    backend.models = (backend.models[0], SimpleNamespace(**vars(backend.models[1]) | {"name": "deep", "title": TITLE}))
    window = make_window(backend)
    window.controller.choose_model("all")
    qtbot.waitUntil(lambda: not fakes.busy(window), timeout=20000)
    first, second = window.panel._other_rows
    assert "preliminary" not in first.text()
    lines = second.text().splitlines()
    assert TITLE in lines[0] and lines[0].endswith(f"{deep.probability:.2f}")
    assert [line.strip() for line in lines[1:]] == (["preliminary"] if status == "preliminary" else [])
    assert all(second.fontMetrics().horizontalAdvance(line) <= second.width() for line in lines)
    assert (second.height() > first.height()) == (status == "preliminary")
    assert second.accessibleName().startswith(f"{TITLE} (preliminary), " if status == "preliminary" else f"{TITLE}, ")


def of_models(fakes, *answers) -> object:
    """A backend with a released model for each answer."""
    titles = {"compact": "Compact 3D-CNN", "mobilenet": "3D-MobileNet", "third": "3D-ResNet"}
    backend = fakes.Backend(answers=answers)
    backend.models = tuple(
        SimpleNamespace(**vars(backend.models[0]) | {"name": a.name, "title": titles[a.name], "default": a.name == "compact"})
        for a in answers
    )
    return backend


def test_models_that_differ_are_named_as_plainly_as_the_answer(make_window, fakes, qtbot) -> None:
    one, other = fakes.answer(), fakes.answer("no fracture", name="mobilenet")
    backend = of_models(fakes, one, other)
    window = make_window(backend)
    panel = window.panel
    assert not panel.agreement.isVisible()
    window.controller.choose_model("all")
    qtbot.waitUntil(lambda: not fakes.busy(window), timeout=20000)
    assert panel.agreement.text() == (
        "⚠ The 2 released models do not agree\nFracture: Compact 3D-CNN\nNo fracture found: 3D-MobileNet"
    )
    colour = panel.agreement.palette().color(QPalette.ColorRole.WindowText).name()
    assert panel.agreement.objectName() == "" and colour == theme.now().text != panel.origin.palette().windowText().color().name()
    top = [w.mapTo(panel, w.rect().topLeft()).y() for w in (panel.others_head, panel._other_rows[1], panel.findings_head)]
    assert top == sorted(top), "the answers of all stand above the findings of one"
    stops = panel._stops_now()
    assert stops.index(panel._other_rows[0]) < stops.index(panel.findings.stops[0])
    backend.answers = (one, fakes.answer(name="mobilenet"))
    window.controller.analyse()
    qtbot.waitUntil(lambda: panel.agreement.text() == "2 of 2 models agree: fracture", timeout=20000)
    assert panel.agreement.objectName() == "secondary"
    assert panel.agreement.palette().windowText().color().name() == panel.origin.palette().windowText().color().name()


@pytest.mark.parametrize("language", ["en", "de", "zh_CN"])
def test_the_number_beside_the_answer_says_of_what_it_is(make_window, fakes, speak, monkeypatch, qtbot, language: str) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    speak(language)
    panel = make_window(fakes.Backend(answers=(fakes.answer("no fracture"),))).panel
    qtbot.waitUntil(lambda: panel.number.isVisible() and bool(panel.number.text()), timeout=20000)
    assert panel.caption.isVisible() and panel.caption.text() == tr("Fracture probability")
    low = panel.caption.mapTo(panel, panel.caption.rect().bottomRight())
    top = panel.number.mapTo(panel, panel.number.rect().topRight())
    assert 0 <= top.y() - low.y() <= 4 and top.x() == low.x(), "right above the number, also beside a call of two lines"
    assert panel.caption.fontMetrics().horizontalAdvance(panel.caption.text()) <= panel.caption.width(), "whole"
    without = make_window(fakes.Backend(answers=(fakes.answer("not assessed", None),))).panel
    assert without.number.text() == "" and not without.caption.isVisible()


def test_a_preliminary_model_that_says_otherwise_is_not_hidden_by_the_count(make_window, fakes, qtbot) -> None:
    backend = of_models(fakes, fakes.answer(), fakes.answer("no fracture", name="mobilenet", status="preliminary"))
    window = make_window(backend)
    window.controller.choose_model("all")
    qtbot.waitUntil(lambda: not fakes.busy(window), timeout=20000)
    assert window.panel.agreement.text() == (
        "⚠ One released model counted: fracture\nPreliminary 3D-MobileNet says: no fracture found (not counted)"
    )
    assert window.panel.agreement.objectName() == ""


def test_side_and_model_are_said_once(make_window, fakes) -> None:
    panel = make_window(fakes.Backend(answers=(fakes.answer("no fracture"),), ankles=(fakes.ankle("unknown"),))).panel
    told = " ".join(one.text() for one in (panel.side, panel.why, panel.origin, panel.calibration, panel.agreement))
    assert told.count("side unknown") == 1 and told.count("Compact 3D-CNN") == 1 and "No place stood out." in told


@pytest.mark.parametrize("language", ["en", "de", "zh_CN"])
@pytest.mark.parametrize("calls", [("no fracture", "not assessed"), ("fracture", "no fracture")])
def test_the_answer_of_each_ankle_is_whole_in_the_chooser(
    make_window, fakes, two_unknown, speak, monkeypatch, language: str, calls
) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    speak(language)
    answers = tuple(fakes.answer(call, ankle=n) for n, call in enumerate(calls))
    window = make_window(fakes.Backend(ankles=(fakes.ankle("R"), fakes.ankle("L")), answers=answers))
    chooser = window.panel.ankle
    for n, call in enumerate(calls):
        whole = ankle_word(window.controller.case.ankles, n)
        assert chooser.itemText(n) == f"{whole}  ·  {call_in_sentence(call)}", "in the list, which is as wide as it must be"
        (line,) = in_the_box(chooser, n)
        side, said = line.split("  ·  ")
        assert side in (whole, tr(("Right side", "Left side")[n])) and said == call_in_sentence(call)
    low = chooser.height()
    for ankles in ((fakes.ankle("unknown"), fakes.ankle("unknown")), two_unknown):
        panel = make_window(fakes.Backend(ankles=ankles, answers=answers)).panel
        for n, call in enumerate(calls):
            lines = in_the_box(panel.ankle, n)
            told = "".join(lines).replace("  ·  ", "").replace(" ", "")
            names = ankle_word(ankles, n), short_ankle_word(ankles, n)
            whole = [(name + call_in_sentence(call)).replace(" ", "") for name in names]
            assert told in whole, "no word of the name or of the answer is cut"
            for row in panel.others.rows:
                assert len(row.text().split("\n")) < 4 and row.minimumSizeHint().width() <= room.words(room.WIDTH) + 14
        if ankles is two_unknown:
            lines = max(len(in_the_box(panel.ankle, n)) for n in range(2))
            assert panel.ankle.height() == low + (lines - 1) * panel.ankle.fontMetrics().lineSpacing()


def in_the_box(chooser: Chooser, index: int) -> list[str]:
    """The lines of an entry while it is chosen, none of which is too long."""
    lines = chooser.itemData(index, Chooser.LINES).split("\n")
    assert all(chooser.fontMetrics().horizontalAdvance(line) <= chooser.width() - 26 for line in lines)
    return lines


def test_two_ankles_of_unknown_side_are_told_apart_wherever_they_are_named(make_window, fakes, two_unknown) -> None:
    answers = (replace(fakes.answer("no fracture", ankle=0), boxes=()), fakes.answer("uncertain", ankle=1))
    window = make_window(fakes.Backend(ankles=two_unknown, answers=answers))
    window.controller.choose_ankle(0)
    chooser = window.panel.ankle
    for n, side in enumerate(("right", "left")):
        call = ("no fracture found", "uncertain")[n]
        assert " ".join(in_the_box(chooser, n)).replace("  ·", "").replace("  ", " ") == f"Patient's {side}, side unknown {call}"
        assert chooser.itemText(n) == f"Ankle, side unknown, towards the patient's {side}  ·  {call}"
    (row,) = window.panel.others.rows
    assert "left" in row.text() and QFontMetrics(row.font()).horizontalAdvance(row.text().split("\n")[0]) <= row.width()
    assert "Ankle, side unknown, towards the patient's right" in window.facts.text() + window.facts.toolTip()


@pytest.mark.parametrize(
    ("title", "beside"), [("Compact", True), ("A hospital's own model of ankle fractures, version of May", False)]
)
def test_the_badge_leaves_a_long_name_the_whole_width(make_window, fakes, title: str, beside: bool) -> None:
    backend = fakes.Backend(answers=(fakes.answer(status="preliminary"),))
    backend.models = (SimpleNamespace(**vars(backend.models[0]) | {"title": title}),)
    panel = make_window(backend).panel
    QApplication.processEvents()
    origin, badge = panel.origin.geometry(), panel.badge.geometry()
    assert panel.badge.isVisible() and (badge.left() > origin.right()) == beside and (badge.top() > origin.bottom()) != beside


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_sentences_stand_as_the_language_has_them(make_window, backend, speak, monkeypatch, language: str) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)  # no font is needed for what is only compared
    assert speak(language) == language
    text = make_window(backend).panel.scope.text()
    assert ("。" in text and "。 " not in text) if language == "zh_CN" else ". The model" in text
