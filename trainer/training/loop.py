"""The training loop: stages of crops, one optimiser, an average of the weights, checkpoints, logs. Reads from top to bottom."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ankleviewer.core.preprocess import PreprocessSpec
from trainer.networks.head import FractureNet
from trainer.networks.layout import channels_last
from trainer.training import checkpoint
from trainer.training.data import Bank, Batch, CropPlan, HardPlace, PairBank, Prefetch
from trainer.training.deep import SideExits, side_loss
from trainer.training.mine import mine
from trainer.training.targets import cell_loss, cell_targets
from trainer.training.teach import Teacher

# hard places count from so many steps after the search on: more than the batches that are prepared ahead, so that a run gives the
# same batches every time
MINED_AHEAD = 8


@dataclass(frozen=True)
class Stage:
    """A part of the training.

    Attributes:
        plan: crops of a batch; steps: how many; lr: learning rate at the start and the end.
        cells, scan, sides, teacher: weights of the losses.
        freeze_norm: batch norm keeps its statistics.
        mine_every: steps between two searches for hard places in `mine_volumes` volumes; 0 for none.
    """

    plan: CropPlan
    steps: int
    lr: tuple[float, float]
    cells: float = 1.0
    scan: float = 0.5
    sides: float = 1.0
    teacher: float = 0.0
    freeze_norm: bool = False
    mine_every: int = 0
    mine_volumes: int = 120


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
    teacher: Teacher | None = None,
    resume: bool = False,
    bf16: bool = False,
    save_every: int = 100,
    validate: Callable[[FractureNet], dict[str, float]] | None = None,
    validate_every: int = 500,
    report: Callable[[Progress], None] | None = None,
    notes: Mapping[str, Any] | None = None,
) -> FractureNet:
    """Train through all stages and return the averaged network (also in the run's checkpoint). `notes` go into config.json.

    With `validate`, the averaged weights of the highest `val_auc` are kept beside the checkpoint and returned.

    Raises:
        FloatingPointError: the loss is not finite; the last checkpoint stays.
    """
    from ankleviewer.io.atomic import write_text

    run.mkdir(parents=True, exist_ok=True)
    net = channels_last(net) if net.mode == "full" else net
    exits = SideExits(net)
    parameters = [*net.parameters(), *exits.parameters(), *(teacher.learning() if teacher else ())]
    bias = nn.Parameter(torch.zeros(len(stages)))
    optimiser = torch.optim.Adam([{"params": parameters}, {"params": [bias]}], lr=1e-3)
    average = {k: v.detach().clone() for k, v in net.state_dict().items()}
    total = sum(s.steps for s in stages)
    first, best = 0, -1.0
    state = checkpoint.load(run) if resume else None
    if state is None:
        checkpoint.drop_best(run)
    else:
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        average, first, best = state["average"], int(state["step"]), float(state["best"])
        bank.hard = [(int(step), _to_places(places)) for step, places in state["hard"]]
        bias.data.copy_(state["bias"])
        exits.load_state_dict(state["exits"])
        if teacher is not None:
            teacher.match.load_state_dict(state["teacher"])
    write_text(
        run / "config.json",
        json.dumps(
            {
                **(notes or {}),
                "stages": [asdict(s) for s in stages],
                "arch": net.arch,
                "config": net.config,
                "preprocessing": spec.to_json(),
            },
            indent=1,
            default=str,
        ),
    )
    position = [(i, k) for i, s in enumerate(stages) for k in range(s.steps)]

    def save(step: int) -> None:
        state = {
            "net": net.state_dict(),
            "average": average,
            "optimiser": optimiser.state_dict(),
            "bias": bias.detach(),
            "step": step,
            "best": best,
            "hard": [(first_used, _from_places(places)) for first_used, places in bank.hard[-2:]],
        }
        state["exits"] = exits.state_dict()
        checkpoint.save(run, state | ({"teacher": teacher.match.state_dict()} if teacher else {}))

    source = Prefetch(lambda step: bank.batch(step, stages[position[step][0]].plan), first, total)
    log = _Log(run / "log.csv", first)
    started = time.monotonic()
    try:
        for step in range(first, total):
            index, k = position[step]
            stage = stages[index]
            if stage.mine_every and k % stage.mine_every == 0 and isinstance(bank, PairBank):
                with _averaged(net, average):
                    _look_for_hard_places(net, spec, bank, step, stage.mine_volumes, bf16)
            _mode(net, stage.freeze_norm)
            warm = min(1.0, (step + 1) / 30)
            rate = stage.lr[0] * (stage.lr[1] / stage.lr[0]) ** (k / max(1, stage.steps - 1)) * warm
            optimiser.param_groups[0]["lr"], optimiser.param_groups[1]["lr"] = rate, 10 * rate
            batch = source.get()
            loss, parts = _loss(net, spec, batch, stage, bias[index], exits, teacher, bf16)
            if not torch.isfinite(loss):
                raise FloatingPointError(f"the loss is {loss.item()} at step {step}; the last checkpoint is kept")
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parameters, 5.0)
            optimiser.step()
            decay = min(0.995, (step + 1) / (step + 10))
            with torch.no_grad():
                for key, value in net.state_dict().items():
                    if value.dtype.is_floating_point:
                        average[key].lerp_(value, 1 - decay)
                    else:
                        average[key].copy_(value)
            row = {
                "step": step,
                "stage": index,
                "lr": rate,
                "loss": loss.item(),
                **parts,
                "seconds": time.monotonic() - started,
                "waited": source.waited,
            }
            if (step + 1) % save_every == 0 or step + 1 == total:
                if validate is not None and ((step + 1) % validate_every == 0 or step + 1 == total):
                    row |= _judge(net, average, validate, run, step + 1, best)
                    best = max(best, row["val_auc"])
                save(step + 1)
            log.write(row)
            if report is not None:
                report(Progress(step + 1, total, row["loss"], parts["pair_accuracy"]))
    finally:
        source.close()
        log.close()
    chosen = checkpoint.load_best(run) if validate is not None else None
    net.load_state_dict(chosen["average"] if chosen else average)
    return net.eval()


def _mode(net: FractureNet, freeze_norm: bool) -> None:
    net.train()
    if freeze_norm:
        for module in net.modules():
            if isinstance(module, nn.BatchNorm3d):
                module.eval()


def window(hu: Tensor, spec: PreprocessSpec) -> Tensor:
    """The network's input from HU: tensor twin of `ankleviewer.core.preprocess.normalise`."""
    return ((hu - spec.lo) / (spec.hi - spec.lo)).clamp(0.0, 1.0) - spec.mean


def _loss(
    net: FractureNet,
    spec: PreprocessSpec,
    batch: Batch,
    stage: Stage,
    bias: Tensor,
    exits: SideExits,
    teacher: Teacher | None,
    bf16: bool,
) -> tuple[Tensor, dict[str, float]]:
    x = _input(net)(batch.hu, spec)
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        logit, cam, sides, taps = exits(net, x)
        lesson = x.new_zeros(())
        if teacher is not None and stage.teacher > 0:
            lesson = teacher.lesson(net, x, taps, cam)
    cells = cell_loss(cam, *cell_targets(batch.crack, batch.changed, net.stride))
    side = side_loss(sides, batch.crack, batch.changed)
    logit = logit.float()
    scan = F.binary_cross_entropy_with_logits(logit + bias, batch.label)
    gap = (logit[0 : batch.twins : 2] - logit[1 : batch.twins : 2])[batch.label[0 : batch.twins : 2] > 0]
    if len(gap):
        scan = scan + F.softplus(-gap).mean()
    loss = stage.cells * cells + stage.scan * scan + stage.sides * side + stage.teacher * lesson
    accuracy = float((gap > 0).float().mean()) if len(gap) else float("nan")
    return loss, {
        "cells": cells.item(),
        "scan": scan.item(),
        "sides": side.item(),
        "lesson": lesson.item(),
        "pair_accuracy": accuracy,
    }


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


def _judge(
    net: FractureNet,
    average: dict[str, Tensor],
    validate: Callable[[FractureNet], dict[str, float]],
    run: Path,
    step: int,
    best: float,
) -> dict[str, float]:
    """Validation figures of the averaged weights, which are kept where they beat `best`."""
    with _averaged(net, average), torch.no_grad():
        figures = validate(net)
    if figures["val_auc"] > best:
        checkpoint.save_best(run, {"average": average, "step": step, "val_auc": figures["val_auc"]})
    return figures


def _look_for_hard_places(net: FractureNet, spec: PreprocessSpec, bank: PairBank, step: int, volumes: int, bf16: bool) -> None:
    used_from = step + MINED_AHEAD
    if all(first != used_from for first, _ in bank.hard):  # after a resumption they may be known already
        bank.hard.append((used_from, mine(net, spec, bank, step, volumes, _input(net), bf16)))


def _input(net: FractureNet) -> Callable[[Tensor, PreprocessSpec], Tensor]:
    def to_input(hu: Tensor, spec: PreprocessSpec) -> Tensor:
        x = window(hu, spec)
        return x.to(memory_format=torch.channels_last_3d) if net.mode == "full" else x

    return to_input


def _from_places(places: list[HardPlace]) -> Tensor:
    return torch.tensor([[p.pair, p.fractured, *p.voxel] for p in places], dtype=torch.int64).reshape(-1, 5)


def _to_places(rows: Tensor) -> list[HardPlace]:
    return [HardPlace(pair, bool(fractured), (i, j, k)) for pair, fractured, i, j, k in rows.tolist()]


class _Log:
    """log.csv, one row a step, flushed at once; appended to on resuming, rows of steps that are done again cut off."""

    FIELDS = (
        "step",
        "stage",
        "lr",
        "loss",
        "cells",
        "scan",
        "sides",
        "lesson",
        "pair_accuracy",
        "seconds",
        "waited",
        "val_pair_accuracy",
        "val_auc",
        "val_auc_hairline",
        "val_auc_moderate",
        "val_auc_displaced",
    )

    def __init__(self, path: Path, first: int) -> None:
        kept: list[dict[str, Any]] = []
        if first and path.exists():
            with open(path, newline="") as f:
                kept = [row for row in csv.DictReader(f) if int(row["step"]) < first]
        self._file = open(path, "w", newline="")  # noqa: SIM115 (closed by close)
        self._writer = csv.DictWriter(self._file, self.FIELDS, extrasaction="ignore")
        self._writer.writeheader()
        self._writer.writerows(kept)

    def write(self, row: dict[str, Any]) -> None:
        self._writer.writerow({k: f"{v:.5g}" if isinstance(v, float) else v for k, v in row.items()})
        self._file.flush()

    def close(self) -> None:
        self._file.close()
