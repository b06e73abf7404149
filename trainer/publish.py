"""From a run, or from another pack, to a pack: calibrated on validation scans that went the viewer's whole way, then exported."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.inference.manifest import MAX_VERSION, RESERVED, is_name
from trainer.answering import answers, silent
from trainer.evaluation.calibration import FittedDecision, decide, undecided
from trainer.networks.head import FractureNet
from trainer.origin import counted, origin_of, revision, steps_of, study_told
from trainer.packs.card import REVISION, STUDY
from trainer.packs.mean import mean_with
from trainer.packs.remade import load as load_pack
from trainer.scans.manifest import DataError, check_table
from trainer.scans.prepare import PASSING, Told, prepare
from trainer.scans.prepared import remarks
from trainer.scans.split import Prepared
from trainer.starting import hash_of, is_pack, load_run, name_of
from trainer.taken import check_out, taken
from trainer.unseen import check_unseen, figures_of

VALIDATION_SEED_OFFSET = 80_000
VALIDATION_SCANS = 240
# From the joint's middle, below it: of 101 fractures there in sim-val-v1 none has its centre farther away than 41 mm, and some
# ankles are a tenth larger. Beyond lie navicular, cuboid and what follows, of which no training scan shows a fracture.
REACH_MM = 45.0
TITLES = {
    "compact": "Compact 3D CNN",
    "mobilenet": "3D-MobileNet (ACS)",
    "resnet101": "3D-ResNet101 (ACS)",
    "efficientnet_b7": "3D-EfficientNetB7 (ACS)",
}


@dataclass(frozen=True)
class ExportOrder:
    """What to export.

    Attributes:
        run: the run's folder, or a pack, of which another one is made (`packs.remade`); out: the new pack's.
        validation: manifest for calibration and thresholds, or None for simulated scans; a run on own scans needs one.
        metrics: metrics.json of an evaluation of this pack, or None; "ablation" in it ({"how": sentence, "rows": [...]}) goes
            into the card. Figures of several sets stand in one model's entry, those of the others as groups of their own; for a
            run on own scans "pictures" and "pictured" (see `evaluate`) are then those of all sets.
        allow_small: validation scans of one class give an uncalibrated pack instead of an error.
        mirrored: the pack's network sees each volume and its mirror image, see `FractureNet`.
        name: of the pack, None for the network's, which a run on own scans may not take, or for that of the pack it is made of.
        sharpness: factor on its cells' scores, see `FractureNet.sharpen`.
        reach: mm below the joint as far as which it is asked, see `FractureNet.look_near`; 0 as far as the cube goes. None for a
            network that sees ankles and learnt from simulated ones: so far that every cell with a place within REACH_MM counts.
        mean_with: the pack that the run went on from, for the mean of both (`packs.mean`); after it other runs that went on from
            it, too, which share the run's half.
        version, status, default, finer: see `export.export`.
    """

    run: Path
    out: Path
    validation: Path | None = None
    metrics: Path | None = None
    allow_small: bool = False
    name: str | None = None
    version: str = "1"
    status: str = "preliminary"
    default: bool = False
    finer: int | None = None
    mirrored: bool = False
    sharpness: float = 1.0
    reach: float | None = None
    mean_with: Sequence[Path] | None = None

    @property
    def of_pack(self) -> bool:
        """Whether it is made of another pack."""
        return is_pack(self.run)

    @property
    def kept(self) -> Path:
        """The folder for the validation scans and the answers on them: the run's, or one beside the new pack where it is made of
        another, which may be one that ships.
        """
        return self.out.with_name(f"{self.out.name}-validation") if self.of_pack else self.run


def export_run(
    order: ExportOrder,
    say: Callable[[str], None] = lambda line: None,
    preparing: Told = silent,
    answering: Told = silent,
) -> Path:
    """`ankle-trainer export`: thresholds and calibration from validation scans that went the viewer's whole way, then the gates,
    then the pack.

    Args:
        say: takes lines for people; preparing, answering: called with (validation scans done, of all, scan).

    Raises:
        AnkleViewerError: USAGE, NAME_INVALID, NAME_MISSING, VALIDATION_MISSING, METRICS_UNFIT, DATA_TOO_FEW, RUN_UNREADABLE,
            OUT_UNFIT, INIT_UNFIT.
        DataError: the validation table is not usable.
        ExportError, FileExistsError: see `export.export`.
    """
    from trainer.packs.export import Label, check_order, export

    _check_asked(order)
    net, spec, record = load_pack(order.run) if order.of_pack else load_run(order.run)
    more = (order.mean_with or ())[1:]
    others = [load_run(run) for run in more]
    record = _of_all([record, *(other for _, _, other in others)], [order.run, *more])
    if "data" in record:
        _check_own(order)
        if not record.get("pictures"):
            say(_unchecked(order))
    steps, *_ = [steps_of(run, one, say) for run, one in zip((order.run, *more), record["all"], strict=True)]
    name = order.name or record.get("name", record["arch"])
    metrics, measured = figures_of(order.metrics, name, record) if order.metrics else ({}, set())
    _change(net, order, record, [other for other, _, _ in others])
    _ask_near(net, order, spec, own="data" in record)
    check_order(net, order.out, order.finer)  # before hours of answers
    _check_places(order)
    manifest = order.validation or _simulated(order.kept / "validation")
    with taken(order.kept / "validation-prepared"):
        found = prepare(manifest, order.kept / "validation-prepared", spec, progress=preparing, part="validation")
        _check_found(found)
        for line in remarks(found, order.kept / "validation-prepared"):
            say(line)
        check_unseen(record, found, measured)
        labels, logits, peaks, inputs = answers(net, found, order.kept / "validation-answers.json", answering)
    decision = _decision(labels, logits, peaks, order.allow_small)
    origin = {
        **origin_of(record, steps, order.sharpness, len(others) + 1 if order.mean_with else 0),
        REVISION: revision(),
        "validation": f"{len(found)} scans, {len(labels)} assessed, excluded: {counted(p.excluded for p in found)}",
        STUDY: study_told(manifest),
    }
    title = TITLES.get(record["arch"], record["arch"]) + ("" if name == record["arch"] else f" ({name})")  # two of one kind
    label = Label(name, title, order.version, order.status, order.default)
    return export(net, spec.to_json(), decision.to_json(), origin, metrics, label, order.out, inputs, order.finer)


def _check_found(found: Sequence[Prepared]) -> None:
    """Thresholds from the half of the scans that a share happens to show would be others than the card says.

    Raises:
        DataError: SCANS_NOT_FOUND.
    """
    if away := [p.row.id for p in found if p.excluded in PASSING]:
        raise DataError(
            "SCANS_NOT_FOUND",
            f"{len(away)} of {len(found)} validation scans cannot be read now, the first is {away[0]}: is its folder connected? "
            "Where they are gone for good, take them out of the table",
        )


def _check_asked(order: ExportOrder) -> None:
    """What can be told without a look at the run.

    Raises:
        AnkleViewerError: NAME_INVALID, USAGE.
    """
    if order.name is not None and not is_name(order.name):
        raise AnkleViewerError(
            "NAME_INVALID",
            f"A model may not be named {order.name!r}: 1 to 64 small letters a to z, digits, dots, underscores and hyphens, the "
            f"first a letter or digit, not {', '.join(RESERVED)}, none that Windows keeps for itself (con, nul ...), and no dot "
            "nor .zip at its end.",
        )
    if len(order.version) > MAX_VERSION or not order.version.isprintable():
        raise AnkleViewerError("USAGE", f"--version takes at most {MAX_VERSION} signs that can be printed.")


def _simulated(folder: Path) -> Path:
    """Validation scans of a run that was given none: their manifest."""
    from trainer.scans.write_scans import Order, simulate

    wanted = Order(folder, VALIDATION_SCANS, VALIDATION_SEED_OFFSET, twins=True)
    for _ in simulate(wanted):
        pass
    return wanted.out / "manifest.csv"


def _decision(labels: Sequence[int], logits: Sequence[float], peaks: Sequence[float], allow_small: bool) -> FittedDecision:
    """Calibration, thresholds and floors from the answers on validation scans.

    Raises:
        AnkleViewerError: DATA_TOO_FEW.
    """
    y = np.array(labels)
    if len(set(labels)) == 2:
        return decide(y, logits, np.array(peaks)[y == 1], np.array(peaks)[y == 0])
    if allow_small and labels:
        return undecided(peaks)
    raise AnkleViewerError(
        "DATA_TOO_FEW",
        "The validation scans hold one class only, so no threshold can be set: add patients, or write an uncalibrated pack by "
        "--allow-small.",
    )


def _of_all(records: Sequence[dict[str, Any]], runs: Sequence[Path]) -> dict[str, Any]:
    """The record of a run together with those of others whose weights go into the same network: what any of them has seen.

    Raises:
        AnkleViewerError: INIT_UNFIT, they learnt from scans of another kind, or saw them in another way; USAGE, a run twice.
    """
    if len({run.resolve() for run in runs}) < len(runs):
        raise AnkleViewerError("USAGE", "A run is named twice for a mean.")
    if any(record.get(name) != records[0].get(name) for record in records for name in ("data", "preprocessing")):
        raise AnkleViewerError("INIT_UNFIT", "A mean is made of runs on scans of one kind, seen through one window.")
    seen: dict[str, Any] = {}
    for name in ("pictures", "judged"):
        if any(name in record for record in records):
            seen[name] = sorted({scan for record in records for scan in record.get(name, ())})
    return {**records[0], **seen, "all": records}


def _change(net: FractureNet, order: ExportOrder, record: Mapping[str, Any], others: Sequence[FractureNet]) -> None:
    """Make of the run's network the one that the order asks for.

    Raises:
        AnkleViewerError: USAGE, INIT_UNFIT.
    """
    if order.mean_with and order.of_pack:
        raise AnkleViewerError("USAGE", f"--mean-with goes with a run, and {order.run} is a pack; leave it out.")
    if order.of_pack and order.run.resolve() == order.out.resolve():
        raise AnkleViewerError(
            "USAGE", f"{order.out} is the pack that is exported, and a second export would need it: give another --out."
        )
    if order.mean_with:
        pack = order.mean_with[0]
        for one in record["all"]:
            _check_mean(pack, order.out, one)
        if others and len({one["seed"] for one in record["all"]}) > 1 and record.get("asked", {}).get("--blocks"):
            raise AnkleViewerError("INIT_UNFIT", "Runs that added blocks have a mean only where they began with the same --seed.")
        mean_with(net, pack, others)
    if order.mirrored:
        net.mirror()
    if order.sharpness != 1:
        if net.pooling != "lse":
            raise AnkleViewerError("USAGE", "--sharpness goes with a network that pools by log-sum-exp; leave it out.")
        net.sharpen(order.sharpness)


def _ask_near(net: FractureNet, order: ExportOrder, spec: PreprocessSpec, own: bool) -> None:
    """Leave out of the network's answer what no simulated fracture lies in.

    Raises:
        AnkleViewerError: USAGE.
    """
    unfit = net.pooling != "lse" or spec.fit != "ankle" or order.finer is not None
    if order.reach and unfit:
        raise AnkleViewerError(
            "USAGE",
            "--reach goes with a network that pools by log-sum-exp over a cube about the ankle, not with --finer; leave it out.",
        )
    if order.reach is not None or not (own or unfit):
        half_diagonal = net.stride * spec.spacing_mm * math.sqrt(3) / 2
        net.look_near((round(REACH_MM + half_diagonal) if order.reach is None else order.reach) / spec.spacing_mm)


def _check_mean(pack: Path, out: Path, record: Mapping[str, Any]) -> None:
    """The mean of two networks that learnt apart is none of either.

    Raises:
        AnkleViewerError: USAGE, INIT_UNFIT.
    """
    if pack.resolve() == out.resolve():
        raise AnkleViewerError(
            "USAGE", f"{out} is the pack of --mean-with, and a second export would need it: give another --out."
        )
    init, given = record.get("init", ""), name_of(pack)
    told = ""
    if given != init:
        told = (f"it went on from {init}" if init else "it began from nothing") + f", not from {given}"
    elif record.get("init_sha256", hash_of(pack)) != hash_of(pack):  # earlier releases kept none
        told = f"{pack} bears its name, and is another one"
    if told:
        raise AnkleViewerError("INIT_UNFIT", f"A mean is made with the pack that a run went on from: {told}.")


def _check_own(order: ExportOrder) -> None:
    """What a run on own scans needs to be told."""
    if order.name is None:
        raise AnkleViewerError(
            "NAME_MISSING",
            "A network trained on own scans needs a name of its own, by --name: under its architecture's its pack would hide the "
            "shipped model.",
        )
    if order.validation is None:
        raise AnkleViewerError(
            "VALIDATION_MISSING",
            "A network trained on own scans is calibrated on own scans: give DATA/validation.csv by --validation.",
        )


def _unchecked(order: ExportOrder) -> str:
    """What is said of a run on own scans whose record knows none of them, so that no leak would be seen."""
    whose = "the validation scans" + (f" or those of {order.metrics.name}" if order.metrics else "")
    why = "a pack keeps no record of them" if order.of_pack else "an earlier release kept no record of them"
    return f"{order.run} does not tell which scans it was trained on ({why}): whether {whose} are among them is not checked"


def _check_places(order: ExportOrder) -> None:
    """What is read and written besides the pack's own folder.

    Raises:
        DataError: see `check_table`.
        AnkleViewerError: OUT_UNFIT.
    """
    if order.validation is not None:
        check_table(order.validation, "--validation", "validation")
    check_out(order.out.absolute().parent)  # a new pack is made beside the old one
    check_out(order.kept, "answers on the validation scans are kept there; export a copy of the run that you may write to")
