"""Cortical thickness of drawn bodies."""

from __future__ import annotations

import pytest

from trainer.evaluation import cortex
from trainer.simulate.atlas import Atlas
from trainer.simulate.scene import draw_scene


def test_thick_in_the_shaft_thin_at_the_joint(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cortex, "built_in", lambda seed, index, setting: atlas)
    found, age = cortex.thickness(5, 1)
    shaft, metaphysis = found["tibia, 50 to 80 mm above the joint"], found["tibia, 20 to 25 mm above the joint"]
    assert 1.2 < shaft < 5.5 and metaphysis < 0.8 * shaft and found["talus"] < metaphysis
    scene = draw_scene(5, 1, atlas)
    assert shaft == pytest.approx(atlas.cortex_mm["tibia"][0] * scene.texture.cortex_scale * scene.pose.scale, rel=0.1)
    assert age == scene.age


def test_ranges_over_bodies(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = {i: ({s.name: 4.0 - 0.02 * age for s in cortex.SITES}, age) for i, age in enumerate((15, 20, 30, 50, 60, 80, 90))}
    monkeypatch.setattr(cortex, "thickness", lambda seed, index, setting: drawn[index])
    found = cortex.over_bodies(1, 7)["talus"]
    assert found.middle == pytest.approx((4.0 - 1.0 + 4.0 - 1.2) / 2), "adults only"
    assert found.low < found.middle < found.high
    assert found.with_age == pytest.approx((4 - 0.02 * 85) / (4 - 0.02 * 25) - 1)
