"""The surfaces of a scene: the coarse one comes first, both without the cast, unless it is asked for."""

from __future__ import annotations

import threading

import numpy as np

from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.ui.view3d import bone_work as bone_work_module
from ankleviewer.ui.view3d.bone_work import Bones, bone_work


def leg_in_a_cast() -> Volume:
    """Bone of 10 mm radius in a leg of 26 mm, a cast of 6 mm around it."""
    grid = Grid.axis_aligned((100, 100, 80), 1.0, (-50, -50, 0))
    x, y, _ = np.moveaxis(grid.to_mm(np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)), -1, 0)
    radius = np.hypot(x, y)
    hu = np.select([radius < 10, radius < 26, radius < 30, radius < 36], [900, 40, -900, 500], -1000)
    return Volume(hu.astype(np.int16), grid)


def run(volume: Volume, with_cast: bool) -> tuple[list[Bones], Bones]:
    drawn = threading.Event()
    drawn.set()
    first: list[Bones] = []
    fine = bone_work(volume, None, with_cast, first.append, drawn)(lambda _share, _text: None, lambda: False)
    return first, fine


def widest(bones: Bones) -> float:
    return float(np.hypot(*bones.mesh.points[:, :2].T).max())


def test_the_cast_is_left_out_of_both_surfaces() -> None:
    (coarse,), fine = run(leg_in_a_cast(), with_cast=False)
    assert widest(coarse) < 14 and widest(fine) < 11
    assert fine.cast is coarse.cast is not None
    assert coarse.mesh.n_points < fine.mesh.n_points


def test_it_can_be_shown() -> None:
    (coarse,), fine = run(leg_in_a_cast(), with_cast=True)
    assert widest(coarse) > 33 and widest(fine) > 35 and fine.cast is None


def test_no_bone() -> None:
    grid = Grid.axis_aligned((20, 20, 20), 1.0, (0, 0, 0))
    first, fine = run(Volume(np.full(grid.shape, 40, dtype=np.int16), grid), with_cast=False)
    assert first == [] and fine.mesh is None and fine.cast is None


def test_the_fine_one_waits_until_the_coarse_one_is_drawn(monkeypatch) -> None:
    monkeypatch.setattr(bone_work_module, "_LONGEST_FIRST_S", 60.0)
    drawn, seen = threading.Event(), []

    def draw(_bones: Bones) -> None:
        threading.Timer(0.3, lambda: (seen.append("drawn"), drawn.set())).start()

    bone_work(leg_in_a_cast(), None, True, draw, drawn)(lambda _share, _text: None, lambda: False)
    assert seen == ["drawn"]
