"""Runs: what is to be trained, the simulator beside the loop, the run's folder, and its figures on validation scans."""

from __future__ import annotations

import collections
import functools
import json
import multiprocessing
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.io.atomic import write_text
from trainer.evaluation.metrics import auc, pair_accuracy
from trainer.networks.head import FractureNet
from trainer.orders import TrainOrder
from trainer.scans.manifest import check_table
from trainer.scans.named_sets import FIRST_SEED, check_bodies
from trainer.scans.prepare import prepare
from trainer.scans.split import Prepared
from trainer.simulate.fracture import SEVERITIES
from trainer.simulate.pairs import BankOrder, Pair, fill_bank
from trainer.simulate.streams import SIMULATOR_VERSION
from trainer.simulate.workers import at_work, begin
from trainer.starting import goes_deep, grown, hash_of, model_of, name_of, start, teacher_of, with_teacher
from trainer.taken import in_turn
from trainer.training import checkpoint
from trainer.training.curves import draw_curves
from trainer.training.data import PairBank
from trainer.training.fingerprint import check, fingerprint, of_scans
from trainer.training.loop import Progress, train
from trainer.training.objective import Stage, to_input
from trainer.training.pair_source import FolderPairs, LivePairs
from trainer.training.processes import Processes, processes, started
from trainer.training.recipes import RECIPES
from trainer.training.rows import check_shares
from trainer.training.settle import settle
from trainer.training.teach import Teacher

BATCH_SEED = 7
FEW_PAIRS = 64  # that a run begins with; a trial of fewer may lack a kind of fracture
SETTLING = 30  # batches that the statistics of new blocks come from
SHALLOW = "shallow"  # folder in a run's own: the network of fewer blocks that it began with


def _fill(folder: str, order: BankOrder) -> None:
    begin()
    at_work(collections.deque, fill_bank(Path(folder), order), maxlen=0)


def train_on_simulator(
    order: TrainOrder, report: Callable[[Progress], None], say: Callable[[str], None] = lambda line: None
) -> FractureNet:
    """`ankle-trainer train --data simulate`: pairs are made in a process of their own while the loop runs on those that are
    there. Where the recipe says so, a network of fewer blocks learns first (in OUT/shallow) and is deepened then.

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
    validate, found = None, []
    if order.validation is not None:
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
        validate = functools.partial(validation_figures, found=found, bf16=order.in_bf16)
    first = min(recipe.pairs, FEW_PAIRS)
    growth = (recipe.pairs - first) / max(1.0, 0.6 * sum(s.steps for s in stages))
    wanted = BankOrder(order.seed, recipe.pairs, recipe.crop, recipe.whole_every, spec.spacing_mm)
    deep = goes_deep(order, recipe)
    all_stages = [*stages, *(recipe.deepened if deep else ())]
    check_shares(all_stages, started())  # before anything is removed or made; a later stage would fail after hours
    settings = [_told(wanted), [s.told() for s in all_stages], order.seed, *([recipe.shallow] if deep else ())]
    kept = fingerprint([spec.hash, of_scans(found)], model_of(order), settings)
    notes = {
        "seed": order.seed,
        "pairs": recipe.pairs,
        "judges": len(found),
        "init": name_of(order.init),
        "init_sha256": hash_of(order.init),
        "teacher": teacher_of(order),
        "asked": order.asked(),
        "fingerprint": kept,
    }
    if order.resume:
        for run in (order.out, *([order.out / SHALLOW] if deep else ())):
            check(run, kept, {**notes, "arch": order.model, "preprocessing": spec.to_json()})
    else:  # what an older run left there this one must neither go on from, where it stops early, nor count as its own
        checkpoint.drop(order.out)
        shutil.rmtree(order.out / SHALLOW, ignore_errors=True)
    total = sum(s.steps for s in all_stages)
    with processes(device) as group, _pairs(order, wanted, group) as pair:

        def learn(
            net: FractureNet,
            stages: list[Stage],
            teacher: Teacher | None,
            run: Path,
            done: int = 0,
            fresh: Sequence[nn.Module] = (),
        ) -> FractureNet:
            few = recipe.pairs < FEW_PAIRS
            bank = PairBank(pair, recipe.pairs, recipe.pairs if done else first, growth, BATCH_SEED + done, device, any_kind=few)
            if fresh:
                net.to(device)
                batches = (bank.batch(total + k, stages[0].plan) for k in range(SETTLING))
                settle(net, fresh, (to_input(net, batch.hu.to(device), spec) for batch in batches))
            trained = train(
                net,
                spec,
                stages,
                bank,
                run,
                execution=order.on(group),
                teacher=teacher,
                resume=order.resume,
                validate=validate,
                report=lambda at: report(replace(at, step=at.step + done, of=total)),
                say=say,
                notes=notes,
            )
            if group.first:
                draw_curves(run)
            return trained

        if deep:
            begun = order.resume and checkpoint.load(order.out) is not None
            shallow = None if begun else learn(net, stages, teacher, order.out / SHALLOW)
            whole = grown(order, recipe, shallow, teacher)
            return learn(whole.net, whole.stages, whole.teacher, order.out, sum(s.steps for s in stages), whole.fresh)
        return learn(net, stages, teacher, order.out)


@contextmanager
def _pairs(order: TrainOrder, wanted: BankOrder, group: Processes) -> Iterator[Callable[[int], Pair]]:
    """The simulator beside the loop, for as long as the block lasts; the first of many processes starts it for all."""
    if order.live:
        live = LivePairs(wanted, device=order.on_device)
        try:
            yield live
        finally:
            live.close()
        return
    folder = order.out / "pairs"
    if group.first:
        _clear_others(folder, wanted)
    group.wait()
    if not group.first:
        yield FolderPairs(folder)
        return
    maker = multiprocessing.get_context("spawn").Process(target=_fill, args=(str(folder), wanted), daemon=True)
    maker.start()
    try:
        yield FolderPairs(folder, maker.is_alive)
    finally:
        maker.terminate()
        maker.join()


def _told(wanted: BankOrder) -> dict[str, Any]:
    """What pairs are made by: their order, and the simulator that makes them."""
    return asdict(wanted) | {"simulator": SIMULATOR_VERSION}


def _clear_others(folder: Path, wanted: BankOrder) -> None:
    """Remove pairs that an older run with another seed, size or spacing, or another simulator, left in the folder: the simulator
    keeps what is there.
    """
    label = folder / "order.json"
    told = json.dumps(_told(wanted) | {"count": None})  # more or fewer of the same
    if not label.is_file() or label.read_text(encoding="utf-8") != told:
        for path in folder.glob("pair-*.npz"):
            path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    write_text(label, told)


def validation_figures(
    net: FractureNet, found: Sequence[Prepared], bf16: bool = False, size: int | None = None
) -> dict[str, float]:
    """AUC on prepared scans, in all and for the fractures of each severity, and the share of twins in the right order; inputs are
    averaged down to `size` voxels, if given.
    """
    kept = [p for p in found if p.input_path is not None]
    known: dict[str, list[float]] = {}
    look(net, kept, known, bf16, size)
    y, score = np.array([p.row.label for p in kept]), np.array([known[p.row.id][0] for p in kept])
    figures = {"val_auc": auc(y, score)}
    for severity in SEVERITIES:
        chosen = (y == 0) | np.array([p.row.severity == severity for p in kept])
        if y[chosen].any():
            figures[f"val_auc_{severity}"] = auc(y[chosen], score[chosen])
    figures["val_pair_accuracy"] = pair_accuracy(y, score, [p.row.twin for p in kept])[0]  # nan without twins
    return figures


def look(
    net: FractureNet, found: Sequence[Prepared], known: dict[str, list[float]], bf16: bool = False, size: int | None = None
) -> None:
    """Fill `known` with logit and highest cell of every scan that is not in it yet."""
    with torch.no_grad(), torch.autocast(next(net.parameters()).device.type, torch.bfloat16, enabled=bf16):
        for item in found:
            if item.row.id not in known and item.input_path is not None:
                device = next(net.parameters()).device
                x = torch.from_numpy(np.load(item.input_path))[None, None]
                if size is not None and size < x.shape[2]:
                    x = F.interpolate(x, size=(size,) * 3, mode="area")
                logit, cam = net(x.to(device))
                known[item.row.id] = [float(logit), float(cam.max())]
