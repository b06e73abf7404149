"""The training loop: stages of crops, one optimiser, an average of the weights, checkpoints, logs. Reads from top to bottom."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from trainer.networks.head import FractureNet
from trainer.networks.layout import channels_last
from trainer.training import checkpoint
from trainer.training.allocator import keep_freed_memory
from trainer.training.data import Bank, Inline, PairBank, Prefetch, Source
from trainer.training.execution import Execution
from trainer.training.fingerprint import CONFIG
from trainer.training.logs import LOGS, FileLog, Log, TensorBoardLog
from trainer.training.mine import mine
from trainer.training.objective import Objective, Stage
from trainer.training.rows import check_rows
from trainer.training.schedule import Place, Schedule
from trainer.training.state import State, averaged
from trainer.training.step import compiled, for_many, one_step
from trainer.training.teach import Teacher

# hard places count from so many steps after the search on: more than the batches that are prepared ahead, so that a run gives the
# same batches every time
MINED_AHEAD = 8
MOST_SKIPPED = 10  # steps in a row without a finite gradient, after which a run stops


@dataclass(frozen=True)
class Progress:
    """What one step reports."""

    step: int
    of: int
    loss: float
    pair_accuracy: float


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
    if execution.processes.first:
        checkpoint.clear(run)
    _folder(run, anew=execution.processes.first and not resume)
    keep_freed_memory()
    net = (channels_last(net) if net.mode == "full" else net).to(execution.device)
    objective = Objective(net, len(stages), teacher, execution.save_memory).to(execution.device)
    state = State(objective, bank, run, resume, (notes or {}).get("fingerprint"))
    if execution.processes.first:
        _write_config(run, net, spec, stages, notes)
    schedule = Schedule(stages)
    wrapped = for_many(compiled(objective, spec, schedule, bank, state.first, execution, say), execution)
    started, skipped = time.monotonic(), 0
    with closing(_batches(bank, schedule, state.first, execution)) as source, _logs(run, state.first, execution) as logs:
        _judge_late(state, validate, logs)
        for place in schedule.places(state.first):
            if place.looks and isinstance(bank, PairBank):
                with averaged(net, state.average):
                    _look_for_hard_places(net, spec, bank, place, execution)
            objective.mode(place.stage.freeze_norm)
            torch.manual_seed(1_000_003 * execution.seed + 7919 * place.step + execution.processes.rank)
            loss, parts = one_step(wrapped, state.optimiser, source.get(), spec, place, execution)
            skipped = skipped + 1 if parts["skipped"] else 0
            if skipped == MOST_SKIPPED:
                raise FloatingPointError(
                    f"{skipped} steps up to {place.step} had no finite gradient; the last checkpoint is kept"
                )
            state.follow(place.step)
            done = place.step + 1
            row = {"step": place.step, "stage": place.index, "lr": place.rate, "loss": loss, **parts}
            row |= {"seconds": time.monotonic() - started, "waited": source.waited}
            if done % save_every == 0 or place.last:
                if execution.processes.first:
                    row = state.keep(done, row, validate if done % validate_every == 0 or place.last else None)
                execution.processes.wait()
            for log in logs:
                log.write(row)
            if report is not None and execution.processes.first:
                report(Progress(done, schedule.total, loss, parts["pair_accuracy"]))
    execution.processes.wait()
    chosen = checkpoint.load_best(run) if validate is not None else None
    net.load_state_dict(chosen["average"] if chosen else state.average)
    return net.eval()


def _batches(bank: Bank, schedule: Schedule, first: int, execution: Execution) -> Source:
    """The batches of the steps from `first` on; prepared ahead where that leaves the device no less time."""
    ahead = execution.device.type != "cpu" or any(place.stage.plan.cuts for place in schedule.places(0))
    return (Prefetch if ahead else Inline)(lambda step: bank.batch(step, schedule.at(step).stage.plan), first, schedule.total)


@contextmanager
def _logs(run: Path, first: int, execution: Execution) -> Iterator[list[Log]]:
    """The logs of the run, open for as long as the block lasts; none but in the first process."""
    with ExitStack() as opened:
        logs: list[Log] = []
        if execution.processes.first:
            logs.append(opened.enter_context(closing(FileLog(run, first))))
        if execution.processes.first and execution.tensorboard:
            logs.append(opened.enter_context(closing(TensorBoardLog(run, first))))
        yield logs


def _judge_late(state: State, validate: Callable[[FractureNet], dict[str, float]] | None, logs: list[Log]) -> None:
    """Make up for the figures of a state whose run was stopped while they were worked out; in the process that has the logs."""
    if validate is not None and state.unjudged and logs:
        row = state.keep(state.first, state.unjudged, validate)
        for log in logs:
            log.write(row)


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


def _look_for_hard_places(net: FractureNet, spec: PreprocessSpec, bank: PairBank, place: Place, execution: Execution) -> None:
    used_from, look = place.step + MINED_AHEAD, execution.processes.first
    if all(first != used_from for first, _ in bank.hard):  # after a resumption they may be known already
        volumes = place.stage.mine_volumes
        places = mine(net, spec, bank, place.step, volumes, execution.bf16, execution.device) if look else []
        bank.hard.append((used_from, execution.processes.agree(places)))
