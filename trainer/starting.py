"""What a training starts from: a network of its own, a pack, published weights or a run, and the teacher that it learns from."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import AnkleViewerError, ModelError
from ankleviewer.core.paths import assets_dir
from ankleviewer.core.words import printable
from ankleviewer.inference.manifest import MANIFEST_FILE
from ankleviewer.inference.packs import read_pack
from ankleviewer.io.atomic import write_text
from trainer.networks.deepen import deepen
from trainer.networks.head import FractureNet
from trainer.networks.registry import build
from trainer.networks.weights import load_weights, options_for, read_weights
from trainer.networks.widen import widen
from trainer.orders import TrainOrder
from trainer.packs.unpack import from_pack
from trainer.training import checkpoint
from trainer.training.fingerprint import CONFIG, of_file, recorded
from trainer.training.objective import Stage
from trainer.training.recipes import RECIPES, Recipe, chosen
from trainer.training.teach import Teacher

WEIGHT_FILES = (".safetensors", ".pth", ".pt", ".bin")


def load_run(run: Path) -> tuple[FractureNet, PreprocessSpec, dict[str, Any]]:
    """The averaged network of a run (the state that did best on validation, where that was measured), its preprocessing and its
    record, in which "reached" tells the steps behind this network.

    Raises:
        AnkleViewerError: RUN_UNREADABLE where the folder holds no usable run, or a best state that is not whole, or another
            run's: another one is not taken in its place.
        OSError, MemoryError, RuntimeError: a checkpoint cannot be read for the moment.
    """
    try:
        record = json.loads((run / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise AnkleViewerError("RUN_UNREADABLE", f"{run} holds no config.json of a training run.") from error
    net, spec = _described(run, record)
    known = record.get("fingerprint")
    state = checkpoint.load_best(run, known) or checkpoint.load(run, known)
    if state is None:
        raise AnkleViewerError("RUN_UNREADABLE", f"{run} holds no readable checkpoint.")
    try:
        net.load_state_dict(state["average"])
    except (LookupError, TypeError, AttributeError, RuntimeError) as error:  # PyTorch's for what does not fit
        raise AnkleViewerError(
            "RUN_UNREADABLE", f"The checkpoint of {run} holds no weights of the network that its config.json describes."
        ) from error
    return net.eval(), spec, {**record, "reached": state["step"]}


def _described(run: Path, record: Any) -> tuple[FractureNet, PreprocessSpec]:
    """The network, untrained, and the preprocessing that a config.json describes.

    Raises:
        AnkleViewerError: RUN_UNREADABLE, it is no object, or lacks what tells them, or an earlier or later release's.
    """
    try:
        return build(record["arch"], **record["config"]), PreprocessSpec.from_json(record["preprocessing"])
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, ModelError) as error:
        why = f"it lacks {error}" if isinstance(error, KeyError) else printable(error, 200)
        raise AnkleViewerError(
            "RUN_UNREADABLE", f"config.json of {run} describes no network that can be built ({why}): copy it back from the run."
        ) from error


def start_network(
    order: TrainOrder, say: Callable[[str], None] = lambda line: None, shallow: bool = False
) -> tuple[FractureNet, PreprocessSpec | None, Teacher | None]:
    """The network of an order, the preprocessing that comes with its pack or its teacher (None without either), and its teacher,
    if there is one; pack and teacher see the same voxels through the same window. A `shallow` network has the fewer blocks that
    its recipe begins with.

    Raises:
        AnkleViewerError: USAGE, INIT_UNFIT, INIT_UNREADABLE, RUN_UNREADABLE.
    """
    recipe = RECIPES[order.model, order.preset]
    torch.manual_seed(order.seed)
    if order.blocks and order.model != "compact":
        raise AnkleViewerError("USAGE", f"--blocks is for the compact network; how many {order.model} has its recipe tells.")
    weights = order.init is not None and not _goes_on(order)
    if order.partial and not weights:
        raise AnkleViewerError("USAGE", "--partial goes with --init FILE, a file of published weights; a pack matches whole.")
    if order.init is not None and not weights:
        net, own = from_pack(order.init)
        net.look_near(0.0)  # it learns from all it is shown; where it is asked is said when it is exported
        if net.arch != order.model:
            raise AnkleViewerError("INIT_UNFIT", f"{order.model} cannot go on from {order.init}, which holds {net.arch}.")
        net = _grown_up(net, order)
        teacher, seen = _teacher(order, net)
        if seen is not None and (seen.window != own.window or seen.spacing_mm != own.spacing_mm):
            raise AnkleViewerError(
                "INIT_UNFIT",
                f"{order.init} sees voxels of {own.spacing_mm:g} mm through the window {own.window}, its teacher {order.teacher} "
                f"those of {seen.spacing_mm:g} mm through {seen.window}: give the one it learnt from by --teacher.",
            )
        return net, own, teacher
    published = read_weights(order.init) if weights and order.init is not None else {}
    begun = order.resume and checkpoint.exists(order.out)
    own_options = _begun_with(order.out, options_for(order.model, published)) if begun else options_for(order.model, published)
    net = build(order.model, **(recipe.config | (recipe.shallow if shallow else {}) | _size(order) | own_options))
    net.place_cells(taught=False)  # unless what comes teaches them
    if published:
        report = load_weights(net, published, order.partial)
        if not begun:  # that of a run that goes on tells how it began
            order.out.mkdir(parents=True, exist_ok=True)
            write_text(order.out / "init.txt", report.text() + "\n")
        say(report.text())
    teacher, seen = _teacher(order, net)
    return net, seen, teacher  # what a cell means depends on its size: the pupil sees what its teacher saw


def _begun_with(run: Path, options: dict[str, Any]) -> dict[str, Any]:
    """The options with the values that a run has begun with: earlier releases chose others, and a network must not change while
    it learns.
    """
    config = recorded(run).get("config")
    if not isinstance(config, dict):
        return options
    return {name: config.get(name, value) for name, value in options.items()}


def _teacher(order: TrainOrder, net: FractureNet) -> tuple[Teacher | None, PreprocessSpec | None]:
    """The teacher of an order and what it sees; None without one.

    Raises:
        AnkleViewerError: INIT_UNFIT, INIT_UNREADABLE, RUN_UNREADABLE.
    """
    if order.teacher is None:
        return None, None
    master, spec = from_pack(order.teacher) if is_pack(order.teacher) else load_run(order.teacher)[:2]
    wanted = RECIPES[order.model, order.preset].teacher
    if master.arch != wanted:
        raise AnkleViewerError(
            "INIT_UNFIT", f"{order.model} learns from a network of kind {wanted}, and {order.teacher} holds {master.arch}."
        )
    master.look_near(0.0)  # a crop's middle is no joint: it teaches all it knows
    if master.pooling != "lse":
        raise AnkleViewerError(
            "INIT_UNFIT",
            f"{order.model} learns from the scores of a teacher's cells, and {order.teacher} (preset paper) gives none: take a "
            f"{wanted} of preset best.",
        )
    return Teacher(master, net), spec


def start(
    order: TrainOrder, recipe: Recipe, say: Callable[[str], None]
) -> tuple[FractureNet, PreprocessSpec, list[Stage], Teacher | None]:
    """Network, preprocessing and stages for the simulator, and the teacher where there is one.

    Raises:
        AnkleViewerError: as `start_network`.
    """
    if order.teacher is not None and not recipe.teacher:
        raise AnkleViewerError("USAGE", f"Preset {order.preset} of {order.model} learns from no teacher; leave --teacher out.")
    net, spec, teacher = start_network(order, say, shallow=goes_deep(order, recipe))
    onward = _goes_on(order)
    if onward and not recipe.onward:
        raise AnkleViewerError("INIT_UNFIT", f"Preset {order.preset} of {order.model} cannot go on from {order.init}.")
    return net, spec or recipe.spec, list(chosen(recipe.onward if onward else recipe.stages, order.rate, order.strength)), teacher


def goes_deep(order: TrainOrder, recipe: Recipe) -> bool:
    """Whether a network of fewer blocks learns first: one that knows nothing yet, on the simulator."""
    return bool(recipe.shallow) and order.init is None


@dataclass(frozen=True)
class Grown:
    """A whole network out of a shallow one.

    Attributes:
        net: the network; stages: what it goes through; teacher: of its map, where the shallow one had one.
        fresh: its blocks that are new; none where the network has begun, since its own state follows.
    """

    net: FractureNet
    stages: list[Stage]
    teacher: Teacher | None
    fresh: Sequence[nn.Module]


def grown(order: TrainOrder, recipe: Recipe, shallow: FractureNet | None, teacher: Teacher | None) -> Grown:
    """The whole network out of a `shallow` one that has learnt from `teacher`; out of None where it has begun."""
    torch.manual_seed(order.seed)
    net = build(order.model, **recipe.config, **_size(order))
    fresh = deepen(shallow, net) if shallow is not None else []
    stages = chosen((*recipe.stages, *recipe.deepened), order.rate, order.strength)
    own = Teacher(teacher.teacher, net) if teacher is not None else None
    return Grown(net, list(stages[len(recipe.stages) :]), own, fresh)


def _grown_up(net: FractureNet, order: TrainOrder) -> FractureNet:
    """The network with the channels and the blocks that the order asks for, answering as before."""
    asked = [
        (name, value, grow) for name, value, grow in (("blocks", order.blocks, deepen), ("width", order.width, widen)) if value
    ]
    for name, value, grow in asked:
        larger = build(net.arch, **(net.config | {name: value}))
        try:
            grow(net, larger)
        except ValueError as error:
            raise AnkleViewerError(
                "INIT_UNFIT", f"A network of --{name} {value:g} cannot go on from {order.init}: {error}."
            ) from None
        net = larger
    return net


def _size(order: TrainOrder) -> dict[str, float]:
    return {name: value for name, value in (("width", order.width), ("blocks", order.blocks)) if value}


def with_teacher(order: TrainOrder) -> TrainOrder:
    """The order, with the shipped pack of the network that its recipe learns from where it names none.

    Raises:
        AnkleViewerError: TEACHER_MISSING, it is not there.
    """
    wanted = RECIPES[order.model, order.preset].teacher
    if not wanted or order.teacher is not None:
        return order
    shipped = assets_dir() / "models" / wanted
    if not is_pack(shipped):
        raise AnkleViewerError(
            "TEACHER_MISSING",
            f"Preset {order.preset} of {order.model} learns from a network of kind {wanted}, and none is shipped here: give a "
            "run or a pack of one by --teacher.",
        )
    return replace(order, teacher=shipped)


def teacher_of(order: TrainOrder) -> str:
    """What the network learns from, for the record: name and version of a pack, or the network of a run; "" for nothing."""
    if order.teacher is None or is_pack(order.teacher):
        return name_of(order.teacher)
    return f"{load_run(order.teacher)[0].arch} of a run"


def hash_of(pack: Path | None) -> str:
    """SHA-256 of the model file of the pack that training goes on from, which a name and a version do not tell; "" for others."""
    return read_pack(pack).sha256 if pack is not None and pack.suffix not in WEIGHT_FILES else ""


def name_of(pack: Path | None) -> str:
    """Name and version of the pack, or name of the file, that training goes on from; for the record."""
    if pack is None:
        return ""
    if pack.suffix in WEIGHT_FILES:
        return pack.name
    read = read_pack(pack)
    return f"{read.name} {read.version}"


def model_of(order: TrainOrder) -> list[Any]:
    """What the network is and starts from, for the run's fingerprint.

    Raises:
        ModelError: there is no such pack.
    """
    init: str | None = None
    if order.init is not None:
        init = of_file(order.init) if order.init.suffix in WEIGHT_FILES else read_pack(order.init).sha256
    teacher: Any = None
    if order.teacher is not None and is_pack(order.teacher):
        teacher = read_pack(order.teacher).sha256
    elif order.teacher is not None:
        teacher = [of_file(order.teacher / name) for name in (checkpoint.BEST, checkpoint.NAME)]
    return [order.model, RECIPES[order.model, order.preset].config, order.width, init, order.partial, teacher, *_blocks(order)]


def _blocks(order: TrainOrder) -> list[int]:
    """What the order adds to a fingerprint; nothing where it asks for none, as in runs begun before it could."""
    return [order.blocks] if order.blocks else []


def _goes_on(order: TrainOrder) -> bool:
    """Whether a network that has learnt goes on, out of a pack; from 2D weights it begins."""
    return order.init is not None and order.init.suffix not in WEIGHT_FILES


def is_pack(path: Path) -> bool:
    """Whether a path is meant as a model pack, and not as a run."""
    return path.suffix == ".zip" or (path / MANIFEST_FILE).is_file()
