"""Cuts, pieces, fissures: what is split, what moves, what stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from trainer.simulate.fracture import Cut, Fracture, Piece, fissure_share, piece_share, soft_side

X, Y, Z = torch.eye(3)
ZERO = torch.zeros(3)
FLAT = Cut(ZERO, Z, X, Y, torch.zeros(8, 8), 0.0, 0.0, 0.6)


def turned(degrees: float) -> Tensor:
    a = torch.deg2rad(torch.tensor(degrees))
    c, s = float(a.cos()), float(a.sin())
    return torch.tensor([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def through(cut: Cut = FLAT, shift: Tensor = ZERO, rotation: Tensor | None = None) -> Fracture:
    still = Piece(((0, -1),), torch.eye(3), ZERO, ZERO)
    moved = Piece(((0, 1),), torch.eye(3) if rotation is None else rotation, ZERO, shift)
    return Fracture("test", "tibia", "moderate", (cut,), (still, moved), 1.0, 0.5)


def test_heights_follow_plane_sheet_and_curvature() -> None:
    points = torch.tensor([[0.0, 0.0, 2.0], [3.0, 1.0, -4.0]])
    assert FLAT.height(points).tolist() == [2.0, -4.0]
    rough = replace(FLAT, sheet=torch.ones(8, 8), roughness=0.5, curvature=0.1)
    torch.testing.assert_close(rough.height(points), torch.tensor([1.5, -4.0 - 0.5 - 0.9]))


def test_partial_volume_law() -> None:
    assert soft_side(torch.tensor([-2.0, -0.25, 0.0, 0.25, 2.0]), 1.0).tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]


@pytest.mark.parametrize(("normal", "breadth"), [(X, 0.5), (Y, 0.5), (Z, 2.0), (X + Z, (0.5**2 / 2 + 2.0**2 / 2) ** 0.5)])
def test_a_cut_is_as_broad_as_the_voxel_across_it(normal: Tensor, breadth: float) -> None:
    edges = torch.tensor([0.5, 0.5, 2.0])
    cut = replace(FLAT, normal=normal / normal.norm())
    assert cut.on(torch.eye(3), edges).breadth == pytest.approx(breadth)
    assert replace(FLAT, normal=X).on(turned(90.0), edges).breadth == pytest.approx(0.5)
    assert cut.on(turned(31.0), torch.ones(3)).breadth == pytest.approx(1.0), "cubes are as broad any way"


def test_thick_slices_do_not_widen_an_upright_crack() -> None:
    """With slices of 2 mm a crack along them takes all of a pixel of 0.5 mm, not a third of it."""
    upright = replace(FLAT, normal=X, u=Y, v=Z, kerf=0.5)
    edges = torch.tensor([0.5, 0.5, 2.0])
    on, mean = torch.zeros(1, 3), float(edges.mean())
    sides = [Piece(((0, s),), torch.eye(3), ZERO, ZERO) for s in (-1, 1)]
    for cut, lost in ((upright.on(torch.eye(3), edges), 1.0), (upright, 0.5)):
        fracture = Fracture("test", "tibia", "hairline", (cut,), tuple(sides), 0.5, 0.0)
        assert 1 - sum(float(piece_share(fracture, side, on, mean)) for side in sides) == pytest.approx(lost, abs=0.01)


def test_both_pieces_fill_the_bone_away_from_the_crack_and_leave_a_gap_in_it() -> None:
    fracture = through()
    z = torch.linspace(-5, 5, 201)
    points = torch.stack([torch.zeros_like(z), torch.zeros_like(z), z], dim=-1)
    shares = [piece_share(fracture, piece, piece.to_origin(points), 0.5) for piece in fracture.pieces]
    total = shares[0] + shares[1]
    away = z.abs() > 0.3 + 0.25 + 1e-4
    torch.testing.assert_close(total[away], torch.ones(int(away.sum())))
    assert float(total[z.abs() < 0.04].max()) < 0.05, "the kerf is empty in its middle"
    assert (total <= 1.0 + 1e-6).all()
    assert abs(float((1 - total).sum()) * 0.05 - FLAT.kerf) < 0.02, "what is lost is the kerf's width"
    assert (shares[0][z > 1] == 0).all() and (shares[1][z < -1] == 0).all()


def test_a_rigid_motion_and_back() -> None:
    piece = Piece((), turned(31.0), torch.tensor([3.0, -2.0, 5.0]), torch.tensor([0.5, 1.5, -2.5]))
    before = torch.randn(50, 3, generator=torch.Generator().manual_seed(0)) * 20
    after = (before - piece.pivot) @ piece.rotation.T + piece.pivot + piece.shift
    torch.testing.assert_close(piece.to_origin(after), before, atol=1e-5, rtol=1e-5)


def test_the_crack_is_a_sheet_inside_the_bone() -> None:
    grid = torch.stack(torch.meshgrid(*(torch.arange(-10.0, 10.5, 0.5),) * 3, indexing="ij"), dim=-1)
    depth = 8.0 - grid.norm(dim=-1)
    crack = through().crack(grid, depth, 0.5)
    assert (depth[crack] > 0).all()
    assert float(grid[crack][:, 2].abs().max()) <= 0.5 + 1e-6
    assert abs(float(crack.sum()) * 0.125 / 1.5 - torch.pi * 64) < 0.15 * torch.pi * 64, "a disc of 8 mm, three layers of 0.5 mm"


def test_a_second_cut_stays_on_its_side() -> None:
    second = replace(FLAT, normal=X, u=Y, v=Z, domain=((0, 1),))
    fracture = replace(through(), cuts=(FLAT, second), gap_mm=0.2)
    points = torch.tensor([[0.0, 3.0, 4.0], [0.0, 3.0, -4.0]])
    assert fracture.crack(points, torch.ones(2), 0.2).tolist() == [True, False]


@pytest.mark.parametrize(("x", "kept"), [(0.0, 0.0), (20.0, 1.0)])
def test_a_fissure_ends(x: float, kept: float) -> None:
    cut = replace(FLAT, reach=8.0, start=ZERO, kerf=0.6)
    fracture = Fracture("test", "tibia", "hairline", (cut,), (), 0.6, 0.0)
    on, off = torch.tensor([[x, 0.0, 0.0]]), torch.tensor([[x, 0.0, 3.0]])
    assert float(fissure_share(fracture, on, 0.5)) == pytest.approx(kept)
    assert float(fissure_share(fracture, off, 0.5)) == 1.0
    assert bool(fracture.crack(on, torch.ones(1), 0.5)) is (kept == 0.0)


def test_displacement_is_how_far_bone_has_moved() -> None:
    assert through().displacement_mm == 0.0
    assert through(shift=torch.tensor([0.0, 3.0, 4.0])).displacement_mm == pytest.approx(5.0)
    # 10 mm off the axis, a turn by 30 degrees moves bone by 2 * 10 * sin(15 degrees)
    assert through(rotation=turned(30.0)).displacement_mm == pytest.approx(20 * 0.258819, abs=1e-4)
    assert replace(through(), pieces=()).displacement_mm == 0.0, "a fissure"
