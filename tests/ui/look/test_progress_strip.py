"""Progress: a share where one is known, and none where it is not; what is done, and for how long."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from ankleviewer.ui.look import progress_strip
from ankleviewer.ui.look.progress_strip import Bar
from ankleviewer.ui.state.phase import Phase


def lit(bar: Bar) -> list[bool]:
    """Where along the bar its colour is that of what is done."""
    image = bar.grab().toImage()
    y = image.height() // 2
    return [image.pixelColor(x, y).blue() > 150 for x in range(2, image.width(), 4)]


def test_a_bar_shows_a_share_or_a_block_that_claims_none(qtbot) -> None:
    bar = Bar()
    qtbot.addWidget(bar)
    bar.resize(200, 4)
    bar.show()
    bar.show_share(0.5)
    assert bar.known and bar.value() == 500
    seen = lit(bar)
    assert all(seen[:20]) and not any(seen[30:])
    bar.show_share(math.nan)
    assert not bar.known and (bar.minimum(), bar.maximum()) == (0, 0)
    places = []
    for _ in range(5):
        seen = lit(bar)
        assert 5 < sum(seen) < 15, "as long wherever it stands"
        places.append(seen.index(True))
        bar.tick()
    assert places == sorted(set(places)) and seen.index(True) > lit(bar).index(True), "on, and from the end to the beginning"
    bar.show_share(1.2)
    assert bar.value() == 1000


def test_an_analysis_that_has_not_told_its_share_shows_none(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    backend.gate.clear()
    strip = window.panel.progress
    controls = window.panel.controls.mapTo(window.panel, QPoint(0, 0))
    window.controller.analyse()
    assert strip.isVisible() and not strip.bar.known
    qtbot.waitUntil(lambda: strip.bar.known and strip.bar.value() == 400)
    window.controller.progressed.emit(math.nan, "Running compact")
    assert not strip.bar.known and "Running compact" in strip.text.text()
    QApplication.processEvents()
    assert window.panel.controls.mapTo(window.panel, QPoint(0, 0)) == controls, "what can be clicked keeps its place"
    backend.gate.set()
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
    assert not strip.isVisible() and not strip._clock.isActive()


def test_work_that_lasts_says_for_how_long(make_window, backend, monkeypatch: pytest.MonkeyPatch) -> None:
    window = make_window(backend)
    backend.gate.clear()
    clock = [100.0]
    monkeypatch.setattr(progress_strip.time, "monotonic", lambda: clock[0])
    window.controller.analyse()
    strip = window.panel.progress
    strip._tick()
    assert strip.text.text() == "Analysing"
    clock[0] += 12.7
    strip._tick()
    assert strip.text.text() == "Analysing  12 s"
    window.controller.progressed.emit(0.7, "Explaining the answer")
    window.controller.analyse()
    assert strip.text.text() == "Analysing" and not strip.bar.known, "begun again, it does not go on with the old clock"
    clock[0] += 3.0
    strip._tick()
    assert strip.text.text() == "Analysing  3 s"
    monkeypatch.undo()
    backend.gate.set()
