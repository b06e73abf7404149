"""The scanner: noise, blur and shading as stated, and the same every time."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from trainer.simulate.scanner import NOISE_VOXEL_MM, Scanner, draw_scanner
from trainer.simulate.setting import SHIFTED
from trainer.simulate.streams import stream

QUIET = Scanner(
    blur=0.0,
    slice_blur=0.0,
    sharpen=0.0,
    noise_hu=0.0,
    noise_cut=0.5,
    starvation=0.0,
    cupping_hu=0.0,
    drift_hu=0.0,
    streaks_hu=0.0,
    motion=(0.0, 0.0, 0.0),
    motion_share=0.0,
    offset_hu=0.0,
    circle=0.0,
    padding_hu=-1024,
    seed=1,
)
ONE = (1.0, 1.0, 1.0)


def ball() -> torch.Tensor:
    axis = torch.arange(28.0) - 13.5
    points = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1)
    return torch.where(points.norm(dim=-1) < 7, 1000.0, 0.0)


def test_a_perfect_scanner_changes_nothing() -> None:
    assert torch.equal(QUIET.expose(ball(), ONE), ball())
    assert torch.equal(replace(QUIET, offset_hu=7.0).expose(ball(), ONE), ball() + 7.0)


@pytest.mark.parametrize("cut", [0.3, 1.0])
def test_noise_scales_with_the_voxel(cut: float) -> None:
    scanner = replace(QUIET, noise_hu=30.0, noise_cut=cut, slice_blur=0.5)
    flat = torch.zeros(32, 32, 32)
    for edge in (0.6, 1.2, 2.4):
        expected = 30.0 * (NOISE_VOXEL_MM / edge) ** 1.5
        assert float(scanner.expose(flat, (edge,) * 3).std()) == pytest.approx(expected, rel=0.08)
    thick = float(scanner.expose(flat, (0.6, 0.6, 2.4)).std())
    assert thick == pytest.approx(15.0, rel=0.08)


def test_starvation_makes_it_noisier_where_bone_is() -> None:
    block = torch.full((48, 48, 16), 50.0)
    block[:24] = 1200.0
    noise = replace(QUIET, noise_hu=30.0, starvation=0.6).expose(block, ONE) - block
    assert float(noise[4:16].std()) > 1.3 * float(noise[36:].std())


def test_padding_lies_outside_the_circle() -> None:
    outside = replace(QUIET, circle=1.0).unseen((40, 40, 5), ONE)
    assert (
        outside.shape == (40, 40, 1) and bool(outside[0, 0, 0]) and not bool(outside[20, 0, 0]) and not bool(outside[20, 20, 0])
    )
    assert float(outside.float().mean()) == pytest.approx(1 - 3.14159 / 4, abs=0.02)
    wide = replace(QUIET, circle=1.0).unseen((80, 40, 5), ONE)
    assert not wide[8:72, 10:30].any(), "two ankles side by side lie inside"
    assert not QUIET.unseen((40, 40, 5), ONE).any()


def test_blur_keeps_the_mean_and_lowers_the_peak() -> None:
    blurred = replace(QUIET, blur=1.5, slice_blur=1.5).expose(ball(), ONE)
    assert float(blurred.mean()) == pytest.approx(float(ball().mean()), rel=1e-3)
    assert float(blurred.diff(dim=0).abs().max()) < 0.5 * 1000
    assert float(replace(QUIET, blur=1.0).expose(ball(), ONE)[:, :, 13].diff(dim=0).abs().max()) < 600


def test_sharpening_overshoots_and_motion_doubles() -> None:
    sharp = replace(QUIET, blur=0.7, slice_blur=0.7, sharpen=0.9).expose(ball(), ONE)
    assert float(sharp.max()) > 1020 and float(sharp.min()) < -20
    ghost = replace(QUIET, motion=(3.0, 0.0, 0.0), motion_share=0.25).expose(ball(), ONE)
    assert set(ghost.unique().tolist()) == {0.0, 250.0, 750.0, 1000.0}


def test_beam_hardening_darkens_between_bones_and_drift_spares_air() -> None:
    shade = replace(QUIET, cupping_hu=60.0).expose(ball(), ONE) - ball()
    assert float(shade.max()) <= 1e-3 and float(shade[13, 13, 13]) < -10 and float(shade[13, 13, 0].abs()) < 1e-3
    half = torch.full((16, 16, 16), -1000.0)
    half[8:] = 50.0
    drift = replace(QUIET, drift_hu=20.0).expose(half, ONE) - half
    assert (drift[:8] == 0).all() and float(drift[8:].std()) > 3


def test_the_same_scanner_gives_the_same_noise_and_a_shifted_one_others() -> None:
    scanner = draw_scanner(stream(1, 0, "scanner"))
    assert torch.equal(scanner.expose(ball(), ONE), draw_scanner(stream(1, 0, "scanner")).expose(ball(), ONE))
    assert scanner.seed != draw_scanner(stream(1, 1, "scanner")).seed
    normal = [draw_scanner(stream(2, i, "scanner")) for i in range(60)]
    shifted = [draw_scanner(stream(2, i, "scanner"), SHIFTED) for i in range(60)]
    assert min(s.noise_hu for s in normal) < 15 <= min(s.noise_hu for s in shifted)
    assert all(0.2 <= s.blur <= 0.75 for s in normal) and any(s.blur > 0.75 for s in shifted)
