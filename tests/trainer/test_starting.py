"""What a training starts from: reloading, wrong folders, packs, teachers, options that would do nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from ankleviewer.core.assessment.preprocess import BONE, FINE
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.paths import assets_dir
from ankleviewer.inference.packs import read_pack
from trainer import starting as module
from trainer.networks.registry import build
from trainer.networks.weights import _names
from trainer.orders import TrainOrder
from trainer.packs.unpack import from_pack
from trainer.simulated import train_on_simulator
from trainer.starting import load_run, model_of, start, start_network, teacher_of, with_teacher
from trainer.training import checkpoint
from trainer.training.recipes import RECIPES

SHIPPED = assets_dir() / "models" / "compact"


def test_a_run_is_reloaded_as_it_was(run: Path) -> None:
    net, spec, record = load_run(run)
    assert not net.training and spec == BONE and record["seed"] == 11
    state = checkpoint.load(run)
    assert state is not None
    assert all(torch.equal(v, state["average"][k]) for k, v in net.state_dict().items())


def test_folders_that_hold_no_run(run: Path, tmp_path: Path) -> None:
    with pytest.raises(AnkleViewerError, match=r"RUN_UNREADABLE: .*config\.json"):
        load_run(tmp_path)
    (tmp_path / "config.json").write_text((run / "config.json").read_text())
    with pytest.raises(AnkleViewerError, match=r"RUN_UNREADABLE: .*checkpoint"):
        load_run(tmp_path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda record: [record], "list indices must be"),
        (lambda record: "run", "string indices must be"),
        (lambda record: None, "not subscriptable"),
        (lambda record: {k: v for k, v in record.items() if k != "arch"}, "it lacks 'arch'"),
        (lambda record: {k: v for k, v in record.items() if k != "config"}, "it lacks 'config'"),
        (lambda record: {k: v for k, v in record.items() if k != "preprocessing"}, "it lacks 'preprocessing'"),
        (lambda record: record | {"arch": "vgg"}, "unknown network 'vgg'"),
        (lambda record: record | {"arch": ["compact"]}, "unhashable"),
        (lambda record: record | {"config": [1]}, "must be a mapping"),
        (lambda record: record | {"config": record["config"] | {"depth_of": 3}}, "depth_of"),
        (lambda record: record | {"preprocessing": "bone"}, "no attribute"),
        (lambda record: record | {"preprocessing": record["preprocessing"] | {"size": -1}}, "MODEL_SPEC_INVALID"),
    ],
)
def test_a_config_that_describes_no_network_is_told(run: Path, tmp_path: Path, change: Callable[[Any], Any], told: str) -> None:
    (tmp_path / checkpoint.NAME).write_bytes((run / checkpoint.NAME).read_bytes())
    (tmp_path / "config.json").write_text(json.dumps(change(json.loads((run / "config.json").read_text()))))
    with pytest.raises(AnkleViewerError, match=rf"RUN_UNREADABLE: config\.json of .* describes no network .*{told}"):
        load_run(tmp_path)


def test_a_config_nested_beyond_reading_is_no_config(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("[" * 100_000)
    with pytest.raises(AnkleViewerError, match=r"RUN_UNREADABLE: .* holds no config\.json"):
        load_run(tmp_path)


@pytest.mark.parametrize("state", [{}, {"average": [1]}, {"average": {}}])
def test_weights_of_another_network_are_told(run: Path, tmp_path: Path, state: dict[str, Any]) -> None:
    (tmp_path / "config.json").write_bytes((run / "config.json").read_bytes())
    known = json.loads((run / "config.json").read_text()).get("fingerprint")
    checkpoint.save(tmp_path, state | {checkpoint.RUN: known})
    with pytest.raises(AnkleViewerError, match=r"RUN_UNREADABLE: The checkpoint of .* holds no weights of the network"):
        load_run(tmp_path)


def test_the_last_state_does_not_stand_in_for_a_best_one_that_is_not_whole(run: Path, tmp_path: Path) -> None:
    for name in ("config.json", checkpoint.NAME):
        (tmp_path / name).write_bytes((run / name).read_bytes())
    (tmp_path / checkpoint.BEST).write_bytes((run / checkpoint.NAME).read_bytes()[:1000])
    with pytest.raises(AnkleViewerError, match=r"RUN_UNREADABLE: best\.pt of"):
        load_run(tmp_path)
    (tmp_path / checkpoint.BEST).unlink()
    load_run(tmp_path)


@pytest.mark.parametrize("name", [checkpoint.NAME, checkpoint.BEST])
def test_another_runs_state_is_not_exported_under_this_ones_record(run: Path, tmp_path: Path, name: str) -> None:
    record = json.loads((run / "config.json").read_text())
    own, other = ({"data": "d", "model": "m", "settings": s} for s in "ab")
    (tmp_path / "config.json").write_text(json.dumps(record | {"fingerprint": own}))
    state = checkpoint.load(run)
    assert state is not None
    checkpoint.save(tmp_path, state | {checkpoint.RUN: own})
    load_run(tmp_path)
    torch.save(state | {checkpoint.RUN: other}, tmp_path / name)
    with pytest.raises(AnkleViewerError, match=rf"RUN_UNREADABLE: {name} of .* is another run's"):
        load_run(tmp_path)


def test_the_shipped_pack_teaches_where_no_teacher_is_named() -> None:
    plain = TrainOrder("mobilenet", "best", Path("out"), width=0.25)
    order = with_teacher(plain)
    net, spec, teacher = start_network(order)
    assert net.arch == "mobilenet" and spec == RECIPES["compact", "best"].spec and teacher is not None
    assert not teacher.teacher.training and teacher.teacher.arch == "compact"
    assert teacher.teacher.reach == 0 < from_pack(SHIPPED)[0].reach, "in a crop it is asked everywhere"
    assert teacher_of(order) == f"compact {read_pack(SHIPPED).version}"
    assert model_of(order) == model_of(replace(order, teacher=SHIPPED)) != model_of(plain), "a resumed run has the same teacher"
    for other in (
        replace(plain, teacher=Path("run")),
        TrainOrder("compact", "best", Path("out")),
    ):
        assert with_teacher(other) is other


def test_a_taught_network_goes_on_from_its_pack_with_its_teacher(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told what to make of larger crops, no longer what to see."""
    recipe = RECIPES["mobilenet", "best"]
    pupil = build("mobilenet", width=0.25, norm=False, **recipe.config)
    given = {Path("pack"): (pupil, FINE), SHIPPED: from_pack(SHIPPED)}
    monkeypatch.setattr(module, "from_pack", given.__getitem__)
    order = with_teacher(TrainOrder("mobilenet", "best", Path("out"), init=Path("pack")))
    net, spec, stages, teacher = start(order, recipe, lambda line: None)
    assert net is pupil and spec == FINE and teacher is not None and teacher.teacher.arch == "compact"
    assert stages == list(recipe.onward) and all(s.teacher == 0 < s.teacher_map for s in stages)
    given[Path("pack")] = (pupil, BONE)
    with pytest.raises(AnkleViewerError, match=r"INIT_UNFIT: pack sees voxels of 1 mm through .*, its teacher .* 0\.75 mm"):
        start(order, recipe, lambda line: None)


def test_a_teacher_is_asked_for_where_none_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "assets_dir", lambda: tmp_path)
    with pytest.raises(AnkleViewerError, match="TEACHER_MISSING: Preset best of mobilenet learns from a network of kind compact"):
        train_on_simulator(TrainOrder("mobilenet", "best", tmp_path), lambda progress: None)
    assert list(tmp_path.iterdir()) == []


def test_a_teacher_of_another_kind_is_refused(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "load_run", lambda path: (build("resnet101", width=0.25), BONE, {}))
    with pytest.raises(AnkleViewerError, match=r"INIT_UNFIT: mobilenet learns from .* compact, and .* holds resnet101"):
        start_network(TrainOrder("mobilenet", "best", Path("out"), teacher=run, width=0.25))


def test_a_teacher_whose_map_holds_no_scores_is_refused(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "load_run", lambda path: (build("compact", width=0.25, pooling="gap"), BONE, {}))
    with pytest.raises(AnkleViewerError, match=r"INIT_UNFIT: mobilenet learns from the scores .*take a compact of preset best"):
        start_network(TrainOrder("mobilenet", "best", Path("out"), teacher=run, width=0.25))


@pytest.mark.parametrize("preset", ["best", "paper"])
def test_weights_that_were_trained_with_relu6_get_it(preset: str, tmp_path: Path) -> None:
    theirs = {
        theirs: value
        for ours, theirs in _names(build("mobilenet", width=0.25), "timm")
        for value in [build("mobilenet", width=0.25).state_dict()[ours]]
    }
    torch.save(theirs, tmp_path / "mobilenetv1_100.pth")
    order = TrainOrder("mobilenet", preset, tmp_path / "run", init=tmp_path / "mobilenetv1_100.pth", width=0.25)
    net, _, _ = start_network(order)
    assert net.config["relu6"] is True and sum(isinstance(m, torch.nn.ReLU6) for m in net.modules()) == 27
    assert not start_network(replace(order, init=None))[0].config["relu6"]
    # a run that an earlier release began without goes on without
    checkpoint.save(order.out, {"step": 1})
    for begun in (False, True):
        (order.out / "config.json").write_text(json.dumps({"config": {"relu6": begun}}))
        assert start_network(replace(order, resume=True))[0].config["relu6"] is begun
        assert start_network(order)[0].config["relu6"] is True
    for none in ("[1]", "null", '{"config": [1]}'):
        (order.out / "config.json").write_text(none)
        assert start_network(replace(order, resume=True))[0].config["relu6"] is True
    (order.out / "config.json").unlink()
    assert start_network(replace(order, resume=True))[0].config["relu6"] is True


def test_cells_of_a_network_that_begins_are_not_taught_and_those_of_a_pack_are_what_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = TrainOrder("compact", "paper", tmp_path / "run")
    net, _, _ = start_network(order)
    assert not net.cells_taught and net.cell_offset == 0
    assert start_network(replace(order, preset="best", init=SHIPPED))[0].cells_taught, "as all packs of earlier releases"
    monkeypatch.setattr(module, "from_pack", lambda path: (build("compact", width=0.25, cells_taught=False, norm=False), FINE))
    onward = replace(order, init=SHIPPED)
    assert start_network(onward)[0].cell_offset == 0 == start_network(replace(onward, width=0.5))[0].cell_offset


def test_a_pupil_sees_what_its_teacher_saw(run: Path, tmp_path: Path) -> None:
    order = TrainOrder("mobilenet", "best", tmp_path, teacher=run, width=0.25)
    _, spec, teacher = start_network(order)
    assert teacher is not None and spec == load_run(run)[1] != RECIPES["mobilenet", "best"].spec
    assert teacher_of(order) == "compact of a run"


def test_a_pack_of_another_network_is_not_gone_on_from(tmp_path: Path) -> None:
    order = TrainOrder("mobilenet", "paper", tmp_path / "run", init=assets_dir() / "models" / "compact")
    with pytest.raises(AnkleViewerError, match=r"INIT_UNFIT: mobilenet cannot go on from .*compact, which holds compact"):
        train_on_simulator(order, lambda progress: None)
    assert not order.out.exists()


@pytest.mark.parametrize(
    ("also", "told"),
    [
        ({"teacher": Path("run")}, "USAGE: Preset best of compact learns from no teacher"),
        ({"width": 0.5}, "INIT_UNFIT: A network of --width 0.5 cannot go on from .*compact: features.0.weight of shape"),
    ],
)
def test_a_pack_is_gone_on_from_without_a_teacher_and_never_narrower(tmp_path: Path, also: dict[str, Any], told: str) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run", init=SHIPPED, **also)
    with pytest.raises(AnkleViewerError, match=told):
        train_on_simulator(order, lambda progress: None)
    assert not order.out.exists()


@pytest.mark.parametrize("also", [{"blocks": 4}, {"blocks": 3, "width": 1.25}])
def test_a_pack_is_gone_on_from_deeper(tmp_path: Path, also: dict[str, Any]) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run", init=SHIPPED)
    deeper = replace(order, **also)
    (plain, spec, _), (deep, same, _) = start_network(order), start_network(deeper)
    assert also.items() <= deep.config.items() and deep.parameter_count > 1.4 * plain.parameter_count and same == spec
    x = torch.randn(1, 1, 32, 32, 32)
    for one, other in zip(plain.eval()(x), deep.eval()(x), strict=True):
        assert torch.allclose(one, other, rtol=1e-4, atol=1e-5)
    assert model_of(deeper) != model_of(replace(deeper, blocks=5)) and deeper.asked()["--blocks"] == also["blocks"]
    assert model_of(order)[-1] is None and "--blocks" not in order.asked(), "runs begun before it could be asked for go on"


def test_blocks_are_the_compact_networks(tmp_path: Path) -> None:
    with pytest.raises(AnkleViewerError, match=r"USAGE: --blocks is for the compact network; .* resnet101"):
        start_network(TrainOrder("resnet101", "best", tmp_path, blocks=2, width=0.125))


def test_a_pack_is_gone_on_from_wider(tmp_path: Path) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run", init=SHIPPED)
    (narrow, spec, _), (wide, same, _) = start_network(order), start_network(replace(order, width=1.25))
    assert wide.config["width"] == 1.25 and wide.parameter_count > 1.4 * narrow.parameter_count and same == spec
    x = torch.randn(1, 1, 32, 32, 32)
    for one, other in zip(narrow.eval()(x), wide.eval()(x), strict=True):
        assert torch.allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("preset", "also", "told"),
    [
        ("best", {"partial": True}, "--partial goes with --init FILE"),
        ("best", {"partial": True, "init": assets_dir() / "models" / "compact"}, "--partial goes with --init FILE"),
        ("best", {"teacher": Path("run")}, "Preset best of compact learns from no teacher"),
        ("paper", {"teacher": Path("run")}, "Preset paper of compact learns from no teacher"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(tmp_path: Path, preset: str, also: dict[str, Any], told: str) -> None:
    order = TrainOrder("compact", preset, tmp_path / "run", **also)
    with pytest.raises(AnkleViewerError, match=f"USAGE: {told}"):
        train_on_simulator(order, lambda progress: None)
    assert not order.out.exists()
