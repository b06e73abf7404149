"""`ankle-trainer train --data DATA`: a network on a hospital's own scans, as `ankle-trainer prepare` left them."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.words import OWN_SCANS
from ankleviewer.inference.packs import read_pack
from trainer.networks.head import FractureNet
from trainer.orders import TrainOrder
from trainer.scans.prepared import read_prepared
from trainer.scans.split import Prepared
from trainer.starting import hash_of, model_of, name_of, start_network
from trainer.training.curves import draw_curves
from trainer.training.data import BATCH_SEED
from trainer.training.execution import Execution
from trainer.training.fingerprint import check, fingerprint, of_scans, pictures
from trainer.training.judge import validation_figures
from trainer.training.loop import Progress, train
from trainer.training.processes import processes
from trainer.training.recipes import chosen, for_scans
from trainer.training.room import free_memory, most_rows
from trainer.training.scan_bank import ScanBank


def train_on_scans(
    order: TrainOrder,
    data: Path,
    report: Callable[[Progress], None],
    say: Callable[[str], None] = lambda line: None,
    *,
    batch: int | None = None,
    allow_small: bool = False,
) -> FractureNet:
    """Train on the "train" part of prepared scans; the state is chosen on the "validation" part, "test" is not looked at.

    Args:
        order: `size` below that of the inputs averages them down.
        batch: scans a step, None for the preset's own.
        allow_small: go on without validation where that part lacks one of the classes.

    Raises:
        DataError: no prepared scans.
        AnkleViewerError: USAGE, DATA_TOO_FEW, and as `train_on`.
    """
    check_order(order)
    if seen := unknown_scans(order.init):
        say(
            f"{seen} If they are in the validation or the test part of {data}, figures there are too good: go on within one DATA."
        )
    spec, own, judges = parts_of(data, allow_small)
    return train_on(order, spec, own, judges, report, say, batch)


def unknown_scans(pack: Path | None) -> str:
    """What is to be said of a pack that has learnt from own scans itself: it does not tell which; "" of any other."""
    if pack is None or not hash_of(pack):
        return ""
    origin = read_pack(pack).manifest.record.get("origin")
    if not isinstance(origin, dict) or origin.get("data") != OWN_SCANS:
        return ""
    return f"{name_of(pack)} has learnt from own scans, and does not tell from which."


def parts_of(data: Path, allow_small: bool = False) -> tuple[PreprocessSpec, list[Prepared], list[Prepared]]:
    """Preprocessing of the prepared scans, those to train on, and those to choose by: none where these lack a class and
    `allow_small` lets that pass.

    Raises:
        DataError: no prepared scans.
        AnkleViewerError: DATA_TOO_FEW.
    """
    spec, found = read_prepared(data)
    own = [p for p in found if p.split == "train" and p.input_path is not None]
    judges = [p for p in found if p.split == "validation" and p.input_path is not None]
    if not own:
        raise AnkleViewerError("DATA_TOO_FEW", f"{data} holds no scan to train on.")
    two_classes = {p.row.label for p in judges} == {0, 1}
    if not two_classes and not allow_small:
        raise AnkleViewerError(
            "DATA_TOO_FEW",
            "The validation scans hold one class only, so no state can be chosen and no threshold set: add patients, or go on "
            "without validation by --allow-small.",
        )
    return spec, own, judges if two_classes else []


def train_on(
    order: TrainOrder,
    spec: PreprocessSpec,
    own: Sequence[Prepared],
    judges: Sequence[Prepared],
    report: Callable[[Progress], None],
    say: Callable[[str], None] = lambda line: None,
    batch: int | None = None,
) -> FractureNet:
    """Train on the prepared scans `own`; the state is chosen on `judges`, the last one is taken where there are none. `spec` is
    the preprocessing of the inputs.

    Raises:
        AnkleViewerError: USAGE, DEVICE_MISSING, RESUME_UNFIT, and as `starting.start_network`.
    """
    device = order.on_device
    known, now = fingerprint_of(order, spec, own, judges, batch), record_of(order, spec, own, judges, batch)
    if order.resume:
        check(order.out, known, now)
    net, expected, _ = start_network(order, say)
    if expected is not None:
        _check_fits(expected, spec)
    spec = at_size(spec, order.size)
    if spec.size % net.stride:
        raise AnkleViewerError("USAGE", f"{order.model} takes a --size that is a multiple of {net.stride}, not {spec.size}.")
    marked = any(p.marks_path is not None for p in own if p.row.label)
    stages = for_scans(order.preset, len(own), order.epochs, spec.size, marked, expected is not None, batch)
    stages = chosen(stages, order.rate, order.strength)
    inputs = [(p.input_path, p.row.label, p.marks_path) for p in own if p.input_path]
    # a pack's own weights leave nothing else to the seed
    bank = ScanBank(inputs, spec, spec.size, BATCH_SEED + order.seed, device)
    steps = bank.steps_per_epoch(stages[0].plan.others)
    say(f"{len(own)} scans to train on, {len(judges)} to choose by, {steps} steps an epoch, {stages[0].steps} steps")
    validate = functools.partial(validation_figures, found=judges, bf16=order.in_bf16, size=spec.size) if judges else None
    with processes(device) as group:
        execution = _in_room(order.on(group), net, spec.size, stages[0].plan.others, say)
        trained = train(
            net,
            spec,
            list(stages),
            bank,
            order.out,
            execution=execution,
            resume=order.resume,
            save_every=steps,
            validate=validate,
            validate_every=steps,
            report=report,
            say=say,
            notes={**now, "data": OWN_SCANS, "fingerprint": known},
        )
    if group.first:
        draw_curves(order.out)
    return trained


def _in_room(execution: Execution, net: FractureNet, size: int, rows: int, say: Callable[[str], None]) -> Execution:
    """With a batch in parts that fit into a CPU's memory, unless the order says how many. A GPU says itself what is too much."""
    if execution.most_rows is not None or execution.device.type != "cpu":
        return execution
    free = execution.processes.agree(free_memory())
    half, anew, copies = execution.bf16, execution.save_memory, execution.processes.size
    most = most_rows(net.arch, size, rows, half, anew, free, copies, float(net.config.get("width", 1.0)))
    if most is not None and free is not None:
        parts = f"parts of {most}" if most > 1 else "parts of one scan"
        say(f"{free / 1e9:.1f} GB of memory are free, too little for {rows} scans at a time: a batch is worked out in {parts}")
    return replace(execution, most_rows=most)


def check_order(order: TrainOrder) -> None:
    """Options that mean nothing to prepared scans must not look as if they did.

    Raises:
        AnkleViewerError: USAGE.
    """
    if order.validation is not None:
        raise AnkleViewerError(
            "USAGE",
            "--validation goes with --data simulate; prepared scans have a validation part, by which the state is chosen.",
        )
    if order.live:
        raise AnkleViewerError("USAGE", "--live goes with --data simulate; of prepared scans nothing is simulated.")
    if order.teacher is not None:
        raise AnkleViewerError("USAGE", "--teacher goes with --data simulate; on prepared scans no preset learns from a teacher.")


def fingerprint_of(
    order: TrainOrder, spec: PreprocessSpec, own: Sequence[Prepared], judges: Sequence[Prepared], batch: int | None
) -> dict[str, str]:
    """The fingerprint of a run on prepared scans.

    Raises:
        ModelError: there is no such pack to go on from.
    """
    # as if for so many scans, all marked: other scans alone must not count as other settings
    stages = for_scans(order.preset, 10**6, order.epochs, at_size(spec, order.size).size, True, False, batch)
    settings = [[s.told() for s in chosen(stages, order.rate, order.strength)], order.seed]
    return fingerprint([spec.hash, of_scans(own), of_scans(judges)], model_of(order), settings)


def record_of(
    order: TrainOrder, spec: PreprocessSpec, own: Sequence[Prepared], judges: Sequence[Prepared], batch: int | None
) -> dict[str, Any]:
    """What the record of a run on prepared scans tells of it, before there is a network.

    Raises:
        ModelError: there is no such pack to go on from.
    """
    return {
        "arch": order.model,
        "preprocessing": at_size(spec, order.size).to_json(),
        "seed": order.seed,
        "scans": len(own),
        "judges": len(judges),
        "pictures": pictures(own),
        "judged": pictures(judges),
        "init": name_of(order.init),
        "init_sha256": hash_of(order.init),
        "asked": order.asked(batch),
    }


def _check_fits(expected: PreprocessSpec, spec: PreprocessSpec) -> None:
    """A network goes on only from what it has learnt to see.

    Raises:
        AnkleViewerError: INIT_UNFIT.
    """
    if expected.window != spec.window:
        raise AnkleViewerError(
            "INIT_UNFIT",
            f"The pack sees scans through the window {expected.window}, the prepared scans have {spec.window}.",
        )
    if not math.isclose(expected.spacing_mm, spec.spacing_mm, rel_tol=0.05):
        raise AnkleViewerError(
            "INIT_UNFIT",
            f"The pack sees voxels of {expected.spacing_mm:g} mm, the prepared scans have {spec.spacing_mm:g} mm; "
            "prepare them again.",
        )


def at_size(spec: PreprocessSpec, size: int | None) -> PreprocessSpec:
    """The preprocessing whose cube has `size` voxels along each edge and the same length, where that is coarser."""
    if size is None or size >= spec.size:
        return spec
    return replace(spec, size=size, spacing_mm=spec.spacing_mm * spec.size / size)
