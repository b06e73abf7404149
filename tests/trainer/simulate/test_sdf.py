"""Signed distances against what geometry says."""

from __future__ import annotations

import numpy as np
import torch

from trainer.simulate import sdf

POINTS = torch.rand(4000, 3, generator=torch.Generator().manual_seed(0)) * 40 - 20


def test_a_ball() -> None:
    expected = (POINTS - torch.tensor([1.0, 2.0, 3.0])).norm(dim=-1) - 7.0
    torch.testing.assert_close(sdf.ellipsoid(POINTS, (1, 2, 3), (7, 7, 7)), expected, atol=1e-4, rtol=1e-4)


def test_an_ellipsoid_is_exact_at_its_surface() -> None:
    radii = torch.tensor([4.0, 8.0, 12.0])
    unit = POINTS / POINTS.norm(dim=-1, keepdim=True)
    on = unit * radii
    assert float(sdf.ellipsoid(on, (0, 0, 0), (4, 8, 12)).abs().max()) < 1e-4
    normal = unit / radii
    normal = normal / normal.norm(dim=-1, keepdim=True)
    np.testing.assert_allclose(sdf.ellipsoid(on + 0.05 * normal, (0, 0, 0), (4, 8, 12)).numpy(), 0.05, atol=0.004)


def test_a_capsule() -> None:
    clamped = POINTS.clone()
    clamped[:, :2] = 0.0
    clamped[:, 2] = POINTS[:, 2].clamp(-8.0, 6.0)
    expected = (POINTS - clamped).norm(dim=-1) - 3.0
    torch.testing.assert_close(sdf.round_cone(POINTS, (0, 0, -8), (0, 0, 6), 3.0, 3.0), expected, atol=1e-4, rtol=1e-4)


def test_a_cone_has_its_radii_at_its_ends() -> None:
    for z, radius in ((0.0, 2.0), (10.0, 4.0), (20.0, 6.0)):
        on = torch.tensor([[radius, 0.0, z], [0.0, radius, z]])
        assert float(sdf.round_cone(on, (0, 0, 0), (0, 0, 20), 2.0, 6.0).abs().max()) < 1e-5


def test_a_rounded_box() -> None:
    cases = torch.tensor([[10.0, 0, 0], [0, 0, 0], [3.0, 4.0, 0.0], [5.0, 5.0, 0]])
    # rounded by 1: beyond the edge (3, 4) the distance is that from the core's edge (2, 3), less the radius
    expected = [7.0, -3.0, 2**0.5 - 1.0, (9.0 + 4.0) ** 0.5 - 1.0]
    np.testing.assert_allclose(sdf.rounded_box(cases, (0, 0, 0), (3, 4, 5), 1.0).numpy(), expected, atol=1e-5)


def test_a_cylinder_along_x() -> None:
    cases = torch.tensor([[0.0, 9.0, 0.0], [0.0, 0.0, -9.0], [14.0, 0.0, 0.0], [0.0, 0.0, 0.0], [5.0, 5.0, 0.0]])
    expected = [4.0, 4.0, 4.0, -5.0, 0.0]
    np.testing.assert_allclose(sdf.cylinder_x(cases, (0, 0, 0), 5.0, 10.0, 0.0).numpy(), expected, atol=1e-5)
    rim = torch.tensor([[10.0, 5.0, 0.0]])
    assert float(sdf.cylinder_x(rim, (0, 0, 0), 5.0, 10.0, 2.0)) > 0.5, "the rounding takes the rim away"


def test_union_and_subtraction_with_fillets() -> None:
    a, b = sdf.ellipsoid(POINTS, (-5, 0, 0), (7, 7, 7)), sdf.ellipsoid(POINTS, (5, 0, 0), (7, 7, 7))
    union = sdf.smooth_union(a, b, 3.0)
    assert (union <= torch.minimum(a, b) + 1e-6).all()
    apart = (a - b).abs() > 3.0
    torch.testing.assert_close(union[apart], torch.minimum(a, b)[apart])
    assert (union < torch.minimum(a, b) - 0.1).any()
    rest = sdf.smooth_subtract(a, b, 1.0)
    assert (rest >= torch.maximum(a, -b) - 1e-6).all()
    assert (rest[b < 0] > 0).all(), "nothing of b is left"
