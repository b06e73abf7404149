"""Runs: what is to be trained, the simulator beside the loop, the run's folder, and its figures on validation scans."""

from __future__ import annotations

import collections
import functools
import json
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.paths import assets_dir
from ankleviewer.inference.manifest import MANIFEST_FILE
from ankleviewer.inference.packs import read_pack
from ankleviewer.io.atomic import write_text
from trainer.evaluation.metrics import auc, pair_accuracy
from trainer.networks.head import FractureNet
from trainer.networks.registry import build
from trainer.networks.weights import load_weights, read_weights
from trainer.scans.prepare import Prepared, prepare
from trainer.simulate.fracture import SEVERITIES
from trainer.simulate.pairs import BankOrder, Pair, fill_bank
from trainer.simulate.workers import at_work, begin
from trainer.training import checkpoint
from trainer.training.curves import draw_curves
from trainer.training.data import PairBank
from trainer.training.fingerprint import CONFIG, check, fingerprint, of_file, of_scans
from trainer.training.loop import Execution, Progress, train
from trainer.training.objective import Stage
from trainer.training.pair_source import FolderPairs, LivePairs
from trainer.training.precision import bf16_pays
from trainer.training.processes import Processes, best_device, processes
from trainer.training.recipes import RECIPES, Recipe, chosen
from trainer.training.teach import Teacher
from trainer.training.warm_start import from_pack

BATCH_SEED = 7
WEIGHT_FILES = (".safetensors", ".pth", ".pt", ".bin")


@dataclass(frozen=True)
class TrainOrder:
    """What to train.

    Attributes:
        model, preset: key of `recipes.RECIPES`.
        out: the run's folder.
        teacher: run or model pack of the network to learn from, where the recipe has one; None takes the shipped pack.
        init: model pack (folder or .zip) to go on from, which settles teacher and width; or a file of published 2D weights
            (.safetensors, .pth, .pt) to start from; or None to start from nothing.
        partial: weights of a file may match in part.
        validation: manifest on whose scans the best state is chosen, or None for the last one.
        epochs: None for the recipe's own length; size: largest crop, voxels, None for the recipe's own or the scans'.
        seed: of the weights and of the simulated pairs.
        width: factor on the channels, or None for the network's own.
        bf16: half precision inside the network, None for where it pays; resume: go on from the run's checkpoint.
        most_rows, save_memory: see `loop.Execution`; device: "auto" takes a GPU where there is one.
        live: keep the simulated pairs in memory instead of in the run's folder.
        rate, strength: learning rate at the start and strength of the augmentation, None for the recipe's.
        compile, tensorboard: see `loop.Execution`.
    """

    model: str
    preset: str
    out: Path
    teacher: Path | None = None
    init: Path | None = None
    validation: Path | None = None
    epochs: float | None = None
    size: int | None = None
    seed: int = 1001
    width: float | None = None
    bf16: bool | None = False
    resume: bool = False
    live: bool = False
    partial: bool = False
    most_rows: int | None = None
    save_memory: bool = False
    device: str = "auto"
    rate: float | None = None
    strength: float | None = None
    compile: str = "auto"
    tensorboard: bool = False

    @property
    def on_device(self) -> torch.device:
        """The device that is meant.

        Raises:
            AnkleViewerError: USAGE, torch knows no such device; DEVICE_MISSING, it is not in this computer.
        """
        if self.device == "auto":
            return best_device()
        try:
            device = torch.device(self.device)
        except RuntimeError as error:
            raise AnkleViewerError("USAGE", f"--device takes auto, cpu or cuda, not {self.device!r}.") from error
        if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
            raise AnkleViewerError(
                "DEVICE_MISSING",
                f"PyTorch finds no GPU {self.device!r} in this computer; --device auto takes the processor where there is none.",
            )
        return best_device() if device.type == "cuda" and device.index is None else device

    @property
    def in_bf16(self) -> bool:
        """Whether half precision is used."""
        return bf16_pays(self.on_device) if self.bf16 is None else self.bf16

    def on(self, group: Processes) -> Execution:
        """With what the run is done."""
        return Execution(
            self.on_device, group, self.in_bf16, self.most_rows, self.save_memory, self.seed, self.compile, self.tensorboard
        )


def load_run(run: Path) -> tuple[FractureNet, PreprocessSpec, dict[str, Any]]:
    """The averaged network of a run (the state that did best on validation, where that was measured), its preprocessing and its
    record.

    Raises:
        AnkleViewerError: RUN_UNREADABLE where the folder holds no usable run.
    """
    state = checkpoint.load_best(run) or checkpoint.load(run)
    try:
        record = json.loads((run / CONFIG).read_text())
    except (OSError, ValueError) as error:
        raise AnkleViewerError("RUN_UNREADABLE", f"{run} holds no config.json of a training run.") from error
    if state is None:
        raise AnkleViewerError("RUN_UNREADABLE", f"{run} holds no readable checkpoint.")
    net = build(record["arch"], **record["config"])
    net.load_state_dict(state["average"])
    return net.eval(), PreprocessSpec.from_json(record["preprocessing"]), record


def _fill(folder: str, order: BankOrder) -> None:
    begin()
    at_work(collections.deque, fill_bank(Path(folder), order), maxlen=0)


def start_network(
    order: TrainOrder, say: Callable[[str], None] = lambda line: None
) -> tuple[FractureNet, PreprocessSpec | None, Teacher | None]:
    """The network of an order, the preprocessing that comes with its pack or its teacher (None without either), and its teacher,
    if there is one.

    Raises:
        AnkleViewerError: USAGE, INIT_UNFIT, INIT_UNREADABLE, RUN_UNREADABLE.
    """
    recipe = RECIPES[order.model, order.preset]
    torch.manual_seed(order.seed)
    weights = order.init is not None and order.init.suffix in WEIGHT_FILES
    if order.partial and not weights:
        raise AnkleViewerError("USAGE", "--partial goes with --init FILE, a file of published weights; a pack matches whole.")
    if order.init is not None and not weights:
        if order.teacher is not None or order.width is not None:
            raise AnkleViewerError("USAGE", "A network that goes on from a pack has its width and no teacher; leave both out.")
        net, spec = from_pack(order.init)
        if net.arch != order.model:
            raise AnkleViewerError("INIT_UNFIT", f"{order.model} cannot go on from {order.init}, which holds {net.arch}.")
        return net, spec, None
    net = build(order.model, **recipe.config, **({"width": order.width} if order.width else {}))
    if weights and order.init is not None:
        report = load_weights(net, read_weights(order.init), order.partial)
        if not (order.resume and checkpoint.exists(order.out)):  # that of a run that goes on tells how it began
            order.out.mkdir(parents=True, exist_ok=True)
            write_text(order.out / "init.txt", report.text() + "\n")
        say(report.text())
    if order.teacher is None:
        return net, None, None
    master, spec = from_pack(order.teacher) if _is_pack(order.teacher) else load_run(order.teacher)[:2]
    if master.arch != recipe.teacher:
        raise AnkleViewerError(
            "INIT_UNFIT",
            f"{order.model} learns from a network of kind {recipe.teacher}, and {order.teacher} holds {master.arch}.",
        )
    return net, spec, Teacher(master, net)  # what a cell means depends on its size: the pupil sees what its teacher saw


def _start(
    order: TrainOrder, recipe: Recipe, say: Callable[[str], None]
) -> tuple[FractureNet, PreprocessSpec, list[Stage], Teacher | None]:
    """Network, preprocessing and stages for the simulator, and the teacher where there is one."""
    if order.teacher is not None and not recipe.teacher:
        raise AnkleViewerError("USAGE", f"Preset {order.preset} of {order.model} learns from no teacher; leave --teacher out.")
    net, spec, teacher = start_network(order, say)
    if spec is None or teacher is not None:
        return net, spec or recipe.spec, list(chosen(recipe.stages, order.rate, order.strength)), teacher
    if not recipe.onward:
        raise AnkleViewerError("INIT_UNFIT", f"Preset {order.preset} of {order.model} cannot go on from {order.init}.")
    return net, spec, list(chosen(recipe.onward, order.rate, order.strength)), None


def _is_pack(path: Path) -> bool:
    """Whether a path is meant as a model pack, and not as a run."""
    return path.suffix == ".zip" or (path / MANIFEST_FILE).is_file()


def with_teacher(order: TrainOrder) -> TrainOrder:
    """The order, with the shipped pack of the network that its recipe learns from where it names none.

    Raises:
        AnkleViewerError: TEACHER_MISSING, it is not there.
    """
    wanted = RECIPES[order.model, order.preset].teacher
    if not wanted or order.teacher is not None or (order.init is not None and order.init.suffix not in WEIGHT_FILES):
        return order
    shipped = assets_dir() / "models" / wanted
    if not _is_pack(shipped):
        raise AnkleViewerError(
            "TEACHER_MISSING",
            f"Preset {order.preset} of {order.model} learns from a network of kind {wanted}, and none is shipped here: give a "
            "run or a pack of one by --teacher.",
        )
    return replace(order, teacher=shipped)


def name_of(pack: Path | None) -> str:
    """Name and version of the pack, or name of the file, that training goes on from; for the record."""
    if pack is None:
        return ""
    if pack.suffix in WEIGHT_FILES:
        return pack.name
    read = read_pack(pack)
    return f"{read.name} {read.version}"


def teacher_of(order: TrainOrder) -> str:
    """What the network learns from, for the record: name and version of a pack, or the network of a run; "" for nothing."""
    if order.teacher is None or _is_pack(order.teacher):
        return name_of(order.teacher)
    return f"{load_run(order.teacher)[0].arch} of a run"


def model_of(order: TrainOrder) -> list[Any]:
    """What the network is and starts from, for the run's fingerprint.

    Raises:
        ModelError: there is no such pack.
    """
    init: str | None = None
    if order.init is not None:
        init = of_file(order.init) if order.init.suffix in WEIGHT_FILES else read_pack(order.init).sha256
    teacher: Any = None
    if order.teacher is not None and _is_pack(order.teacher):
        teacher = read_pack(order.teacher).sha256
    elif order.teacher is not None:
        teacher = [of_file(order.teacher / name) for name in (checkpoint.BEST, checkpoint.NAME)]
    return [order.model, RECIPES[order.model, order.preset].config, order.width, init, order.partial, teacher]


def train_on_simulator(
    order: TrainOrder, report: Callable[[Progress], None], say: Callable[[str], None] = lambda line: None
) -> FractureNet:
    """`ankle-trainer train --data simulate`: pairs are made in a process of their own while the loop runs on those that are
    there.

    Raises:
        AnkleViewerError: RESUME_UNFIT, DEVICE_MISSING, and as `start_network`.
    """
    order = with_teacher(order)
    device = order.on_device
    recipe = RECIPES[order.model, order.preset].shortened(order.epochs, order.size)
    net, spec, stages, teacher = _start(order, recipe, say)
    validate, found = None, []
    if order.validation is not None:
        found = prepare(order.validation, order.out / "validation-prepared", spec, part="validation")
        validate = functools.partial(validation_figures, found=found, bf16=order.in_bf16)
    first = min(recipe.pairs, 64)
    growth = (recipe.pairs - first) / max(1.0, 0.6 * sum(s.steps for s in stages))
    wanted = BankOrder(order.seed, recipe.pairs, recipe.crop, recipe.whole_every, spec.spacing_mm)
    settings = [asdict(wanted), [asdict(s) for s in stages], order.seed]
    kept = fingerprint([spec.hash, of_scans(found)], model_of(order), settings)
    if order.resume:
        check(order.out, kept)
    with processes(device) as group, _pairs(order, wanted, group) as pair:
        trained = train(
            net,
            spec,
            stages,
            PairBank(pair, recipe.pairs, first, growth, BATCH_SEED, device),
            order.out,
            execution=order.on(group),
            teacher=teacher,
            resume=order.resume,
            validate=validate,
            report=report,
            say=say,
            notes={
                "seed": order.seed,
                "pairs": recipe.pairs,
                "init": name_of(order.init),
                "teacher": teacher_of(order),
                "fingerprint": kept,
            },
        )
    if group.first:
        draw_curves(order.out)
    return trained


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


def _clear_others(folder: Path, wanted: BankOrder) -> None:
    """Remove pairs that an older run with another seed, size or spacing left in the folder: the simulator keeps what is there."""
    label = folder / "order.json"
    told = json.dumps(asdict(wanted) | {"count": None})  # more or fewer of the same
    if label.is_file() and label.read_text(encoding="utf-8") != told:
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
