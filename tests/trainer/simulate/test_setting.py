"""Settings: sound ranges, and other draws where the ranges differ."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from trainer.simulate.bones import built_in
from trainer.simulate.scan import scanner_grid
from trainer.simulate.scanner import draw_scanner
from trainer.simulate.setting import LIFELIKE, RELEASE, SETTINGS, SHIFTED, STANDARD, TRAINING, Setting, draw_log
from trainer.simulate.streams import stream
from trainer.simulate.tissue import draw_texture


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda s: s.name)
def test_every_range_runs_upwards(setting: Setting) -> None:
    for entry in fields(setting):
        value = getattr(setting, entry.name)
        if isinstance(value, tuple):
            for low, high in value if isinstance(value[0], tuple) else (value,):
                assert 0 < low < high, entry.name
    assert SETTINGS[setting.name] is setting


def test_the_named_sets_are_drawn_as_they_were_and_training_closer_to_real_feet() -> None:
    assert {s.name for s in SETTINGS.values() if s.lifelike is None} == {"standard", "shifted", "release"}
    for setting in (LIFELIKE, TRAINING):
        assert setting.lifelike is not None
        for entry in fields(setting.lifelike):
            low, high = getattr(setting.lifelike, entry.name)[-2:]
            assert low < high, entry.name


def test_draws_lie_in_one_of_the_ranges_and_meet_each() -> None:
    rng = np.random.default_rng(0)
    drawn = np.array([draw_log(rng, ((1.0, 2.0), (10.0, 20.0))) for _ in range(200)])
    assert (((drawn >= 1) & (drawn <= 2)) | ((drawn >= 10) & (drawn <= 20))).all()
    assert 60 < (drawn < 5).sum() < 140


def test_training_covers_the_voxels_of_the_standard_scans() -> None:
    (low, high), (least, most) = TRAINING.plane_mm[0], STANDARD.plane_mm[0]
    assert low <= least and most <= high
    assert TRAINING.slice_mm[1] >= STANDARD.slice_mm[1]


@pytest.mark.parametrize("setting", [SHIFTED, RELEASE])
def test_shifted_runs_differ_in_bones_tissue_scanner_and_voxels(setting: Setting) -> None:
    bones = [built_in(5, 0, s).bones["tibia"] for s in (STANDARD, setting)]
    assert bones[0].values.shape != bones[1].values.shape or not (bones[0].values == bones[1].values).all()
    for index in range(12):
        texture = draw_texture(stream(3, index, "tissue"), setting)
        assert any(low <= texture.density <= high for low, high in setting.density)
        scanner = draw_scanner(stream(3, index, "scanner"), setting)
        assert any(low <= scanner.blur <= high for low, high in setting.blur_mm)
        assert scanner.sharpen == 0 or setting.sharpen[0] <= scanner.sharpen <= setting.sharpen[1]
        plane, _, slices = scanner_grid(stream(3, index, "scanner grid"), None, None, setting).spacing
        assert any(low - 1e-9 <= plane <= high + 1e-9 for low, high in setting.plane_mm)
        assert setting.slice_mm[0] - 1e-9 <= slices <= setting.slice_mm[1] + 1e-9
