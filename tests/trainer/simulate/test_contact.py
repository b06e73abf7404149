"""Contact sheet: three planes through the fracture, in the radiological way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from trainer.simulate.contact import EDGE, contact_sheet, planes
from trainer.simulate.scan import SimulatedScan


def scan_with_spot(spot: tuple[float, float, float]) -> SimulatedScan:
    """A cube of 100 mm full of water with a bright ball 20 mm off the fracture's centre, which is (10, -5, 8)."""
    grid = Grid.axis_aligned((50, 50, 50), (2.0, 2.0, 2.0), (-40.0, -55.0, -42.0))
    index = np.stack(np.meshgrid(*(np.arange(50),) * 3, indexing="ij"), axis=-1)
    away = np.linalg.norm(grid.to_mm(index) - (np.array([10.0, -5.0, 8.0]) + spot), axis=-1)
    hu = np.where(away < 5, 1400, 0).astype(np.int16)
    truth = {"fractures": [{"center_mm": [10.0, -5.0, 8.0]}]}
    empty = np.zeros(hu.shape, dtype=np.uint8)
    return SimulatedScan(Volume(hu, grid), empty, empty, truth)


def bright(tile: np.ndarray) -> tuple[int, int]:
    rows, columns = np.nonzero(tile == 255)
    return (int(np.sign(round(float(rows.mean()) - EDGE / 2, -1))), int(np.sign(round(float(columns.mean()) - EDGE / 2, -1))))


def test_a_twin_is_shown_where_the_fracture_would_be() -> None:
    seen = planes(scan_with_spot((20, 0, 0)))
    twin = replace(scan_with_spot((20, 0, 0)), truth={"fractures": []}, focus_mm=(10.0, -5.0, 8.0))
    np.testing.assert_array_equal(planes(twin), seen)


def test_left_is_right_of_the_picture_and_up_is_up() -> None:
    axial, coronal, _ = np.split(planes(scan_with_spot((20, 0, 0))), 3, axis=1)
    assert bright(axial) == (0, 1) and bright(coronal) == (0, 1)
    axial, _, sagittal = np.split(planes(scan_with_spot((0, 20, 0))), 3, axis=1)
    assert bright(axial) == (1, 0) and bright(sagittal) == (0, 1)
    _, coronal, sagittal = np.split(planes(scan_with_spot((0, 0, 20))), 3, axis=1)
    assert bright(coronal) == (-1, 0) and bright(sagittal) == (-1, 0)


def test_a_sheet_of_tiles(tmp_path: Path) -> None:
    tile = planes(scan_with_spot((0, 0, 0)))
    assert tile.shape == (EDGE, 3 * EDGE) and tile.dtype == np.uint8
    path = tmp_path / "sheet.png"
    contact_sheet([(f"title {i}", tile) for i in range(5)], path)
    with Image.open(path) as image:
        assert image.size == (4 * (3 * EDGE + 8), 2 * (EDGE + 18))
        pixels = np.asarray(image)
    np.testing.assert_array_equal(pixels[16 : 16 + EDGE, 4 : 4 + 3 * EDGE], tile)
    assert [p.name for p in tmp_path.iterdir()] == ["sheet.png"]
