"""The answer stays in sight whatever else the column holds, with the word that it is for research."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from ankleviewer import DISCLAIMER
from ankleviewer.core.reading.measure_tools import TOOLS
from ankleviewer.ui.words import translate
from ankleviewer.ui.words.translate import tr


def whole(widget: QWidget) -> bool:
    """Whether all of a widget is to be seen."""
    return widget.isVisible() and widget.visibleRegion().boundingRect() == widget.rect()


@pytest.mark.parametrize("size", [(1280, 720), (853, 480), (640, 360)])
@pytest.mark.parametrize("language", ["en", "de", "zh_CN"])
def test_the_answer_is_whole_beside_a_tool_and_a_long_list(
    make_window, backend, fakes, speak, monkeypatch, qtbot, size: tuple[int, int], language: str
) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    speak(language)
    backend.answers = (fakes.answer(boxes=tuple(fakes.box((-20.0 + 8 * n, 4.0, 120.0 + 8 * n), 0.2) for n in range(5))),)
    window = make_window(backend)
    window.resize(*size)
    QApplication.processEvents()
    panel = window.panel
    scroll = panel.findChild(QScrollArea)
    bar = scroll.verticalScrollBar()
    said = (panel.side, panel.shape, panel.call, panel.number, panel.caption, panel.head.research)
    qtbot.waitUntil(lambda: all(map(whole, said)))
    places = [one.mapTo(panel, one.rect().topLeft()) for one in said]
    window.controller.measuring.start(TOOLS[0].name)
    qtbot.waitUntil(lambda: bar.value() > 0)  # the tool's card is scrolled to
    for place in (bar.maximum(), 0, bar.maximum()):
        bar.setValue(place)
        QApplication.processEvents()
        assert all(map(whole, said)) and [one.mapTo(panel, one.rect().topLeft()) for one in said] == places
    assert panel.head.research.text() == tr(DISCLAIMER)
    wide = [one.fontMetrics().horizontalAdvance(one.text()) <= one.width() for one in (panel.call, panel.number, panel.caption)]
    assert all(wide) and panel.head.research.height() >= panel.head.research.heightForWidth(panel.head.research.width())


def test_another_ankle_that_the_model_suspects_stays_in_sight_too(make_window, fakes, qtbot) -> None:
    answers = (fakes.answer("no fracture", ankle=0), fakes.answer("uncertain", ankle=1))
    window = make_window(fakes.Backend(ankles=(fakes.ankle("R"), fakes.ankle("L")), answers=answers))
    window.controller.choose_ankle(0)
    window.resize(853, 480)
    window.controller.measuring.start(TOOLS[0].name)
    (row,) = window.panel.others.rows
    qtbot.waitUntil(lambda: whole(row) and whole(window.panel.ankle))
    assert not row.visibleRegion().isEmpty() and window.panel.findChild(QScrollArea).isAncestorOf(row) is False


def test_no_answer_needs_no_word_about_its_use(make_window, backend) -> None:
    backend.gate.clear()
    window = make_window(backend)
    assert window.panel.head.research.isHidden()
    backend.gate.set()
