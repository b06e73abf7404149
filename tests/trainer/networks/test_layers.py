"""Shared building blocks."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from trainer.networks.layers import DropPath, Norm, conv_norm, last_norm


def test_norms_are_set_up_as_stated() -> None:
    block = conv_norm(nn.Conv3d(1, 4, 1), 4, Norm(1e-3, 0.01), nn.ReLU())
    assert [type(m) for m in block] == [nn.Conv3d, nn.BatchNorm3d, nn.ReLU]
    assert (block[1].eps, block[1].momentum) == (1e-3, 0.01)  # type: ignore[union-attr]
    assert len(conv_norm(nn.Conv3d(1, 4, 1), 4, Norm())) == 2 and (Norm().eps, Norm().momentum) == (1e-5, 0.1)


def test_the_last_norm_of_a_row_of_layers() -> None:
    block = conv_norm(nn.Conv3d(1, 4, 1), 4, Norm())
    assert last_norm(block) is block[1] and last_norm(nn.Sequential(nn.ReLU(), block)) is block[1]
    with pytest.raises(TypeError, match="ReLU, not a batch norm"):
        last_norm(conv_norm(nn.Conv3d(1, 4, 1), 4, Norm(), nn.ReLU()))


def test_paths_are_dropped_whole_and_the_mean_stays() -> None:
    torch.manual_seed(0)
    drop, x = DropPath(0.25), torch.ones(4000, 2, 1, 1, 1)
    y = drop(x)
    assert set(y.unique().tolist()) == {0.0, float(torch.tensor(1.0) / 0.75)}
    assert (y[:, 0] == y[:, 1]).all() and abs(float(y.mean()) - 1) < 0.05
    assert torch.equal(drop.eval()(x), x) and torch.equal(DropPath(0.0)(x), x)
