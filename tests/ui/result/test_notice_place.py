"""Where a notice stands: in the column while findings are in reach beside it, in the bottom line where they would not be."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from ankleviewer.core.errors import ScanError
from ankleviewer.ui.result import notice_place
from ankleviewer.ui.state.phase import Phase

SENTENCE = "The slices are 0.5 and 1.0 mm apart. Export the series again without gaps, with all slices that the scanner has made."
NAME = "patient_Mustermann_Maximilian_CT-Sprunggelenk-rechts_Knochenfenster_0.5mm_serie_00004711_reconstruction_B70f.nii.gz"


def settled() -> None:
    """What has another height has been laid out, and what that leaves for others, too."""
    for _ in range(5):
        QApplication.processEvents()


def rows_of_the_head(window) -> list[tuple[int, int]]:
    settled()
    head = window.panel.head
    return [(one.mapTo(window.panel, QPoint(0, 0)).y(), one.height()) for one in (head.call, head.number, head.research)]


def refused(window, backend, qtbot) -> None:
    backend.read_error = ScanError("SPACING_UNEVEN", SENTENCE)
    window.open("/scans/" + NAME)
    qtbot.waitUntil(lambda: window.controller.notice is not None)
    settled()


@pytest.mark.parametrize("size", [(853, 480), (640, 360)])
def test_in_a_low_window_a_long_notice_leaves_the_column_as_it_is(make_window, backend, qtbot, size: tuple[int, int]) -> None:
    window = make_window(backend)
    window.resize(*size)
    head, room = rows_of_the_head(window), window.panel._scroll.height()
    refused(window, backend, qtbot)
    assert window.banner.parentWidget() is window.bottom and window.banner.isVisible()
    assert rows_of_the_head(window) == head and window.panel._scroll.height() == room
    window.resize(1280, 800)
    settled()
    assert window.banner.parentWidget() is window.panel and window.banner.text.isVisible(), "where all of it has room it is whole"
    assert window.panel._scroll.height() >= notice_place.LEAST_BESIDE
    window.resize(*size)
    settled()
    assert window.banner.parentWidget() is window.bottom and window.banner.isVisible()
    window.controller.dismiss()
    assert not window.banner.isVisible()


def test_a_short_notice_stays_in_the_column_of_the_same_window(make_window, backend) -> None:
    window = make_window(backend)
    window.resize(853, 480)
    settled()
    window.controller.notify("FILE_NOT_WRITTEN", "The disk is full.")
    settled()
    assert window.banner.parentWidget() is window.panel
    window.controller.notify("FILE_NOT_WRITTEN", SENTENCE * 3)
    settled()
    assert window.banner.parentWidget() is window.bottom, "another one takes its place, and more room"
    window.controller.notify("FILE_NOT_WRITTEN", "The disk is full.")
    settled()
    assert window.banner.parentWidget() is window.panel and window.banner.text.text() == "The disk is full."


def test_work_under_way_squeezes_neither_answer_nor_its_own_button(make_window, backend, fakes, two_unknown, qtbot) -> None:
    backend.ankles = two_unknown  # whose names take two lines, above the answer's two
    backend.answers = tuple(fakes.answer("no fracture", ankle=n) for n in range(2))
    window = make_window(backend)
    window.resize(640, 360)
    refused(window, backend, qtbot)
    head = rows_of_the_head(window)
    backend.gate.clear()
    window.controller.analyse()
    assert rows_of_the_head(window) == head
    panel = window.panel
    assert all(one.height() >= one.sizeHint().height() for one in (panel.ankle, panel.progress.cancel, panel.run))
    backend.gate.set()
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
