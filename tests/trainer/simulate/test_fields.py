"""Fields: trilinear look-up, periodic and band-limited noise, displacement, and a blur that equals scipy's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.ndimage import gaussian_filter

from trainer.simulate.fields import (
    Nodes,
    along,
    gaussian_blur,
    length,
    noise_sheet,
    noise_tile,
    sample_grid,
    sample_sheet,
    sample_tile,
    smooth_displacement,
    stretch,
)

ORIGIN = torch.tensor([-3.0, 2.0, 10.0])


def nodes(shape: tuple[int, int, int], spacing: float) -> torch.Tensor:
    index = torch.stack(torch.meshgrid(*(torch.arange(n) for n in shape), indexing="ij"), dim=-1)
    return ORIGIN + spacing * index


def test_a_node_gives_its_value_and_halfway_the_mean() -> None:
    values = torch.randn(4, 5, 6, generator=torch.Generator().manual_seed(0))
    p = nodes((4, 5, 6), 1.5)
    torch.testing.assert_close(sample_grid(values, ORIGIN, 1.5, p), values, atol=1e-5, rtol=1e-5)
    for axis in range(3):
        a, b = values.narrow(axis, 0, values.shape[axis] - 1), values.narrow(axis, 1, values.shape[axis] - 1)
        middle = p.narrow(axis, 0, values.shape[axis] - 1) + 0.75 * torch.eye(3)[axis]
        torch.testing.assert_close(sample_grid(values, ORIGIN, 1.5, middle), (a + b) / 2, atol=1e-5, rtol=1e-5)


def test_outside_the_rim_counts_and_channels_stay_apart() -> None:
    values = torch.arange(24.0).reshape(2, 3, 4)
    far = torch.tensor([[-100.0, 2.0, 10.0], [100.0, 100.0, 100.0]])
    assert sample_grid(values, ORIGIN, 1.0, far).tolist() == [0.0, 23.0]
    both = sample_grid(torch.stack([values, -values]), ORIGIN, 1.0, far)
    assert both.tolist() == [[0.0, 23.0], [0.0, -23.0]]


def test_noise_has_unit_strength_and_only_its_wavelengths() -> None:
    closed = noise_tile(torch.Generator().manual_seed(1), 32, 4.0, 16.0)
    assert closed.shape == (33, 33, 33)
    assert all(torch.equal(closed.select(axis, 0), closed.select(axis, 32)) for axis in range(3))
    tile = closed[:32, :32, :32]
    assert abs(float(tile.mean())) < 1e-5 and abs(float(tile.std()) - 1) < 1e-5
    k = np.fft.fftfreq(32)
    radius = np.sqrt(k[:, None, None] ** 2 + k[None, :, None] ** 2 + k[None, None, :] ** 2)
    power = np.abs(np.fft.fftn(tile.numpy())) ** 2
    inside = power[(radius > 1 / 12) & (radius < 1 / 5)].mean()
    assert power[radius > 1 / 2.2].mean() < 0.01 * inside
    assert power[radius < 1 / 33].mean() < 0.1 * inside


def test_anisotropy_stretches_the_grain() -> None:
    tile = noise_tile(torch.Generator().manual_seed(2), 32, 2.0, 12.0, (1.0, 1.0, 3.0))[:32, :32, :32]
    across, along = (float((tile * tile.roll(2, axis)).mean()) for axis in (0, 2))
    assert along > across + 0.2


def test_tiles_repeat() -> None:
    tile = noise_tile(torch.Generator().manual_seed(3), 16, 3.0, 12.0)
    p = torch.rand(200, 3, generator=torch.Generator().manual_seed(4)) * 14
    torch.testing.assert_close(
        sample_tile(tile, p + torch.tensor([16.0, -32.0, 48.0])), sample_tile(tile, p), atol=1e-3, rtol=1e-3
    )
    torch.testing.assert_close(sample_tile(tile, torch.tensor([[3.0, 4.0, 5.0]])), tile[3, 4, 5][None])


def test_tiles_have_no_seam() -> None:
    tile = noise_tile(torch.Generator().manual_seed(3), 16, 3.0, 12.0)
    across = sample_tile(tile, torch.tensor([[15.5, 4.0, 5.0], [-0.5, 4.0, 5.0]]))
    torch.testing.assert_close(across, ((tile[15, 4, 5] + tile[0, 4, 5]) / 2).expand(2))


def test_a_rough_sheet_is_rougher_with_more_power_in_short_waves() -> None:
    flat, steep = (noise_sheet(torch.Generator().manual_seed(5), 64, 2.0, slope) for slope in (0.8, 2.5))
    for sheet in (flat, steep):
        assert abs(float(sheet.mean())) < 1e-5 and abs(float(sheet.std()) - 1) < 1e-5
    assert float(flat.diff(dim=0).std()) > 2 * float(steep.diff(dim=0).std())


def test_sheets_are_looked_up_from_their_middle() -> None:
    sheet = torch.arange(25.0).reshape(5, 5)
    u, v = torch.tensor([0.0, 1.0, 0.0, 99.0]), torch.tensor([0.0, 0.0, -2.0, 99.0])
    assert sample_sheet(sheet, u, v).tolist() == [12.0, 17.0, 10.0, 24.0]


def test_displacement_is_smooth_and_of_the_size_asked_for() -> None:
    field = smooth_displacement(np.random.default_rng(0), 6, 1.5)
    assert field.shape == (3, 18, 18, 18)
    assert 0.5 < float(field.std()) < 1.5
    assert float(field.diff(dim=1).abs().max()) < 1.5, "neighbouring nodes must not fold space"


@pytest.mark.parametrize("sigma", [(0.7, 0.7, 0.7), (1.5, 0.0, 0.4), (0.3, 2.2, 1.0)])
def test_blur_equals_scipy(sigma: tuple[float, float, float]) -> None:
    volume = np.random.default_rng(1).normal(size=(14, 12, 16)).astype(np.float32)
    radius = tuple(int(np.ceil(2.8 * s)) for s in sigma)
    expected = gaussian_filter(volume, sigma, mode="nearest", radius=radius)
    np.testing.assert_allclose(gaussian_blur(torch.from_numpy(volume), sigma).numpy(), expected, atol=2e-6)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 0, 1, 2)])
def test_length_is_the_norm_however_the_vectors_lie(order: tuple[int, ...]) -> None:
    vectors = (
        torch.randn(4, 5, 6, 3, generator=torch.Generator().manual_seed(1))
        .permute(order)
        .contiguous()
        .permute(*np.argsort(order))
    )
    torch.testing.assert_close(length(vectors), vectors.norm(dim=-1))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_along_multiplies_one_axis(axis: int) -> None:
    generator = torch.Generator().manual_seed(2)
    values, rows = torch.randn(4, 5, 6, generator=generator), torch.randn(7, (4, 5, 6)[axis], generator=generator)
    expected = torch.tensordot(rows, values, dims=([1], [axis])).movedim(0, axis)
    torch.testing.assert_close(along(axis, rows, values), expected)


@pytest.mark.parametrize("corners", [True, False])
def test_stretching_is_trilinear_interpolation(corners: bool) -> None:
    values = torch.randn(4, 5, 6, generator=torch.Generator().manual_seed(3))
    for shape in ((13, 16, 6), (4, 5, 23), (9, 9, 9)):
        expected = F.interpolate(values[None, None], size=shape, mode="trilinear", align_corners=corners)[0, 0]
        torch.testing.assert_close(stretch(values, shape, corners), expected, atol=1e-6, rtol=1e-5)


def test_nodes_give_any_slab_of_the_map_between_them() -> None:
    step, shape = 4, (18, 13, 15)
    values = torch.randn(2, 6, 5, 5, generator=torch.Generator().manual_seed(4))
    size = tuple(step * (n - 1) + 1 for n in values.shape[1:])
    whole = F.interpolate(values[None], size=size, mode="trilinear", align_corners=True)[0][:, :18, :13, :15]
    nodes = Nodes(values, step, shape)
    for part in (slice(0, 18), slice(0, 1), slice(3, 4), slice(4, 9), slice(17, 18)):
        torch.testing.assert_close(nodes.slab(part), whole[:, part], atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(nodes.every(5), whole[:, ::5, ::5, ::5], atol=1e-6, rtol=1e-5)


def test_beyond_the_last_node_its_value_holds() -> None:
    values = torch.arange(3.0)[None, :, None, None].expand(1, 3, 1, 1)
    assert Nodes(values, 5, (14, 2, 2)).slab(slice(9, 14))[0, :, 1, 1].tolist() == pytest.approx([1.8, 2.0, 2.0, 2.0, 2.0])
    assert Nodes(values, 5, (14, 2, 2)).slab(slice(13, 14)).shape == (1, 1, 2, 2)
