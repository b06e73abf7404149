"""The bottom line: where a notice lies while the column is hidden."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from ankleviewer.core.findings import Finding


@pytest.mark.parametrize("width", [1280, 853, 640])
def test_a_notice_lies_clear_of_the_research_line(make_window, fakes, width: int) -> None:
    many = tuple(Finding("caveat", f"A_RATHER_LONG_CODE_{n}", f"Sentence {n}.") for n in range(5))
    window = make_window(fakes.Backend(findings=many))
    window.toggle_panel()
    window.resize(width, 480)
    sentence = "A sentence so long that no line holds all of it, " + "and which is to be read by whoever asks, " * 4
    window.controller.notify("FILE_NOT_WRITTEN", sentence)
    QApplication.processEvents()
    bottom, banner = window.bottom, window.banner
    assert banner.parentWidget() is bottom and banner.isVisible() and bottom.rect().contains(banner.geometry())
    assert not banner.geometry().intersects(bottom.disclaimer.geometry())
    assert banner.visibleRegion().boundingRect() == banner.rect(), "no chip lies over it"
    assert "FILE_NOT_WRITTEN" in banner.line.text() and banner.line.text().endswith("…")
    banner.line.click()
    (popup,) = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not window]
    assert sentence.strip() in popup.findChild(QLabel).text()
    popup.close()
    banner.close_button.click()
    assert not banner.isVisible() and window.controller.notice is None


def test_what_is_said_of_the_scan_stays_in_reach_beside_a_notice(make_window, fakes) -> None:
    said = tuple(
        Finding(level, code, f"Sentence of {code}.") for level, code in (("caveat", "KERNEL_SOFT"), ("withhold", "CAST"))
    )
    window = make_window(fakes.Backend(findings=said))
    window.toggle_panel()
    QApplication.processEvents()
    bottom = window.bottom
    before = [chip.text() for chip in bottom.chips]
    assert len(before) == 2
    window.controller.notify("FILE_NOT_WRITTEN", "The disk is full.")
    QApplication.processEvents()
    (chip,) = bottom.chips
    assert chip.text() == "⚠ +2" and all(one.message in chip.message for one in said)
    assert chip.visibleRegion().boundingRect() == chip.rect() and not chip.geometry().intersects(window.banner.geometry())
    window.toggle_panel()
    QApplication.processEvents()
    assert window.banner.parentWidget() is window.panel and [chip.text() for chip in bottom.chips] == before
    window.toggle_panel()
    window.controller.dismiss()
    assert [chip.text() for chip in bottom.chips] == before


def test_no_chip_takes_the_keyboard_under_a_notice_that_has_no_room_beside_it(make_window, fakes) -> None:
    window = make_window(
        fakes.Backend(findings=(Finding("withhold", "A_CODE_SO_LONG_THAT_LITTLE_IS_LEFT_BESIDE_IT", "A cast."),))
    )
    window.toggle_panel()
    window.resize(640, 360)
    QApplication.processEvents()
    assert len(window.bottom.chips) == 1
    window.controller.notify("FILE_NOT_WRITTEN", "The disk is full.")
    QApplication.processEvents()
    assert window.bottom.chips == [] and window.banner.x() == 0
    window.controller.dismiss()
    assert len(window.bottom.chips) == 1
