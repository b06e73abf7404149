"""One step of training: the objective (compiled, shared by processes), the gradients of a batch's parts, the optimiser."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import nullcontext

import torch
from torch import Tensor, nn

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from trainer.training.compiled import try_compiling
from trainer.training.data import Bank, Batch
from trainer.training.execution import Execution
from trainer.training.objective import Objective, on_device, parts_of, share_of
from trainer.training.schedule import Place, Schedule


def compiled(
    objective: Objective,
    spec: PreprocessSpec,
    schedule: Schedule,
    bank: Bank,
    first: int,
    execution: Execution,
    say: Callable[[str], None],
) -> nn.Module:
    """The objective, compiled where that is wanted and pays for the steps from `first` on; `say` takes what was found."""
    left = schedule.total - first
    if not execution.tries_compiling or not left:
        return objective
    place = schedule.at(first)
    objective.mode(place.stage.freeze_norm)

    def step(module: nn.Module, batch: Batch) -> Tensor:
        loss: Tensor = module(batch, spec, place.stage, place.index, execution.bf16)[0]
        return loss

    batch = share_of(bank.batch(first, place.stage.plan), execution.processes.rank, execution.processes.size)
    piece = next(parts_of(batch, execution.most_rows))[0]
    trial = execution.processes.agree(try_compiling(objective, piece, step, execution.device))
    say(trial.text(left))
    return torch.compile(objective) if trial.pays(left) else objective  # type: ignore[return-value]


def for_many(objective: nn.Module, execution: Execution) -> nn.Module:
    """The objective, its gradients averaged over all processes where there are many."""
    if execution.processes.size == 1:
        return objective
    # parts of the network may play no part in a stage's loss
    return nn.parallel.DistributedDataParallel(objective, find_unused_parameters=True)


def one_step(
    objective: nn.Module,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    spec: PreprocessSpec,
    place: Place,
    execution: Execution,
) -> tuple[float, dict[str, float]]:
    """One step of the optimiser; loss and its parts, of this process' share of the batch ("skipped": 1 where the gradient was not
    finite, and nothing was learnt).

    Raises:
        FloatingPointError: the loss is not finite.
    """
    optimiser.param_groups[0]["lr"], optimiser.param_groups[1]["lr"] = place.rate, 10 * place.rate
    own = share_of(batch, execution.processes.rank, execution.processes.size)
    # the gradients of all processes are averaged, and every row is to weigh the same; alone this is 1
    heavier = len(own.label) * execution.processes.size / len(batch.label)
    pieces = list(parts_of(own, execution.most_rows))
    optimiser.zero_grad(set_to_none=True)
    total, sums = 0.0, dict.fromkeys(("cells", "scan", "sides", "lesson"), 0.0)
    pairs: list[float] = []
    for number, (piece, share) in enumerate(pieces):
        alone = number + 1 < len(pieces) and isinstance(objective, nn.parallel.DistributedDataParallel)
        with objective.no_sync() if alone else nullcontext():  # type: ignore[operator]
            loss, parts = objective(on_device(piece, execution.device), spec, place.stage, place.index, execution.bf16)
            if not torch.isfinite(loss):
                raise FloatingPointError(f"the loss is {loss.item()} at step {place.step}; the last checkpoint is kept")
            (loss * (share * heavier)).backward()
        total += loss.item() * share
        for key in sums:
            sums[key] += parts[key] * share
        pairs.append(parts["pair_accuracy"])
    known = [p for p in pairs if not math.isnan(p)]
    norm = nn.utils.clip_grad_norm_([p for group in optimiser.param_groups[:1] for p in group["params"]], 5.0)
    if torch.isfinite(norm):
        optimiser.step()
    else:  # half precision now and then gives one (a library's kernel, not the numbers: doing the step again gives none)
        optimiser.zero_grad(set_to_none=True)
    sums["skipped"] = float(not torch.isfinite(norm))
    return total, sums | {"pair_accuracy": sum(known) / len(known) if known else float("nan")}
