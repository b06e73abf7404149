"""The legend moves the one threshold and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from ankleviewer.ui.result.legend import Legend

NO = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def legend(make_window, backend) -> Legend:
    return make_window(backend).panel.findChild(Legend)


def test_a_click_sets_the_level_in_the_map_s_units(legend) -> None:
    boxes = legend.model.scene.boxes
    QTest.mouseClick(legend, Qt.MouseButton.LeftButton, NO, QPoint(round(legend._x(6.0)), 20))
    assert legend.model.state.threshold == pytest.approx(6.0, abs=0.03)
    assert legend.model.scene.boxes is boxes


def test_near_the_tick_it_snaps_to_the_boxes_own_level(legend) -> None:
    legend.model.update(threshold=7.0)
    QTest.mouseClick(legend, Qt.MouseButton.LeftButton, NO, QPoint(round(legend._x(3.2)) + 2, 20))
    assert legend.model.state.threshold is None


def test_arrow_keys_and_double_click(legend) -> None:
    QTest.keyClick(legend, Qt.Key.Key_Right)
    assert legend.model.state.threshold == pytest.approx(3.4)
    QTest.mouseDClick(legend, Qt.MouseButton.LeftButton, NO, QPoint(5, 20))
    assert legend.model.state.threshold is None


def test_a_level_beyond_the_colours_is_on_the_scale_and_raising_never_lowers_it(legend) -> None:
    heat = legend.model.scene.heat
    legend.model.set_scene(replace(legend.model.scene, heat=replace(heat, threshold=1.5 * heat.reference)))
    assert legend._x(1.5 * heat.reference) == legend.width() - 8 and legend._x(heat.reference) < legend.width() - 50
    legend.grab()
    legend.model.step_threshold(1)
    assert legend.model.state.threshold == pytest.approx(1.5 * heat.reference)
    legend.model.step_threshold(-1)
    assert legend.model.state.threshold == pytest.approx(1.475 * heat.reference)


def test_the_outline_of_a_strong_answer_can_be_tightened_up_to_the_maps_peak(legend) -> None:
    heat = legend.model.scene.heat
    legend.model.set_scene(replace(legend.model.scene, heat=replace(heat, threshold=4.4, reference=4.0)))
    assert legend._x(heat.peak) == legend.width() - 8 and legend._x(4.0) < legend.width() - 50
    legend.model.step_threshold(1)
    assert legend.model.state.threshold == pytest.approx(4.5)
    legend.model.step_threshold(400)
    assert legend.model.state.threshold == pytest.approx(heat.peak)
    legend.grab()
    QTest.mouseClick(legend, Qt.MouseButton.LeftButton, NO, QPoint(round(legend._x(6.0)), 20))
    assert legend.model.state.threshold == pytest.approx(6.0, abs=0.03)
