"""Rows enough: a run that a later batch would stop is refused before it begins."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ankleviewer.core.assessment.preprocess import BONE
from ankleviewer.core.errors import AnkleViewerError
from trainer.networks.registry import build
from trainer.training.data import CropPlan, PairBank
from trainer.training.objective import Stage
from trainer.training.recipes import RECIPES, for_scans
from trainer.training.rows import check_rows, check_shares
from trainer.training.scan_bank import ScanBank


def stage(size: int, pairs: int, others: int, freeze_norm: bool = False) -> Stage:
    return Stage(CropPlan(size, pairs, others), 1, (1e-3, 1e-3), freeze_norm=freeze_norm)


def scans(count: int) -> ScanBank:
    here = Path(__file__)
    return ScanBank([(here, 0, None)] * count, BONE, 32, 7)


def test_two_processes_suit_every_stage_of_every_recipe() -> None:
    for recipe in RECIPES.values():
        check_shares((*recipe.stages, *recipe.onward, *recipe.deepened), 2)


@pytest.mark.parametrize(
    ("stages", "processes", "scans", "told"),
    [
        (
            (stage(32, 4, 4), stage(32, 1, 1)),
            3,
            None,
            "3 processes .* a batch of 2 crops, twins counted as one: start 2 of them.",
        ),
        ((stage(32, 1, 0),), 2, None, "a batch of 1 crop, .*: start one alone, without torchrun"),
        ((stage(32, 3, 1),), 5, None, "a batch of 4 crops, .*: start 4 of them, or fewer"),
        (
            for_scans("best", 10, 1, 32, True, False, 3),
            3,
            10,
            "a batch of 2 crops, .*: start 2 of them, or give a larger --batch",
        ),
        (for_scans("best", 3, 1, 32, True, False), 4, 3, "a batch of 3 crops, .*: start 3 of them, or fewer"),
    ],
)
def test_a_process_without_a_row_is_told_before_the_first_step(
    stages: tuple[Stage, ...], processes: int, scans: int | None, told: str
) -> None:
    check_shares(stages, 1, scans)
    with pytest.raises(AnkleViewerError, match=f"USAGE: .*{told}"):
        check_shares(stages, processes, scans)


@pytest.mark.parametrize(
    ("size", "count", "processes", "most", "fits"),
    [
        (32, 1, 1, None, False),
        (32, 2, 1, None, True),
        (32, 2, 2, None, False),
        (32, 4, 1, 1, False),
        (32, 5, 1, 2, False),
        (32, 4, 1, 2, True),
        (64, 1, 1, None, True),
    ],
)
def test_batch_norm_of_one_row_and_one_cell(size: int, count: int, processes: int, most: int | None, fits: bool) -> None:
    net, stages = build("mobilenet", width=0.125), [stage(size, 0, 8)]
    if fits:
        check_rows(net, stages, scans(count), processes, most)
        return
    with pytest.raises(AnkleViewerError, match=r"USAGE: A cube of 32 voxels is one cell of mobilenet, .* --size of 64 or more"):
        check_rows(net, stages, scans(count), processes, most)
    check_rows(net, [stage(size, 0, 8, freeze_norm=True)], scans(count), processes, most)
    check_rows(build("mobilenet", width=0.125, norm=False), stages, scans(count), processes, most)
    check_rows(net, stages, PairBank(lambda n: pytest.fail("no pair is looked at"), 8, 8, 0.0, 7), 1, None)


def test_what_is_refused_is_what_torch_would_stop_at() -> None:
    net = build("mobilenet", width=0.125).train()
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        net(torch.zeros(1, 1, 32, 32, 32))
    net(torch.zeros(2, 1, 32, 32, 32))
