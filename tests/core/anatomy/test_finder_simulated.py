"""The ankle finder on simulated bones: weak and dense, fractured, turned, in small fields of view."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core.anatomy.finder import find_ankles
from ankleviewer.core.volume import Volume

SPACING = 2.5
ANKLES = 4


@pytest.fixture(scope="module")
def simulated() -> list[tuple[Volume, str]]:
    """Volumes with the plafond near the LPS origin, every other one fractured, each with its side."""
    pytest.importorskip("torch", reason="the simulator needs torch")
    from trainer.simulate.bones import built_in
    from trainer.simulate.scan import simulate_scan
    from trainer.simulate.setting import STANDARD

    one_leg = replace(STANDARD, both_ankles=0.0)
    scans = [
        simulate_scan(
            606, index, built_in(606, index), fractured=index % 2 == 0, severity="displaced", spacing=SPACING, setting=one_leg
        )
        for index in range(ANKLES)
    ]
    return [(scan.volume, scan.truth["side"]) for scan in scans]


def test_simulated_ankles_are_found_whole(simulated):
    for volume, _ in simulated:
        (ankle,) = find_ankles(volume)
        assert ankle.complete, ankle.reason
        assert np.linalg.norm(ankle.center_mm) < 12


def test_the_side_of_a_simulated_ankle_is_right_or_unknown(simulated):
    sides = [(find_ankles(volume)[0].side, truth) for volume, truth in simulated]
    assert all(side in (truth, "unknown") for side, truth in sides)
    assert any(side == truth for side, truth in sides)


def test_a_simulated_scan_cut_off_below_the_plafond_is_not_complete(simulated):
    for volume, _ in simulated:
        below = int(np.floor(volume.grid.to_voxel(np.array([0.0, 0.0, -8.0]))[2]))
        cut = Volume(
            np.ascontiguousarray(volume.hu[:, :, :below]),
            volume.grid.crop((0, 0, 0), (*volume.grid.shape[:2], below)),
        )
        assert not any(ankle.complete for ankle in find_ankles(cut))


@pytest.mark.parametrize("away", [43.5, 46.0, 48.0])
def test_a_splint_on_both_sides_is_no_fibula(away: float):
    from ankleviewer.io.reader import open_scan

    volume = open_scan(Path(__file__).parents[3] / "assets" / "sample" / "ankle-108-00000.nii.gz").volume
    (alone,) = find_ankles(volume)
    place = volume.grid.to_mm(np.stack(np.meshgrid(*map(np.arange, volume.grid.shape), indexing="ij"), axis=-1))
    x, y, _ = np.moveaxis(place, -1, 0)
    hu = volume.hu.copy()
    hu[(abs(abs(x) - away) < 1.5) & (abs(y) < 25)] = 600
    (ankle,) = find_ankles(Volume(hu, volume.grid))
    assert ankle.side == alone.side == "L"
