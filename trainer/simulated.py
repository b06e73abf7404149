"""`ankle-trainer train --data simulate`: a network on pairs of simulated scans, which are made while it learns."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import nn

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import AnkleViewerError
from trainer.networks.head import FractureNet
from trainer.orders import TrainOrder
from trainer.scans.manifest import check_table
from trainer.scans.named_sets import FIRST_SEED, check_bodies
from trainer.scans.prepare import prepare
from trainer.scans.split import Prepared
from trainer.simulate.pairs import BankOrder, Pair
from trainer.starting import goes_deep, grown, hash_of, model_of, name_of, start, teacher_of, with_teacher
from trainer.taken import in_turn
from trainer.training import checkpoint
from trainer.training.curves import draw_curves
from trainer.training.data import BATCH_SEED, PairBank
from trainer.training.fingerprint import check, fingerprint, of_scans
from trainer.training.judge import validation_figures
from trainer.training.loop import Progress, train
from trainer.training.objective import Stage, to_input
from trainer.training.pair_making import pairs_beside, told
from trainer.training.processes import Processes, processes, started
from trainer.training.recipes import RECIPES
from trainer.training.rows import check_shares
from trainer.training.settle import settle
from trainer.training.teach import Teacher

FEW_PAIRS = 64  # that a run begins with; a trial of fewer may lack a kind of fracture
SETTLING = 30  # batches that the statistics of new blocks come from
SHALLOW = "shallow"  # folder in a run's own: the network of fewer blocks that it began with


def train_on_simulator(
    order: TrainOrder, report: Callable[[Progress], None], say: Callable[[str], None] = lambda line: None
) -> FractureNet:
    """Train on pairs that are made meanwhile. Where the recipe says so, a network of fewer blocks learns first (in OUT/shallow)
    and is deepened then.

    Raises:
        AnkleViewerError: RESUME_UNFIT, RUN_UNREADABLE, DEVICE_MISSING, DATA_TOO_FEW, USAGE, and as `start_network`.
    """
    if order.seed >= FIRST_SEED and not order.resume:
        raise AnkleViewerError(
            "USAGE", f"Seeds from {FIRST_SEED} on are kept for scans that judge a network; give a lower --seed."
        )
    order = with_teacher(order)
    device = order.on_device
    recipe = RECIPES[order.model, order.preset].shortened(order.epochs, order.size)
    net, spec, stages, teacher = start(order, recipe, say)
    judges = _judges(order, spec)
    deep = goes_deep(order, recipe)
    whole_course = [*stages, *(recipe.deepened if deep else ())]
    check_shares(whole_course, started())  # before anything is removed or made; a later stage would fail after hours
    wanted = BankOrder(order.seed, recipe.pairs, recipe.crop, recipe.whole_every, spec.spacing_mm)
    settings = [told(wanted), [s.told() for s in whole_course], order.seed, *([recipe.shallow] if deep else ())]
    notes = {
        "seed": order.seed,
        "pairs": recipe.pairs,
        "judges": len(judges),
        "init": name_of(order.init),
        "init_sha256": hash_of(order.init),
        "teacher": teacher_of(order),
        "asked": order.asked(),
        "fingerprint": fingerprint([spec.hash, of_scans(judges)], model_of(order), settings),
    }
    _check_or_clear(order, deep, {**notes, "arch": order.model, "preprocessing": spec.to_json()})
    live = device if order.live else None
    with processes(device) as group, pairs_beside(order.out / "pairs", wanted, group, live) as pairs:
        course = _Course(
            order=order,
            count=recipe.pairs,
            spec=spec,
            first=stages,
            whole=whole_course,
            pairs=pairs,
            group=group,
            judges=judges,
            notes=notes,
            report=report,
            say=say,
        )
        if not deep:
            return course.learn(net, stages, teacher, order.out)
        begun = order.resume and checkpoint.load(order.out) is not None
        shallow = None if begun else course.learn(net, stages, teacher, order.out / SHALLOW)
        whole = grown(order, recipe, shallow, teacher)
        return course.learn(whole.net, whole.stages, whole.teacher, order.out, sum(s.steps for s in stages), whole.fresh)


def _judges(order: TrainOrder, spec: PreprocessSpec) -> list[Prepared]:
    """The scans by which the state is chosen, prepared; none where the order names none.

    Raises:
        DataError: the table cannot be used.
        AnkleViewerError: DATA_TOO_FEW, DATA_LEAK.
    """
    if order.validation is None:
        return []
    check_table(order.validation, "--validation", "validation")
    with in_turn(order.out):
        found = prepare(order.validation, order.out / "validation-prepared", spec, part="validation")
    check_bodies(order.seed, (p.row.id for p in found))
    if {p.row.label for p in found if p.input_path is not None} != {0, 1}:
        raise AnkleViewerError(
            "DATA_TOO_FEW",
            "The scans of --validation that can be used hold one class only, so no state can be chosen by them: add others, "
            "or leave --validation out.",
        )
    return found


def _check_or_clear(order: TrainOrder, deep: bool, record: Mapping[str, Any]) -> None:
    """A run that goes on must be this one. Of one that begins, what an older one left there must neither be gone on from, where
    it stops early, nor count as its own.

    Raises:
        AnkleViewerError: RESUME_UNFIT.
    """
    if order.resume:
        for run in (order.out, *([order.out / SHALLOW] if deep else ())):
            check(run, record["fingerprint"], record)
    else:
        checkpoint.drop(order.out)
        shutil.rmtree(order.out / SHALLOW, ignore_errors=True)


@dataclass(frozen=True)
class _Course:
    """What the networks of one run have in common: one, or a shallow one and the whole one that grows out of it.

    Attributes:
        count: of pairs; first: stages of the first network; whole: those of all; pairs: by their number; judges: scans by which a
            state is chosen.
    """

    order: TrainOrder
    count: int
    spec: PreprocessSpec
    first: Sequence[Stage]
    whole: Sequence[Stage]
    pairs: Callable[[int], Pair]
    group: Processes
    judges: Sequence[Prepared]
    notes: Mapping[str, Any]
    report: Callable[[Progress], None]
    say: Callable[[str], None]

    def learn(
        self,
        net: FractureNet,
        stages: list[Stage],
        teacher: Teacher | None,
        run: Path,
        done: int = 0,
        fresh: Sequence[nn.Module] = (),
    ) -> FractureNet:
        """Train one network through its stages.

        Args:
            done: steps of the run before; fresh: blocks of the network whose statistics are still to be taken.
        """
        order, device, count = self.order, self.order.on_device, self.count
        total = sum(s.steps for s in self.whole)
        there, few = count if done else min(count, FEW_PAIRS), count < FEW_PAIRS
        growth = (count - min(count, FEW_PAIRS)) / max(1.0, 0.6 * sum(s.steps for s in self.first))
        bank = PairBank(self.pairs, count, there, growth, BATCH_SEED + done, device, any_kind=few)
        if fresh:
            net.to(device)
            batches = (bank.batch(total + k, stages[0].plan) for k in range(SETTLING))
            settle(net, fresh, (to_input(net, batch.hu.to(device), self.spec) for batch in batches))
        validate = functools.partial(validation_figures, found=self.judges, bf16=order.in_bf16) if self.judges else None
        trained = train(
            net,
            self.spec,
            stages,
            bank,
            run,
            execution=order.on(self.group),
            teacher=teacher,
            resume=order.resume,
            validate=validate,
            report=lambda at: self.report(replace(at, step=at.step + done, of=total)),
            say=self.say,
            notes=self.notes,
        )
        if self.group.first:
            draw_curves(run)
        return trained
