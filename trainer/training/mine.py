"""Hard places: where in whole ankles the network sees cracks that are not there. Training looks at them again.

A scan's score is its highest cell, so an unfractured scan is as suspicious as its worst place: the rare canal or scar decides,
and crops from anywhere hardly ever show it (bootstrapping, Sung and Poggio 1998).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from trainer.networks.head import FractureNet
from trainer.simulate.pairs import Pair
from trainer.simulate.streams import stream
from trainer.training.data import VISIBLE_HU, HardPlace, PairBank
from trainer.training.objective import to_input

PER_VOLUME = 4  # places taken from one volume
LOWEST_SCORE = -4.0  # cells below (chance of a crack under 2 %) are no mistake worth a second look
APART = 2  # cells between two places of one volume


def mine(
    net: FractureNet,
    spec: PreprocessSpec,
    bank: PairBank,
    step: int,
    volumes: int,
    bf16: bool = False,
    device: torch.device | str = "cpu",
) -> list[HardPlace]:
    """Look at `volumes` volumes of the bank, fractured and not in turn, and return the places of the highest wrong cells.

    The pairs are drawn by `step` alone from those that show whole ankles; where the bank holds none, any pair will do.
    """
    rng = stream(bank.seed, step, "mine")
    order = rng.permutation(bank.usable(step))
    found: list[HardPlace] = []
    seen = 0
    largest = max(bank.pair(int(i)).intact.shape[0] for i in order[:24])
    with torch.no_grad():
        for index in order:
            if seen == volumes:
                break
            pair = bank.pair(int(index))
            if pair.intact.shape[0] < largest:
                continue
            fractured = seen % 3 == 2  # most mistakes are looked for where every crack is one
            seen += 1
            pair = _of_whole_cells(pair, net.stride)
            hu = torch.from_numpy((pair.fractured if fractured else pair.intact).astype(np.float32))[None, None]
            with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=bf16):
                _, cam = net(to_input(net, hu.to(device), spec))
            cells = cam[0, 0].float().cpu()
            if fractured:
                cells = cells.masked_fill(_near_fracture(pair, net.stride), -torch.inf)
            found.extend(HardPlace(int(index), fractured, place) for place in _places(cells, net.stride))
    return found


def _of_whole_cells(pair: Pair, stride: int) -> Pair:
    """The pair without what is left beyond its last whole cell: a network's map has a cell there, means over cells have none."""
    whole = tuple(slice(n - n % stride) for n in pair.intact.shape)
    return replace(pair, fractured=pair.fractured[whole], intact=pair.intact[whole], crack=pair.crack[whole])


def _near_fracture(pair: Pair, stride: int) -> Tensor:
    """Cells that the fracture changes, and their neighbours."""
    changed: NDArray[np.bool_] = pair.crack | (np.abs(pair.fractured.astype(np.int32) - pair.intact) > VISIBLE_HU)
    cells = F.max_pool3d(torch.from_numpy(changed.astype(np.float32))[None, None], stride)
    return F.max_pool3d(cells, 3, 1, 1)[0, 0] > 0


def _places(cells: Tensor, stride: int) -> list[tuple[int, int, int]]:
    """Voxels at the centres of the highest cells, APART from each other."""
    peaks = F.max_pool3d(cells[None, None], 2 * APART + 1, 1, APART)[0, 0] == cells
    scores = torch.where(peaks, cells, torch.full_like(cells, -torch.inf)).flatten()
    top = torch.topk(scores, min(PER_VOLUME, scores.numel()))
    out = []
    for score, flat in zip(top.values.tolist(), top.indices.tolist(), strict=True):
        if score > LOWEST_SCORE:
            i, j, k = np.unravel_index(flat, cells.shape)
            out.append((int(i) * stride + stride // 2, int(j) * stride + stride // 2, int(k) * stride + stride // 2))
    return out
