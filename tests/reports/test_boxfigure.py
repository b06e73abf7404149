"""boxfigure: what lies at the front hides what lies behind, letters are those of each direction, the box is where it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from ankleviewer.core.anatomy.cast import Cast
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.reports.boxfigure import PERSPECTIVES, STEP_MM, bone_grid, figure, perspectives, shaded
from ankleviewer.reports.picture import BOX_LINE, READER_LINE


def orange(picture) -> np.ndarray:
    return np.argwhere((np.asarray(picture) == BOX_LINE).all(axis=-1))


def test_a_mark_at_the_left_front_top_shows_where_it_should() -> None:
    hu = np.full((20, 24, 28), -1000.0, dtype=np.float32)
    hu[-6:, :6, -6:] = 900.0  # patient left (high x), in front (low y), above (high z)
    for view, right, up in ((PERSPECTIVES[0], False, True), (PERSPECTIVES[1], True, True), (PERSPECTIVES[2], False, True)):
        rows, columns = np.nonzero(shaded(hu, view))
        height, width = shaded(hu, view).shape
        assert (columns.mean() > width / 2) == right, view.name
        assert (rows.mean() < height / 2) == up, view.name


def test_the_nearer_surface_is_seen() -> None:
    hu = np.full((20, 20, 20), -1000.0, dtype=np.float32)
    hu[:, :, 2] = 900.0  # a floor
    slope = hu.copy()
    for x in range(20):
        slope[x, :, 5 + x // 2] = 900.0  # above it, tilted
    flat, tilted = shaded(hu, PERSPECTIVES[0]), shaded(slope, PERSPECTIVES[0])
    assert np.ptp(flat) == 0 and flat.min() > 100  # seen straight on: evenly lit
    assert np.ptp(tilted) > 0
    assert not shaded(np.full((8, 8, 8), -1000.0, dtype=np.float32), PERSPECTIVES[1]).any()


def test_the_third_looks_at_the_side_of_the_ankle(made) -> None:
    box, region = made.scene().boxes[0], (np.array([0.0, 0.0, 0.0]), np.array([60.0, 60.0, 60.0]))  # its centre at x 40
    assert [perspectives(side)[2].name.split()[0] for side in ("L", "R", "unknown")] == ["Left", "Right", "Left"]
    assert perspectives("R", [box], region)[2].name.startswith("Right"), "whatever lies nearer"
    assert perspectives("unknown", [box], region)[2].name.startswith("Left")
    assert perspectives("unknown", [box], (region[0], region[1] + [60.0, 0.0, 0.0]))[2].name.startswith("Right")
    assert perspectives("L") == PERSPECTIVES
    hu = np.full((20, 24, 28), -1000.0, dtype=np.float32)
    hu[:6, :6, -6:] = 900.0  # patient right, in front, above: from the right the front lies at the right
    rows, columns = np.nonzero(shaded(hu, perspectives("R")[2]))
    assert columns.min() == 24 - 6 and rows.max() == 5
    hu[8, :, :] = 900.0  # a wall behind it, seen from the right; seen from the left it hides it
    lit = [shaded(hu, perspectives(side)[2]) for side in ("R", "L")]
    assert np.ptp(lit[0]) > 20 and np.ptp(lit[1]) == 0


def test_specks_are_left_out_with_and_without_a_cast(made) -> None:
    """Noise before the bone would be shaded as if it were pits and lumps of it."""
    scene = made.scene()
    hu = scene.volume.hu.copy()
    clean = figure(scene.volume, scene.region, (), True, 300)
    rng, bone = np.random.default_rng(5), hu > 250
    air = np.argwhere(~ndimage.binary_dilation(bone, iterations=4))
    for at in air[rng.permutation(len(air))[:40]]:
        hu[tuple(at)] = 900
    noisy = figure(replace(scene.volume, hu=hu), scene.region, (), True, 300)
    assert (hu != scene.volume.hu).sum() > 20
    assert [a.tobytes() for a in noisy] == [b.tobytes() for b in clean]


def test_grid_covers_the_region(made) -> None:
    hu, grid = bone_grid(made.scene().volume, (np.full(3, 10.0), np.full(3, 40.0)))
    assert hu.shape == grid.shape == (50, 50, 50) and grid.spacing == pytest.approx((STEP_MM,) * 3)
    assert abs(float(hu[25, 25, 25]) - 1000.0) < 1.0


def test_box_is_drawn_solid_or_dotted_and_inside(made) -> None:
    scene = made.scene()
    solid = figure(scene.volume, scene.region, scene.boxes, True, 300)
    dotted = figure(scene.volume, scene.region, scene.boxes, False, 300)
    for a, b in zip(solid, dotted, strict=True):
        assert a.size == (300, 300)
        assert 0 < len(orange(b)) < 0.85 * len(orange(a))
    # front view: the box lies left in the patient, so right of the middle of the bone column (x 20..45 mm), low in the scan
    rows, columns = orange(solid[1]).T
    bone = np.argwhere(np.asarray(solid[1].convert("L")) > 60)
    assert columns.mean() > bone[:, 1].mean() and rows.mean() > bone[:, 0].mean()


def test_the_readers_box_is_drawn_beside_the_models(made) -> None:
    scene = made.scene()
    own = BoxMm((30.0, 24.0, 14.0), (50.0, 36.0, 28.0))
    for plain, both in zip(
        figure(scene.volume, scene.region, scene.boxes, True, 300),
        figure(scene.volume, scene.region, scene.boxes, True, 300, [own]),
        strict=True,
    ):
        seen = np.argwhere((np.asarray(both) == READER_LINE).all(axis=-1))
        assert len(seen) > 100 and not (np.asarray(plain) == READER_LINE).all(axis=-1).any()
        assert (seen.max(axis=0) > orange(both).max(axis=0)).all()  # it encloses the model's


def test_same_scan_same_picture(made) -> None:
    scene = made.scene()
    first, second = (figure(scene.volume, scene.region, scene.boxes, True, 200) for _ in range(2))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(first, second, strict=True))


def test_a_cast_is_left_out(made) -> None:
    scene = made.scene()
    grid = scene.volume.grid
    mask = np.zeros(grid.shape, dtype=bool)
    mask[:, :, grid.shape[2] // 2 :] = True
    whole = figure(scene.volume, scene.region, (), True, 300)[1]
    half = figure(scene.volume, scene.region, (), True, 300, cast=Cast(mask, grid))[1]
    # the picture is cut to the bone: half as tall, so drawn wider
    assert np.asarray(half).any(axis=2).any(axis=0).sum() > 1.5 * np.asarray(whole).any(axis=2).any(axis=0).sum()


@pytest.mark.parametrize("shift", [0.0, 4.0, -4.0, 12.0])
def test_each_coordinate_stands_at_the_dotted_line_that_it_belongs_to(made, shift: float) -> None:
    """Also where the line runs into the letter in the middle of an edge."""
    scene, size = made.scene(), 480
    low, high = np.array([30.0 + shift, 30.0, 20.0 + shift]), 3.0
    box = replace(made.BOX, center_mm=tuple(low), min_mm=tuple(low - high), max_mm=tuple(low + high))
    for picture in figure(scene.volume, scene.region, [box], True, size):
        rows, columns = orange(picture)[:, 0], orange(picture)[:, 1]
        pixels = np.asarray(picture)
        frame = np.argwhere((pixels == BOX_LINE).all(axis=-1) & (np.arange(size)[:, None] < size - 50))
        x = (frame[:, 1].min() + frame[:, 1].max()) / 2
        line_rows = np.flatnonzero((pixels[: size - 60, 42:60] == (175, 180, 188)).all(axis=-1).any(axis=1))
        assert len(line_rows) and len(rows) and len(columns)
        y = line_rows.mean()
        lit = (pixels > 200).all(axis=-1)
        below = np.flatnonzero(lit[size - 40 :].any(axis=0))
        groups = np.split(below, np.flatnonzero(np.diff(below) > 14) + 1)
        text = max(groups, key=lambda g: g[-1] - g[0])
        assert text[0] - 3 <= x <= text[-1] + 3, "under its line"
        beside = lit[:, 8:36]  # of the left edge: the coordinate begins here, the letter stands alone
        filled = np.flatnonzero(beside[: size - 40].any(axis=1))
        bands = np.split(filled, np.flatnonzero(np.diff(filled) > 2) + 1)
        assert min(abs(band[-1] - (y - 8)) for band in bands) <= 5, "just above its line"
