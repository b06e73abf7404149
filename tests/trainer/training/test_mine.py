"""Hard places: the highest wrong cells, never the fracture itself, the same for the same step."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ankleviewer.core.assessment.preprocess import BONE
from trainer.networks.head import FractureNet
from trainer.training.data import PairBank
from trainer.training.mine import APART, LOWEST_SCORE, PER_VOLUME, _near_fracture, _places, mine
from trainer.training.objective import window
from trainer.training.pair_source import FolderPairs


class Brightness(nn.Module):
    """A network that calls dense bone a crack; stride 8."""

    mode = "full"
    stride = 8

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        cam = nn.functional.avg_pool3d(x, 8) * 20.0
        return cam.amax(dim=(2, 3, 4)), cam


@pytest.fixture
def bank(bank_folder: Path) -> PairBank:
    return PairBank(FolderPairs(bank_folder), 8, 8, 0.0, 7)


def test_the_highest_cells_are_found_and_never_the_fracture(bank: PairBank) -> None:
    net = cast(FractureNet, Brightness())
    places = mine(net, BONE, bank, 3, 6)
    assert places == mine(net, BONE, bank, 3, 6), "the step decides"
    assert {p.pair for p in places} != {p.pair for p in mine(net, BONE, bank, 4, 3)}
    assert any(p.fractured for p in places) and any(not p.fractured for p in places)
    for place in places:
        pair = bank.pair(place.pair)
        volume = pair.fractured if place.fractured else pair.intact
        cells = net(window(torch.from_numpy(volume.astype(np.float32))[None, None], BONE))[1][0, 0]
        cell = tuple(v // 8 for v in place.voxel)
        assert all(v % 8 == 4 for v in place.voxel) and float(cells[cell]) > LOWEST_SCORE
        if place.fractured:
            assert not _near_fracture(pair, 8)[cell]
        else:
            best = [p for p in places if p.pair == place.pair and not p.fractured]
            top = max(float(cells[tuple(v // 8 for v in p.voxel)]) for p in best)
            assert top == pytest.approx(float(cells.max()))


def test_a_volume_of_broken_cells_is_looked_at_in_whole_ones(bank: PairBank) -> None:
    class Coarse(Brightness):
        """Strided convolutions make a cell of what is left over; 32 voxels are 2 cells of 12 and such a one."""

        stride = 12

        def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
            cam = nn.functional.avg_pool3d(x, 12, ceil_mode=True) * 20.0
            return cam.amax(dim=(2, 3, 4)), cam

    places = mine(cast(FractureNet, Coarse()), BONE, bank, 3, 6)
    assert places and all(v in (6, 18) for place in places for v in place.voxel)


def test_places_of_a_volume_lie_apart_and_are_few() -> None:
    torch.manual_seed(0)
    cells = torch.randn(16, 16, 16) * 3
    places = np.array(_places(cells, 8)) // 8
    assert len(places) == PER_VOLUME
    gaps = np.abs(places[:, None] - places[None]).max(axis=-1)[~np.eye(PER_VOLUME, dtype=bool)]
    assert gaps.min() > APART
    assert _places(torch.full((4, 4, 4), LOWEST_SCORE - 1), 8) == []


def test_what_a_fracture_changes_is_left_out_with_its_surroundings(bank: PairBank) -> None:
    pair = next(p for p in map(bank.pair, range(8)) if p.crack.any())
    near = _near_fracture(pair, 8).numpy()
    assert near.shape == (4, 4, 4)
    for voxel in np.argwhere(pair.crack):
        assert near[tuple(voxel // 8)]
