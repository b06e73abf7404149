"""The state of a run, which its checkpoints hold: weights, their average, the optimiser, the place in the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor

from trainer.networks.head import FractureNet
from trainer.training import checkpoint
from trainer.training.data import Bank, HardPlace
from trainer.training.objective import Objective


@contextmanager
def averaged(net: FractureNet, average: dict[str, Tensor]) -> Iterator[None]:
    """The network in evaluation mode with the averaged weights, for as long as the block lasts."""
    current = {k: v.clone() for k, v in net.state_dict().items()}
    net.load_state_dict(average)
    net.eval()
    try:
        yield
    finally:
        net.load_state_dict(current)


class State:
    """What a checkpoint holds: weights, their average, the optimiser, the place in the run."""

    def __init__(self, objective: Objective, bank: Bank, run: Path, resume: bool, known: Mapping[str, str] | None) -> None:
        self.objective, self.bank, self.run = objective, bank, run
        self.mark = {} if known is None else {checkpoint.RUN: dict(known)}
        groups = [{"params": objective.learning()}, {"params": [objective.bias]}]
        self.optimiser = torch.optim.Adam(groups, lr=1e-3, fused=True)
        self.average = {k: v.detach().clone() for k, v in objective.net.state_dict().items()}
        self.first, self.best = 0, -1.0
        self.unjudged: dict[str, float] = {}  # row of the last step, whose figures on validation scans are still lacking
        state = checkpoint.load(run, known) if resume else None
        if state is None:
            checkpoint.drop_best(run)
            return
        checkpoint.load_best(run, known)  # one that cannot be the run's own is told now, not after hours
        objective.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average = {k: v.to(self.average[k].device) for k, v in state["average"].items()}
        self.first, self.best = int(state["step"]), float(state["best"])
        self.unjudged = dict(state.get("unjudged", {}))
        bank.hard = [(int(step), _to_places(places)) for step, places in state["hard"]]
        objective.bias.data.copy_(state["bias"])
        objective.exits.load_state_dict(state["exits"])
        if objective.teacher is not None:
            objective.teacher.match.load_state_dict(state["teacher"])

    def follow(self, step: int) -> None:
        """Let the average follow the weights."""
        decay = min(0.995, (step + 1) / (step + 10))
        state = self.objective.net.state_dict()
        moving = [key for key, value in state.items() if value.dtype.is_floating_point]
        with torch.no_grad():
            # all tensors in one call: a deep network has a thousand of them
            torch._foreach_lerp_([self.average[key] for key in moving], [state[key] for key in moving], 1 - decay)
            for key in state.keys() - set(moving):
                self.average[key].copy_(state[key])

    def keep(
        self, step: int, row: dict[str, float], validate: Callable[[FractureNet], dict[str, float]] | None
    ) -> dict[str, float]:
        """Write the checkpoint; the step's row of the log, with the figures of the averaged weights if `validate` is given."""
        if validate is not None:
            self.save(step, row)  # what comes now may fail, and a run that goes on makes up for it
            row = row | self.judge(validate, step)
            self.best = max(self.best, row["val_auc"])
        self.save(step)
        return row

    def judge(self, validate: Callable[[FractureNet], dict[str, float]], step: int) -> dict[str, float]:
        """Validation figures of the averaged weights, which are kept where they beat those of before."""
        with averaged(self.objective.net, self.average), torch.no_grad():
            figures = validate(self.objective.net)
        if figures["val_auc"] > self.best:
            checkpoint.save_best(self.run, {"average": self.average, "step": step, "val_auc": figures["val_auc"], **self.mark})
        return figures

    def save(self, step: int, unjudged: Mapping[str, float] | None = None) -> None:
        """Write the checkpoint; with the row of its step, if that is still to be judged."""
        state = {
            "net": self.objective.net.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "bias": self.objective.bias.detach(),
            "step": step,
            "best": self.best,
            "hard": [(first_used, _from_places(places)) for first_used, places in self.bank.hard[-2:]],
            "exits": self.objective.exits.state_dict(),
            **self.mark,
        }
        teacher = self.objective.teacher
        state |= {"teacher": teacher.match.state_dict()} if teacher else {}
        checkpoint.save(self.run, state | ({"unjudged": dict(unjudged)} if unjudged else {}))


def _from_places(places: list[HardPlace]) -> Tensor:
    return torch.tensor([[p.pair, p.fractured, *p.voxel] for p in places], dtype=torch.int64).reshape(-1, 5)


def _to_places(rows: Tensor) -> list[HardPlace]:
    return [HardPlace(pair, bool(fractured), (i, j, k)) for pair, fractured, i, j, k in rows.tolist()]
