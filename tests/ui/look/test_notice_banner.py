"""A notice comes and goes without moving a picture, and all of it can be read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from ankleviewer.ui.state.phase import Phase

SENTENCE = "The file is damaged or cut off, and cannot be read. Copy it again from where it came from, and open the copy."


def panes(window) -> list[object]:
    QApplication.processEvents()
    views = [*window.panes.values(), window.pane3d]
    return [(view.size(), view.mapTo(window, QPoint(0, 0))) for view in views]


@pytest.mark.parametrize("column", [True, False], ids=["column", "no column"])
@pytest.mark.parametrize("size", [(1280, 720), (853, 480)])
def test_no_picture_moves_when_a_notice_comes_or_goes(make_window, backend, qtbot, column: bool, size: tuple[int, int]) -> None:
    window = make_window(backend)
    if not column:
        window.toggle_panel()
    window.resize(*size)
    before = panes(window)
    window.controller.notify("FILE_NOT_WRITTEN", SENTENCE)
    assert panes(window) == before and window.banner.isVisible()
    covered = window.banner.rect().translated(window.banner.mapTo(window, QPoint(0, 0)))
    pictures = window.pages.rect().translated(window.pages.mapTo(window, QPoint(0, 0)))
    assert not covered.intersects(pictures)
    window.toggle_panel()  # the notice goes along
    QApplication.processEvents()
    assert window.banner.isVisible() and window.banner.visibleRegion().boundingRect() == window.banner.rect()
    window.toggle_panel()
    window.controller.dismiss()
    assert panes(window) == before and not window.banner.isVisible()


def test_nothing_in_the_column_moves_either_and_the_notice_is_whole(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    panel = window.panel
    fixed = (panel.call, panel.number, panel.findings.rows[0].accept, panel.controls.legend, panel.chooser)
    QApplication.processEvents()
    before = [one.mapTo(panel, QPoint(0, 0)) for one in fixed]
    window.controller.notify("FILE_NOT_WRITTEN", SENTENCE)
    for text in (window.banner.text, window.banner.code):
        qtbot.waitUntil(lambda text=text: text.height() >= text.heightForWidth(text.width()))
        assert text.visibleRegion().boundingRect() == text.rect()
    assert [one.mapTo(panel, QPoint(0, 0)) for one in fixed] == before


@pytest.mark.parametrize("sentence", ["Short.", SENTENCE, SENTENCE * 3], ids=["short", "long", "longest"])
def test_what_it_says_of_its_height_is_its_height_wherever_it_stands(make_window, backend, qtbot, sentence: str) -> None:
    window = make_window(backend)
    window.resize(1280, 900)
    window.controller.notify("FILE_NOT_WRITTEN", sentence)
    banner, panel = window.banner, window.panel
    qtbot.waitUntil(lambda: abs(banner.height() - banner.whole_height(panel.width())) <= 2)
    assert banner.parentWidget() is panel
    told = banner.whole_height(panel.width())
    window.toggle_panel()
    assert banner.parentWidget() is window.bottom and banner.whole_height(panel.width()) == told


def test_in_one_line_its_button_is_whole(make_window, backend) -> None:
    window = make_window(backend)
    window.toggle_panel()
    window.controller.notify("FILE_NOT_WRITTEN", SENTENCE)
    QApplication.processEvents()
    banner, button = window.banner, window.banner.close_button
    above, below = button.geometry().top(), banner.height() - 1 - button.geometry().bottom()
    assert above >= 1 and below >= 1 and abs(above - below) <= 1


def test_the_sealed_column_still_tells_what_did_not_work(make_window, backend) -> None:
    window = make_window(backend)
    window.view.update(hide_ai=True)
    window.controller.notify("FILE_NOT_WRITTEN", SENTENCE)
    QApplication.processEvents()
    window.view.update(hide_ai=False)
    window.view.update(hide_ai=True)
    QApplication.processEvents()
    banner = window.banner
    assert window.panel.childAt(banner.geometry().center()) in (banner, *banner.children())


def test_with_nothing_open_it_stands_above_the_page(make_window, backend, fakes, qtbot) -> None:
    backend.read_error = fakes.refusal()
    window = make_window(backend, path=None)
    window.open("bad.nii.gz")
    qtbot.waitUntil(window.banner.isVisible)
    QApplication.processEvents()
    assert window.banner.mapTo(window.centralWidget(), QPoint(0, 0)) == QPoint(0, 0)
    assert window.banner.width() == window.centralWidget().width() and window.banner.text.isVisible()
    backend.read_error = None
    window.open("good.nii.gz")
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
    window.controller.notify("FILE_NOT_WRITTEN", SENTENCE)
    assert window.banner.parentWidget() is window.panel and window.banner.isVisible()
