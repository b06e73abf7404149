"""The trial of torch.compile: what it decides, what it says, and that it leaves everything as it was."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from ankleviewer.core.assessment.preprocess import BONE
from trainer.networks.compact import compact
from trainer.training import compiled as module
from trainer.training.compiled import Trial, try_compiling
from trainer.training.data import Batch, CropPlan, PairBank
from trainer.training.objective import Objective, Stage
from trainer.training.pair_source import FolderPairs

STAGE = Stage(CropPlan(24, 1, 0), 10, (1e-3, 1e-3))
CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("trial", "steps", "pays"),
    [
        (Trial(1.0, 0.5, 60.0), 1000, True),
        (Trial(1.0, 0.5, 60.0), 100, False),  # the compiling takes longer than it saves
        (Trial(1.0, 0.97, 1.0), 10_000, False),  # hardly faster
        (Trial(1.0, 1.4, 1.0), 10_000, False),
        (Trial(1.0, float("inf"), 0.0, "no compiler"), 10_000, False),
    ],
)
def test_it_pays_where_the_whole_run_is_done_sooner(trial: Trial, steps: int, pays: bool) -> None:
    assert trial.pays(steps) is pays
    assert ("going on without" in trial.text(steps)) is bool(trial.failed)
    assert trial.failed or (": used" if pays else "not used") in trial.text(steps).replace("; used", ": used")


def test_the_trial_leaves_network_and_random_numbers_alone(bank_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(3)
    objective = Objective(compact(0.25), 1)
    objective.mode(False)
    batch = PairBank(FolderPairs(bank_folder), 8, 8, 0.0, 7).batch(0, STAGE.plan)
    before, numbers = copy.deepcopy(objective.state_dict()), torch.get_rng_state()
    compiled: list[nn.Module] = []

    def compiler(m: nn.Module) -> nn.Module:
        compiled.append(m)
        return m

    monkeypatch.setattr(module.torch, "compile", compiler)

    def step(m: nn.Module, b: Batch) -> Tensor:
        torch.rand(1)
        loss: Tensor = m(b, BONE, STAGE, 0, False)[0]
        return loss

    trial = try_compiling(objective, batch, step, CPU)
    assert trial.failed == "" and trial.plain > 0 and trial.compiled > 0
    assert compiled and compiled[0] is not objective
    assert all(torch.equal(v, before[k]) for k, v in objective.state_dict().items())
    assert all(p.grad is None for p in objective.parameters()) and torch.equal(torch.get_rng_state(), numbers)


def test_a_compiler_that_fails_is_no_end(bank_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(m: nn.Module) -> nn.Module:
        raise RuntimeError("no C++ compiler\nin the path")

    monkeypatch.setattr(module.torch, "compile", broken)
    batch = PairBank(FolderPairs(bank_folder), 8, 8, 0.0, 7).batch(0, STAGE.plan)
    trial = try_compiling(Objective(compact(0.25), 1), batch, lambda m, b: m(b, BONE, STAGE, 0, False)[0], CPU)
    assert trial.failed == "RuntimeError: no C++ compiler" and not trial.pays(10**9)
