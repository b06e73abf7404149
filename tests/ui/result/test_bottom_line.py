"""The bottom line: where a notice lies while the column is hidden."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from ankleviewer.core.findings import Finding


@pytest.mark.parametrize("width", [1280, 853, 640])
def test_a_notice_lies_over_the_chips_clear_of_the_research_line(make_window, fakes, width: int) -> None:
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
