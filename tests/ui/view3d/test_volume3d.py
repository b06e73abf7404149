"""The volume rendering's image lies where its field lies."""

from __future__ import annotations

import numpy as np

from ankleviewer.core.geometry import Grid


def test_image_and_matrix_place_each_voxel() -> None:
    from ankleviewer.ui.view3d.volume3d import image_of

    affine = np.array([[0, 0, -2.0, 30], [0.5, 0, 0, -4], [0, 1.5, 0, 100], [0, 0, 0, 1]])
    grid = Grid((3, 4, 5), affine)
    rgba = np.random.default_rng(0).integers(0, 255, (3, 4, 5, 4)).astype(np.uint8)
    image, matrix = image_of(rgba, grid)
    for index in ((0, 0, 0), (2, 1, 3)):
        number = image.ComputePointId(index)
        assert (np.asarray(image.point_data["rgba"])[number] == rgba[index]).all()
        placed = np.array(matrix.MultiplyPoint((*image.GetPoint(number), 1.0)))[:3]
        assert np.allclose(placed, grid.to_mm(index))


def test_voxels_read_the_heat_where_it_is(fakes) -> None:
    from ankleviewer.core.imaging.bonefield import bone_field
    from ankleviewer.ui.view3d.volume3d import Voxels

    field = bone_field(fakes.phantom(), None, 2.0)
    voxels = Voxels.of(field, fakes.heat(fakes.first))
    peak = np.unravel_index(voxels.values.argmax(), voxels.values.shape)
    assert np.linalg.norm(field.grid.to_mm(peak) - fakes.first) < 2.5
    assert Voxels.of(field, None).values is None
