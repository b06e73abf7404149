"""Augmentation: twins get the same change, masks stay with their volumes."""

from __future__ import annotations

import numpy as np
import torch

from trainer.training.augment import mirror, turn, vary_edges, vary_hu


def pair() -> tuple[torch.Tensor, torch.Tensor]:
    hu = torch.randn(2, 1, 12, 12, 12, generator=torch.Generator().manual_seed(0)) * 300
    return hu, hu > 250


def test_turning_keeps_masks_on_their_voxels() -> None:
    hu, mask = pair()
    met = set()
    for seed in range(60):
        turned, moved = turn(np.random.default_rng(seed), hu, mask)
        assert torch.equal(moved, turned > 250) and turned.shape == hu.shape
        assert torch.equal(turned.flatten().sort().values, hu.flatten().sort().values)
        met.add(tuple(turned[0, 0, 0, :2, :2].flatten().tolist()))
    assert len(met) > 25, "of 48 symmetries most are met"


def test_mirroring_exchanges_left_and_right_only() -> None:
    hu, mask = pair()
    seen = set()
    for seed in range(20):
        turned, moved = mirror(np.random.default_rng(seed), hu, mask)
        flipped = not torch.equal(turned, hu)
        seen.add(flipped)
        assert torch.equal(turned, hu.flip(2) if flipped else hu) and torch.equal(moved, turned > 250)
    assert seen == {True, False}


def test_equal_volumes_stay_equal_whatever_happens() -> None:
    one = pair()[0][:1]
    changed = 0
    for seed in range(40):
        out = vary_hu(np.random.default_rng(seed), torch.cat([one, one]))
        assert out.shape == (2, 1, 12, 12, 12) and torch.isfinite(out).all()
        assert torch.equal(out[0], out[1]), f"seed {seed}: the change tells twins apart"
        changed += not torch.equal(out[:1], one)
    assert changed > 30


def test_the_same_random_numbers_give_the_same_change_and_the_input_stays() -> None:
    hu, _ = pair()
    before = hu.clone()
    for seed in range(6):
        assert torch.equal(vary_hu(np.random.default_rng(seed), hu), vary_hu(np.random.default_rng(seed), hu))
    assert torch.equal(hu, before)


def test_augmentation_names_the_device_of_every_new_tensor() -> None:
    """So that crops on a GPU are augmented there."""
    from torch.overrides import TorchFunctionMode

    careless: list[str] = []

    class Watch(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            name = getattr(function, "__name__", "")
            if name in ("zeros", "ones", "full", "arange", "randn", "tensor", "eye") and not (kwargs or {}).get("device"):
                careless.append(name)
            return function(*args, **(kwargs or {}))

    hu = torch.zeros(2, 1, 12, 12, 12)
    with Watch():
        for seed in range(12):
            vary_hu(np.random.default_rng(seed), hu, 1.0)
    assert not careless


def test_steps_move_nothing_to_one_side() -> None:
    """A picture that lies beside its masks teaches the wrong cells."""
    ramp = torch.arange(64.0)[None, None, :, None, None].expand(1, 1, 64, 64, 64).clone()
    moved = []
    for seed in range(400):
        out = vary_edges(np.random.default_rng(seed), ramp)
        off = (out - ramp)[0, 0, 8:-8, 0, 0]
        if not torch.equal(out, ramp) and torch.equal(out, out.round()):  # stepped, not enhanced
            assert float(off.abs().max()) <= 1
            moved.append(float(off.mean()))
    assert len(moved) > 15 and abs(np.mean(moved)) < 0.1


def test_edges_are_enhanced_or_stepped_now_and_then_for_both_twins_alike() -> None:
    one = torch.zeros(1, 1, 16, 16, 16)
    one[..., 8:] = 1000
    seen = {"same": 0, "overshoot": 0, "steps": 0}
    for seed in range(120):
        out = vary_edges(np.random.default_rng(seed), torch.cat([one, one]))
        assert torch.equal(out[0], out[1]) and out.shape == (2, 1, 16, 16, 16)
        if torch.equal(out[:1], one):
            seen["same"] += 1
        elif float(out.max()) > 1001:
            seen["overshoot"] += 1
        else:
            seen["steps"] += 1
    assert seen["same"] > 60 and seen["overshoot"] > 20 and seen["steps"] > 1
