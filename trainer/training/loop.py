"""The training loop: stages of crops, one optimiser, an average of the weights, checkpoints, logs. Reads from top to bottom."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from trainer.networks.head import FractureNet
from trainer.networks.layout import channels_last
from trainer.training import checkpoint
from trainer.training.allocator import keep_freed_memory
from trainer.training.compiled import try_compiling
from trainer.training.data import Bank, Batch, HardPlace, Inline, PairBank, Prefetch, Source
from trainer.training.fingerprint import CONFIG
from trainer.training.logs import LOGS, FileLog, Log, TensorBoardLog
from trainer.training.mine import mine
from trainer.training.objective import Objective, Stage, on_device, parts_of, share_of
from trainer.training.processes import Processes
from trainer.training.rows import check_rows
from trainer.training.teach import Teacher

# hard places count from so many steps after the search on: more than the batches that are prepared ahead, so that a run gives the
# same batches every time
MINED_AHEAD = 8
WARM_UP = 30  # steps in which the learning rate rises; a tenth of a short run
MOST_SKIPPED = 10  # steps in a row without a finite gradient, after which a run stops


@dataclass(frozen=True)
class Progress:
    """What one step reports."""

    step: int
    of: int
    loss: float
    pair_accuracy: float


CPU, ALONE = torch.device("cpu"), Processes()


@dataclass(frozen=True)
class Execution:
    """With what a training runs, whatever it learns.

    Attributes:
        device: of network and batches; processes: of which this is one.
        bf16: half precision inside the network.
        most_rows: rows worked out at a time; the gradients of a batch's parts are added up. None for all at once.
        save_memory: activations are worked out anew for the gradient instead of kept.
        seed: of what is random inside the network (dropout), step by step.
        compile: "never", "try" (used where a trial of some steps shows that it pays) or "auto" (tried on a GPU).
        tensorboard: write events beside log.csv.
    """

    device: torch.device = CPU
    processes: Processes = ALONE
    bf16: bool = False
    most_rows: int | None = None
    save_memory: bool = False
    seed: int = 0
    compile: str = "never"
    tensorboard: bool = False

    @property
    def tries_compiling(self) -> bool:
        """Whether the trial is made."""
        return self.compile == "try" or (self.compile == "auto" and self.device.type == "cuda")


def train(
    net: FractureNet,
    spec: PreprocessSpec,
    stages: list[Stage],
    bank: Bank,
    run: Path,
    *,
    execution: Execution | None = None,
    teacher: Teacher | None = None,
    resume: bool = False,
    save_every: int = 100,
    validate: Callable[[FractureNet], dict[str, float]] | None = None,
    validate_every: int = 500,
    report: Callable[[Progress], None] | None = None,
    say: Callable[[str], None] = lambda line: None,
    notes: Mapping[str, Any] | None = None,
) -> FractureNet:
    """Train through all stages and return the averaged network (also in the run's checkpoint). `notes` go into config.json,
    `say` takes lines for people. Without `resume`, states and logs of an older run in the folder are removed; with it, the caller
    has made sure that they are of this very run (`fingerprint.check`).

    With `validate`, the averaged weights of the highest `val_auc` are kept beside the checkpoint and returned.

    Raises:
        AnkleViewerError: USAGE, a batch has too few rows for so many processes or for batch norm; RUN_UNREADABLE, no state to go
            on from is whole; nothing is removed.
        FloatingPointError: the loss is not finite, or the gradient again and again; the last checkpoint stays.
    """
    execution = execution or Execution()
    check_rows(net, stages, bank, execution.processes.size, execution.most_rows)
    net.place_cells(taught=net.cells_taught or max(stage.cells for stage in stages) > 0)
    _folder(run, anew=execution.processes.first and not resume)
    keep_freed_memory()
    net = (channels_last(net) if net.mode == "full" else net).to(execution.device)
    objective = Objective(net, len(stages), teacher, execution.save_memory).to(execution.device)
    state = _State(objective, bank, run, resume, (notes or {}).get("fingerprint"))
    if execution.processes.first:
        _write_config(run, net, spec, stages, notes)
    total = sum(s.steps for s in stages)
    position = [(i, k) for i, s in enumerate(stages) for k in range(s.steps)]
    wrapped = _for_many(_compiled(objective, spec, stages, position[state.first :], bank, state.first, execution, say), execution)
    ahead = execution.device.type != "cpu" or any(stage.plan.cuts for stage in stages)
    source: Source = (Prefetch if ahead else Inline)(
        lambda step: bank.batch(step, stages[position[step][0]].plan), state.first, total
    )
    logs: list[Log] = []
    if execution.processes.first:
        logs = [FileLog(run, state.first), *([TensorBoardLog(run, state.first)] if execution.tensorboard else [])]
    started, skipped = time.monotonic(), 0
    warm_up = max(1, min(WARM_UP, total // 10))
    try:
        _judge_late(state, validate, logs)
        for step in range(state.first, total):
            index, k = position[step]
            stage = stages[index]
            if stage.mine_every and k % stage.mine_every == 0 and isinstance(bank, PairBank):
                with _averaged(net, state.average):
                    _look_for_hard_places(net, spec, bank, step, stage.mine_volumes, execution)
            objective.mode(stage.freeze_norm)
            rate = stage.lr[0] * (stage.lr[1] / stage.lr[0]) ** (k / max(1, stage.steps - 1)) * min(1.0, (step + 1) / warm_up)
            torch.manual_seed(1_000_003 * execution.seed + 7919 * step + execution.processes.rank)
            loss, parts = _step(wrapped, state.optimiser, source.get(), spec, stage, index, rate, execution, step)
            skipped = skipped + 1 if parts["skipped"] else 0
            if skipped == MOST_SKIPPED:
                raise FloatingPointError(f"{skipped} steps up to {step} had no finite gradient; the last checkpoint is kept")
            state.follow(step)
            row = {"step": step, "stage": index, "lr": rate, "loss": loss, **parts}
            row |= {"seconds": time.monotonic() - started, "waited": source.waited}
            if (step + 1) % save_every == 0 or step + 1 == total:
                if execution.processes.first:
                    due = (step + 1) % validate_every == 0 or step + 1 == total
                    row = state.keep(step + 1, row, validate if due else None)
                execution.processes.wait()
            for log in logs:
                log.write(row)
            if report is not None and execution.processes.first:
                report(Progress(step + 1, total, loss, parts["pair_accuracy"]))
    finally:
        source.close()
        for log in logs:
            log.close()
    execution.processes.wait()
    chosen = checkpoint.load_best(run) if validate is not None else None
    net.load_state_dict(chosen["average"] if chosen else state.average)
    return net.eval()


def _judge_late(state: _State, validate: Callable[[FractureNet], dict[str, float]] | None, logs: list[Log]) -> None:
    """Make up for the figures of a state whose run was stopped while they were worked out; in the process that has the logs."""
    if validate is not None and state.unjudged and logs:
        row = state.keep(state.first, state.unjudged, validate)
        for log in logs:
            log.write(row)


class _State:
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
        with _averaged(self.objective.net, self.average), torch.no_grad():
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


def _compiled(
    objective: Objective,
    spec: PreprocessSpec,
    stages: list[Stage],
    position: list[tuple[int, int]],
    bank: Bank,
    first: int,
    execution: Execution,
    say: Callable[[str], None],
) -> nn.Module:
    """The objective, compiled where that is wanted and pays for the steps that are still to come."""
    if not execution.tries_compiling or not position:
        return objective
    index = position[0][0]
    objective.mode(stages[index].freeze_norm)

    def step(module: nn.Module, batch: Batch) -> Tensor:
        loss: Tensor = module(batch, spec, stages[index], index, execution.bf16)[0]
        return loss

    batch = share_of(bank.batch(first, stages[index].plan), execution.processes.rank, execution.processes.size)
    piece = next(parts_of(batch, execution.most_rows))[0]
    trial = execution.processes.agree(try_compiling(objective, piece, step, execution.device))
    say(trial.text(len(position)))
    return torch.compile(objective) if trial.pays(len(position)) else objective  # type: ignore[return-value]


def _for_many(objective: nn.Module, execution: Execution) -> nn.Module:
    """The objective, its gradients averaged over all processes where there are many."""
    if execution.processes.size == 1:
        return objective
    # parts of the network may play no part in a stage's loss
    return nn.parallel.DistributedDataParallel(objective, find_unused_parameters=True)


def _step(
    objective: nn.Module,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    spec: PreprocessSpec,
    stage: Stage,
    index: int,
    rate: float,
    execution: Execution,
    step: int,
) -> tuple[float, dict[str, float]]:
    """One step of the optimiser; loss and its parts, of this process' share of the batch."""
    optimiser.param_groups[0]["lr"], optimiser.param_groups[1]["lr"] = rate, 10 * rate
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
            loss, parts = objective(on_device(piece, execution.device), spec, stage, index, execution.bf16)
            if not torch.isfinite(loss):
                raise FloatingPointError(f"the loss is {loss.item()} at step {step}; the last checkpoint is kept")
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


def _folder(run: Path, anew: bool) -> None:
    """The run's folder, `anew` without the states and logs of an older run: one that is stopped before its first checkpoint must
    not go on from that one's.
    """
    run.mkdir(parents=True, exist_ok=True)
    if anew:
        checkpoint.drop(run)
        for name in LOGS:
            (run / name).unlink(missing_ok=True)


def _write_config(
    run: Path, net: FractureNet, spec: PreprocessSpec, stages: list[Stage], notes: Mapping[str, Any] | None
) -> None:
    from ankleviewer.io.atomic import write_text

    record = {
        **(notes or {}),
        "stages": [asdict(s) for s in stages],
        "arch": net.arch,
        "config": net.config,
        "preprocessing": spec.to_json(),
    }
    write_text(run / CONFIG, json.dumps(record, indent=1, default=str))


@contextmanager
def _averaged(net: FractureNet, average: dict[str, Tensor]) -> Iterator[None]:
    """The network in evaluation mode with the averaged weights, for as long as the block lasts."""
    current = {k: v.clone() for k, v in net.state_dict().items()}
    net.load_state_dict(average)
    net.eval()
    try:
        yield
    finally:
        net.load_state_dict(current)


def _look_for_hard_places(
    net: FractureNet, spec: PreprocessSpec, bank: PairBank, step: int, volumes: int, execution: Execution
) -> None:
    used_from = step + MINED_AHEAD
    if all(first != used_from for first, _ in bank.hard):  # after a resumption they may be known already
        places = mine(net, spec, bank, step, volumes, execution.bf16, execution.device) if execution.processes.first else []
        bank.hard.append((used_from, execution.processes.agree(places)))


def _from_places(places: list[HardPlace]) -> Tensor:
    return torch.tensor([[p.pair, p.fractured, *p.voxel] for p in places], dtype=torch.int64).reshape(-1, 5)


def _to_places(rows: Tensor) -> list[HardPlace]:
    return [HardPlace(pair, bool(fractured), (i, j, k)) for pair, fractured, i, j, k in rows.tolist()]
