"""The reader's own answer in the result column: pressed, taken back, of the ankle shown; no remark is lost half typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from ankleviewer.ui.files import leaving


def pressed(window) -> list[str]:
    return [verdict for verdict, button in window.panel.reading.buttons.items() if button.isChecked()]


def test_a_button_answers_and_the_same_again_takes_it_back(make_window, backend) -> None:
    window = make_window(backend)
    buttons, reviewing = window.panel.reading.buttons, window.controller.reviewing
    buttons["no fracture"].click()
    buttons["fracture"].click()
    assert pressed(window) == ["fracture"]
    assert [(c.verdict, c.unaided) for c in reviewing.review.conclusions] == [("fracture", False)]
    reviewing.undo()
    assert pressed(window) == ["no fracture"]
    buttons["no fracture"].click()
    assert pressed(window) == [] and reviewing.review.conclusions == ()


def test_a_scan_without_boxes_and_one_that_nobody_assessed_can_be_read(make_window, backend, fakes) -> None:
    backend.answers, backend.heat = (fakes.answer("not assessed", boxes=(), probability=None),), None
    window = make_window(backend)
    window.panel.reading.buttons["no fracture"].click()
    (said,) = window.controller.reviewing.review.conclusions
    assert said.unaided and said.joint_mm == tuple(backend.ankles[0].center_mm)


def test_keys_answer_and_say_so(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    actions = {action.shortcut().toString(): action for action in window.findChildren(type(window.menuBar().actions()[0]))}
    for key, text in (("8", "Your own reading: No fracture"), ("9", "Your own reading: Unsure"), ("9", "taken back")):
        actions[key].trigger()
        assert text in window.toast.widget.text()
    assert pressed(window) == []


def test_a_remark_is_kept_with_enter_and_gives_the_keys_back(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    remark, reviewing = window.panel.reading.remark, window.controller.reviewing
    window.panel.reading.buttons["fracture"].click()
    remark.setFocus()
    qtbot.keyClicks(remark, " a step of 2 mm ")
    assert not reviewing.review.conclusions[0].remark
    qtbot.keyClick(remark, Qt.Key.Key_Return)
    assert [(c.verdict, c.remark) for c in reviewing.review.conclusions] == [("fracture", "a step of 2 mm")]
    assert remark.text() == "a step of 2 mm" and not remark.hasFocus()
    window.panel.reading.buttons["fracture"].click()
    assert [(c.verdict, c.remark) for c in reviewing.review.conclusions] == [(None, "a step of 2 mm")]


@pytest.mark.parametrize("way", ["another scan", "the end", "a judgement first"])
def test_no_remark_is_lost_half_typed(make_window, backend, qtbot, way: str) -> None:
    window = make_window(backend)
    remark, reviewing = window.panel.reading.remark, window.controller.reviewing
    qtbot.keyClicks(remark, "healed")
    if way == "another scan":
        window.controller.open("other.nii.gz")
    elif way == "the end":
        assert leaving.may_close(window)
    else:
        window.controller.judge("accepted", 0)
        assert remark.text() == "healed", "what is being typed is not overwritten"
        window.panel.reading.write_down()
    assert [c.remark for c in reviewing.review.conclusions] == ["healed"]


@pytest.mark.parametrize("language", ["en", "de", "zh_CN"])
@pytest.mark.parametrize("size", [(1280, 720), (853, 480)])
def test_the_row_fits_the_column(make_window, backend, speak, language: str, size: tuple[int, int]) -> None:
    speak(language)
    window = make_window(backend)
    window.resize(*size)
    window.panel.reading.buttons["unsure"].click()
    scroll = window.panel.findChild(QScrollArea)
    assert scroll.widget().minimumSizeHint().width() <= scroll.width() - scroll.verticalScrollBar().sizeHint().width()
    for button in window.panel.reading.buttons.values():
        assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()) + 8
