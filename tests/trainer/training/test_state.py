"""A state goes on where it was kept: weights, their average, the optimiser, hard places; and keeps the best average."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from trainer.networks.compact import compact
from trainer.training import checkpoint
from trainer.training.data import HardPlace, PairBank
from trainer.training.objective import Objective
from trainer.training.pair_source import FolderPairs
from trainer.training.state import State, averaged


@pytest.fixture
def bank(bank_folder: Path) -> PairBank:
    return PairBank(FolderPairs(bank_folder), 8, 8, 0.0, 7)


def begun(run: Path, bank: PairBank, resume: bool = False, seed: int = 3) -> State:
    torch.manual_seed(seed)
    return State(Objective(compact(0.25), 2), bank, run, resume, None)


def nudge(state: State, by: float) -> None:
    with torch.no_grad():
        for parameter in state.objective.learning():
            parameter += by
            parameter.grad = torch.ones_like(parameter)
    state.optimiser.step()


def test_it_goes_on_where_it_was_kept(tmp_path: Path, bank: PairBank) -> None:
    state = begun(tmp_path, bank)
    nudge(state, 0.1)
    state.follow(0)
    bank.hard.append((9, [HardPlace(2, True, (1, 2, 3))]))
    state.objective.bias.data.fill_(0.7)
    assert state.keep(1, {"loss": 2.0}, None) == {"loss": 2.0}
    other = PairBank(bank.pair, 8, 8, 0.0, 7)
    again = begun(tmp_path, other, resume=True, seed=99)
    assert again.first == 1 and again.best == -1.0 and not again.unjudged
    for key, value in state.objective.net.state_dict().items():
        assert torch.equal(value, again.objective.net.state_dict()[key]) and torch.equal(state.average[key], again.average[key])
    assert other.hard == bank.hard and torch.equal(again.objective.bias, state.objective.bias)
    for one in (state, again):
        nudge(one, 0.0)  # the optimiser's own memory came with it
    assert all(map(torch.equal, state.objective.learning(), again.objective.learning()))


def test_the_average_follows_the_weights(tmp_path: Path, bank: PairBank) -> None:
    state = begun(tmp_path, bank)
    name = "head.weight"
    before = state.average[name].clone()
    state.objective.net.head.weight.data += 1.0
    state.follow(0)  # of the first step nine tenths are its own
    torch.testing.assert_close(state.average[name], before + 0.9)
    state.follow(10**6)
    torch.testing.assert_close(state.average[name], before + 0.9 + 0.1 * 0.005)


def test_the_best_average_is_kept_and_judged_in_evaluation_mode(tmp_path: Path, bank: PairBank) -> None:
    state = begun(tmp_path, bank)
    state.objective.net.train()
    figures = iter((0.6, 0.8, 0.7))
    met: list[bool] = []

    def validate(net: torch.nn.Module) -> dict[str, float]:
        met.append(net.training)
        return {"val_auc": next(figures)}

    for step in (1, 2, 3):
        row = state.keep(step, {"loss": 1.0}, validate)
        assert set(row) == {"loss", "val_auc"}
    best = checkpoint.load_best(tmp_path)
    assert best is not None and best["step"] == 2 and state.best == 0.8 and met == [False] * 3


def test_weights_come_back_after_a_look_at_the_average(tmp_path: Path, bank: PairBank) -> None:
    state = begun(tmp_path, bank)
    net = state.objective.net
    own = net.head.weight.detach().clone()
    nothing = {k: torch.zeros_like(v) for k, v in state.average.items()}
    with averaged(net, nothing):
        assert not net.head.weight.any() and not net.training
    assert torch.equal(net.head.weight, own)
    with pytest.raises(ZeroDivisionError), averaged(net, nothing):
        1 / 0  # noqa: B018
    assert torch.equal(net.head.weight, own)
