"""Shared by the trainer's tests: two bodies, drawn once, a small bank of pairs, and prepared scans."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ankleviewer.core.preprocess import BONE
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


@pytest.fixture(scope="session")
def prepared() -> Callable[..., Path]:
    """Makes, in a folder, what `prepare` leaves of small scans whose fractures are a bright block: 8 to train on, 2 of each class
    in `validation`, one that was left out.
    """

    def make(folder: Path, validation: tuple[int, ...] = (0, 1), marked: bool = True) -> Path:
        rng = np.random.default_rng(0)
        (folder / "inputs").mkdir(parents=True)
        (folder / "marks").mkdir()
        (folder / "preprocessing.json").write_text(json.dumps(replace(BONE, size=32, spacing_mm=4.0).to_json()))
        rows = [("train", i % 2) for i in range(8)] + [("validation", label) for label in validation for _ in range(2)]
        with open(folder / "index.csv", "w", newline="") as f:
            writer = csv.writer(f)
            writer.writerow(("id", "path", "label", "patient", "split", "excluded", "ankle", "pixels", "severity", "twin"))
            for n, (split, label) in enumerate(rows):
                values = rng.normal(0, 0.05, (32, 32, 32)).astype(np.float32)
                marks = np.zeros(values.shape, dtype=bool)
                if label:
                    values[8:24, 8:24, 8:24] += 0.6
                    marks[8:24, 8:24, 15:17] = True
                    if marked:
                        np.save(folder / "marks" / f"s{n}.npy", marks)
                np.save(folder / "inputs" / f"s{n}.npy", values)
                writer.writerow((f"s{n}", f"s{n}.nii.gz", label, f"p{n}", split, "", "0 0 0", "x", "", ""))
            writer.writerow(("gone", "gone.nii.gz", 1, "q", "", "NOT_ADULT", "", "", "", ""))
        return folder

    return make
