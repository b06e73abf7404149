"""The list of findings and marks: no row is wider than the column, which would hide the ends of all the others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea

from ankleviewer.core.reading.measure import Value
from ankleviewer.core.reading.review import Mark
from ankleviewer.core.volume import Volume
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import ankle_word

AWAY = (-151.0, -231.0, -1020.0)  # from the scanner's middle, as real scans lie


def far(mm: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(a + b for a, b in zip(mm, AWAY, strict=True))


@pytest.mark.parametrize("size", [(1280, 720), (853, 480)])
@pytest.mark.parametrize("language", ["en", "de", "zh_CN"])
def test_rows_fit_the_column_wherever_the_scan_lies(
    make_window, backend, fakes, speak, language: str, size: tuple[int, int]
) -> None:
    speak(language)
    grid = replace(fakes.grid, affine=fakes.grid.affine + [[0, 0, 0, d] for d in (*AWAY, 0)])
    backend.volume = Volume(fakes.phantom().hu, grid)
    boxes = [
        replace(box, center_mm=far(box.center_mm), min_mm=far(box.min_mm), max_mm=far(box.max_mm), center_voxel=(412, 398, 1021))
        for box in (fakes.box(fakes.first, 0.71), fakes.box(fakes.second, 0.22))
    ]
    backend.answers, backend.heat = (fakes.answer(boxes=tuple(boxes)),), None
    window = make_window(backend)
    window.resize(*size)
    window.controller.judge("rejected", 0)
    window.panel.findings.rows[0].show_mark(Mark("rejected", ""), edited=True)
    for z in (-880.0, -881.0):
        window.controller.reviewing.add_missed((-157.3, -227.4, z))
    scroll = window.panel.findChild(QScrollArea)
    assert scroll.widget().minimumSizeHint().width() <= scroll.width() - scroll.verticalScrollBar().sizeHint().width()
    row = window.panel.findings.missed[1]
    assert "R 157.3  A 227.4  I 881.0" in [part.text() for part in row.findChildren(QLabel)]
    assert row.go.accessibleName() == f"{tr('M{number} · marked by you', number=2)}   R 157.3  A 227.4  I 881.0"


@pytest.mark.parametrize("size", [(1280, 720), (1000, 560), (853, 480)])
@pytest.mark.parametrize("language", ["en", "de"])
def test_accept_and_reject_of_a_finding_are_whole_on_a_small_screen(
    make_window, backend, fakes, speak, qtbot, size: tuple[int, int], language: str
) -> None:
    speak(language)
    window = make_window(backend)
    window.resize(*size)
    panel = window.panel
    assert panel.width() <= 0.305 * size[0]
    row = panel.findings.rows[0]

    def whole(widget) -> bool:
        wide = not hasattr(widget, "text") or widget.fontMetrics().horizontalAdvance(widget.text()) <= widget.width()
        return wide and widget.visibleRegion().boundingRect() == widget.rect()

    qtbot.waitUntil(lambda: all(map(whole, (row, row.accept, row.reject))))  # with no scrolling at all
    last = panel.findings.rows[1]
    window.controller.step_finding(1)
    qtbot.waitUntil(lambda: all(map(whole, (last, last.accept, last.reject))))
    last.reject.click()
    qtbot.waitUntil(lambda: all(map(whole, (last, last.reason))))  # it has grown, and is seen whole again


def test_the_readers_marks_are_told_from_the_models_findings(make_window, fakes, qtbot) -> None:
    window = make_window(fakes.Backend(answers=(fakes.answer("no fracture"),)))
    panel, reviewing = window.panel, window.controller.reviewing
    reviewing.add_missed((4.0, 0.0, 140.0))
    assert panel.findings_head.text() == "Marked by you" and panel.findings_head.isVisible()
    assert panel.findings.missed[0].go.text() == "M1 · marked by you"
    window.controller.backend.answers = (fakes.answer(),)
    window.controller.analyse()
    qtbot.waitUntil(lambda: panel.findings_head.text() == "Findings")
    assert panel.findings.missed[0].go.text() == "M1 · marked by you"


def test_a_finding_that_is_stepped_to_is_seen_in_the_column(make_window, backend, fakes, qtbot) -> None:
    boxes = tuple(fakes.box((-20.0 + 8 * n, 4.0, 120.0 + 8 * n), 0.3 - 0.05 * n) for n in range(5))
    backend.answers = (fakes.answer(boxes=boxes),)
    window = make_window(backend)
    window.resize(1280, 700)
    rows, scroll = window.panel.findings.rows, window.panel.findChild(QScrollArea)

    def seen(row) -> bool:
        top = row.mapTo(scroll.viewport(), row.rect().topLeft()).y()
        return top >= 0 and top + row.height() <= scroll.viewport().height()

    qtbot.waitUntil(lambda: seen(rows[0]))
    assert scroll.verticalScrollBar().value() == 0, "the answer itself is in sight"
    for step in (1, 1, 1, 1, -1, -1, -1, -1):
        window.controller.step_finding(step)
        qtbot.waitUntil(lambda: seen(rows[window.view.state.selected]))


@pytest.mark.parametrize("language", ["en", "de", "zh_CN"])
def test_marks_and_measures_name_their_ankle_where_there_are_two(make_window, fakes, speak, qtbot, language: str) -> None:
    speak(language)
    right, left = fakes.ankle("R"), fakes.ankle("L")
    right.max_mm, left.min_mm = (-2.0, 28.0, 176.0), (2.0, -28.0, 104.0)
    backend = fakes.Backend(ankles=(right, left), answers=tuple(fakes.answer(ankle=n) for n in (0, 1)))
    window = make_window(backend)
    reviewing, panel = window.controller.reviewing, window.panel

    def told() -> list[str]:
        return [row.findChild(QLabel).text() for row in panel.findings.missed]

    length = (Value("length", 9.0, "mm"),)
    for x in (-20.0, 20.0):
        reviewing.add_missed((x, 5.0, 120.0))
        reviewing.add_measure("distance", ((x, -4.0, 120.0), (x, 5.0, 120.0)), (0.0, 0.0, 1.0), length)
    names = [ankle_word((right, left), n) for n in (0, 1)]
    QApplication.processEvents()
    scroll = panel.findChild(QScrollArea)
    assert scroll.widget().minimumSizeHint().width() <= scroll.width() - scroll.verticalScrollBar().sizeHint().width()
    assert told() == [f"{names[0]}\nR 20.0  P 5.0  S 120.0", f"{names[1]}\nL 20.0  P 5.0  S 120.0"]
    assert [row.value.text() for row in panel.measures.rows] == [f"{name}  ·  9.0 mm" for name in names]
    assert names[1] in panel.findings.missed[1].go.accessibleName() and names[1] in panel.measures.rows[1].go.accessibleName()
    backend.ankles, backend.volume = (right,), fakes.phantom()
    window.controller.open("other")
    qtbot.waitUntil(lambda: told() == ["R 20.0  P 5.0  S 120.0", "L 20.0  P 5.0  S 120.0"])  # the same marks, and one ankle
    assert [row.value.text() for row in panel.measures.rows] == ["9.0 mm"] * 2
