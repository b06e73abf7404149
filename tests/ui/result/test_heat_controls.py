"""The heat map's controls: of which map the boxes are, and that all fits a narrow column."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea

from ankleviewer.ui.result import room
from ankleviewer.ui.words import translate


def test_beside_the_coarse_map_it_is_said_that_boxes_and_numbers_are_of_the_fine_one(make_window, backend) -> None:
    window = make_window(backend)
    controls = window.panel.controls
    assert controls.source.isHidden()
    controls.paper.click()
    assert controls.source.isVisible() and "fine map (16³ cells), not from this one" in controls.source.text()
    assert controls.source.text().startswith("Boxes, places and per cent")
    assert controls.source.height() >= controls.source.heightForWidth(controls.source.width())
    controls.paper.click()
    assert controls.source.isHidden()


def test_a_map_that_is_no_finer_than_the_papers_stands_for_itself(make_window, backend, fakes, qtbot) -> None:
    window = make_window(backend)
    coarse = fakes.heat(fakes.first)
    native = replace(coarse.native, cam=coarse.native.cam[::4, ::4, ::4])
    backend.heat = replace(coarse, cells=4, native=native)
    window.controller.analyse()
    qtbot.waitUntil(lambda: window.view.scene.heat is backend.heat)
    window.view.update(paper_map=True)
    assert window.panel.controls.source.isHidden(), "the boxes are of the very map that is shown"


@pytest.mark.parametrize("language", ["en", "de", "zh_CN"])
@pytest.mark.parametrize("size", [(853, 480), (853, 900), (1280, 720)])
def test_no_word_is_cut_and_all_stay_in_the_column(
    make_window, backend, speak, monkeypatch, language: str, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    speak(language)
    window = make_window(backend)
    window.resize(*size)
    window.view.update(paper_map=True)
    QApplication.processEvents()
    controls = window.panel.controls
    assert window.panel.width() == room.width_in(size[0])
    for button in (controls.heat, controls.boxes, controls.fill, controls.paper):
        assert button.fontMetrics().horizontalAdvance(button.text()) <= button.width() - 6, button.text()
    for text in (controls.title, controls.resolution):
        assert text.fontMetrics().horizontalAdvance(text.text()) <= text.width(), text.text()
    last = (controls.paper, controls.resolution, controls.opacity)
    right = [one.mapTo(window.panel, one.rect().topRight()).x() for one in last]
    assert max(right) < window.panel.width() - room.side(window.panel.width())
    scroll = window.panel.findChild(QScrollArea)
    assert scroll.isAncestorOf(controls) == (size[1] < 600), "in a low window they scroll with the rest"


def test_a_map_below_its_floor_says_that_it_shows_nothing(make_window, backend, fakes, qtbot) -> None:
    window = make_window(backend)
    assert window.panel.controls.source.isHidden()
    backend.heat = replace(fakes.heat(fakes.first), floor=1e6)
    window.controller.analyse()
    qtbot.waitUntil(lambda: window.view.scene.heat is backend.heat)
    assert window.panel.controls.source.text() == "This map stays below its floor and shows nothing."
