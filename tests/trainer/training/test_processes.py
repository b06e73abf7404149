"""Two processes on a CPU end in one network, that of one process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from trainer.training import checkpoint
from trainer.training import processes as module
from trainer.training.processes import Processes, best_device, processes, started

SCRIPT = """
import sys, torch
from pathlib import Path
from ankleviewer.core.assessment.preprocess import BONE
from trainer.networks.registry import build
from trainer.training.data import CropPlan, PairBank
from trainer.training.objective import Stage
from trainer.training.execution import Execution
from trainer.training.loop import train
from trainer.training.pair_source import FolderPairs
from trainer.training.processes import processes
torch.set_num_threads(1)
torch.manual_seed(3)
stage = Stage(CropPlan(24, 2, 2), 4, (1e-3, 1e-3), cells=0.0, sides=0.0, scan=1.0, mine_every=2, mine_volumes=3)
validated = []
def validate(net):
    validated.append(1)
    return {"val_auc": 0.5}
with processes() as group:
    bank = PairBank(FolderPairs(Path(sys.argv[1])), 8, 8, 0.0, 7)
    net = build("compact", width=0.25, norm=False)
    net = train(net, BONE, [stage], bank, Path(sys.argv[2]), execution=Execution(processes=group),
                save_every=2, validate=validate, validate_every=2)
    torch.save(net.state_dict(), Path(sys.argv[2]) / f"net-{group.rank}.pt")
    assert len(validated) == (2 if group.first else 0)
"""


def test_alone_there_is_nothing_to_agree_on() -> None:
    with processes() as group:
        assert group == Processes(0, 1) and group.first and group.agree([1]) == [1]
        group.wait()
    assert best_device().type in ("cpu", "cuda") and started() == 1


def test_every_process_sends_by_its_own_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(torch.cuda, "set_device", lambda device: asked.append(str(device)))
    monkeypatch.setattr(
        module.dist, "init_process_group", lambda kind, device_id, timeout: asked.append((kind, str(device_id), timeout.days))
    )
    monkeypatch.setattr(module.dist, "get_rank", lambda: 1)
    monkeypatch.setattr(module.dist, "get_world_size", lambda: 2)
    monkeypatch.setattr(module.dist, "destroy_process_group", lambda: None)
    with processes(torch.device("cuda", 1)) as group:
        assert group == Processes(1, 2) and started() == 2
    assert asked == ["cuda:1", ("nccl", "cuda:1", 7)], "a validation of hours keeps the others waiting"


@pytest.mark.timeout(600)
def test_two_processes_learn_one_network(bank_folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(SCRIPT)
    root = Path(__file__).resolve().parents[3]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(root)}
    for name, start in (("one", []), ("two", ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"])):
        (tmp_path / name).mkdir()
        command = [sys.executable, *start, str(script), str(bank_folder), str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=280)
        assert done.returncode == 0, done.stderr[-2000:]
    first, second = (torch.load(tmp_path / "two" / f"net-{rank}.pt", weights_only=True) for rank in (0, 1))
    assert all(torch.equal(v, second[k]) for k, v in first.items()), "both hold the same weights"
    alone = torch.load(tmp_path / "one" / "net-0.pt", weights_only=True)
    start = checkpoint.load(tmp_path / "two")
    assert start is not None and start["step"] == 4
    for key, value in alone.items():
        assert float((value - first[key]).abs().max()) < 2e-3, "the gradient is the mean over all crops, give or take the twins'"
