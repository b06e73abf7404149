"""Shared by the trainer's tests: two bodies, drawn once, and a small bank of pairs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from trainer.simulate.atlas import Atlas
from trainer.simulate.bones import built_in
from trainer.simulate.pairs import make_pair, pair_path, save_pair

SEED = 5
BANK_PAIRS = 8
BANK_SIZE = 32


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return built_in(SEED, 0)


@pytest.fixture(scope="session")
def other_atlas() -> Atlas:
    return built_in(SEED, 1)


@pytest.fixture(scope="session")
def bank_folder(atlas: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight close-ups of 32 voxels; read only."""
    folder = tmp_path_factory.mktemp("bank")
    for index in range(BANK_PAIRS):
        save_pair(make_pair(SEED, index, BANK_SIZE, 1.0, atlas), pair_path(folder, index))
    return folder
