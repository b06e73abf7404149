"""One step: every row weighs the same in however many processes; compiling is tried where it is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from ankleviewer.core.assessment.preprocess import BONE
from trainer.networks.compact import compact
from trainer.training import step as module
from trainer.training.compiled import Trial
from trainer.training.data import Batch, CropPlan, PairBank
from trainer.training.execution import Execution
from trainer.training.objective import Objective, Stage
from trainer.training.pair_source import FolderPairs
from trainer.training.processes import Processes
from trainer.training.schedule import Schedule

STAGE = Stage(CropPlan(24, 2, 1), 4, (1e-3, 1e-3))


@pytest.mark.parametrize("rows", [3, 4, 5])
def test_every_row_weighs_the_same_in_however_many_processes(rows: int) -> None:
    x = torch.arange(1.0, rows + 1).reshape(rows, 1, 1, 1, 1) ** 3
    batch = Batch(x, x > 0, x > 0, x[:, :, 0, 0, 0], 0)

    class Mean(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(1))

        def forward(self, part: Batch, *_: object) -> tuple[torch.Tensor, dict[str, float]]:
            parts = dict.fromkeys(("cells", "scan", "sides", "lesson", "pair_accuracy"), 0.0)
            return 0.01 * (self.weight * part.hu).mean(), parts

    gradients = {}
    for size in (1, 2, 3):
        for rank in range(size):
            net = Mean()
            optimiser = torch.optim.SGD([{"params": [net.weight]}, {"params": [nn.Parameter(torch.zeros(1))]}])
            execution = Execution(processes=Processes(rank, size), most_rows=2)
            module.one_step(net, optimiser, batch, BONE, Schedule([STAGE]).at(0), execution)
            gradients[size, rank] = float(net.weight.grad)  # type: ignore[arg-type]
    alone = gradients[1, 0]
    assert alone == pytest.approx(0.01 * float(x.mean()))
    for size in (2, 3):  # as DistributedDataParallel averages them
        assert sum(gradients[size, rank] for rank in range(size)) / size == pytest.approx(alone)


def test_compiling_is_tried_and_told_where_it_is_wanted(bank_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = PairBank(FolderPairs(bank_folder), 8, 8, 0.0, 7)
    monkeypatch.setattr(module, "try_compiling", lambda *a: Trial(1.0, 1.0, 5.0))
    said: list[str] = []
    objective = Objective(compact(0.25), 1)
    for wish, first, lines in (("auto", 0, 0), ("try", 4, 0), ("try", 1, 1)):  # on a CPU never of its own accord; no step left
        found = module.compiled(objective, BONE, Schedule([STAGE]), bank, first, Execution(compile=wish), said.append)
        assert found is objective and len(said) == lines
    assert said[0].endswith("not used for 3 steps")


def test_one_process_needs_nothing_of_many() -> None:
    objective = Objective(compact(0.25), 1)
    assert module.for_many(objective, Execution()) is objective
