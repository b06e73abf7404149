"""`ankle-trainer`: exit codes, words instead of tracebacks, and a tiny training from end to end."""

from __future__ import annotations

import csv
import errno
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core.errors import ModelError, ScanError
from trainer import cli, publish, simulated
from trainer.arguments import MODELS
from trainer.cli import main
from trainer.orders import TrainOrder
from trainer.scans.manifest import Row
from trainer.starting import load_run
from trainer.training import checkpoint
from trainer.training.recipes import RECIPES


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["fly"],
        ["train", "--model", "vgg", "--data", "simulate", "--out", "x"],
        ["train", "--model", "compact", "--data", "simulate", "--out", "x", "--epochs", "0"],
        ["train", "--model", "compact", "--data", "simulate", "--out", "x", "--epochs", "nan"],
        ["train", "--model", "compact", "--data", "simulate", "--out", "x", "--folds", "5"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--folds", "1"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--strength", "1.5"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--batch", "0"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--batch", "-3"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--part", "0"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--width", "-1"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--size", "0"],
        ["train", "--model", "compact", "--data", "simulate", "--out", "x", "--device", "odd"],
        ["train", "--model", "compact", "--data", "simulate", "--out", "x", "--device", "cuda:99"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--validation", "m.csv"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--folds", "2", "--validation", "m.csv"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--live"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--teacher", "run"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--folds", "2", "--live"],
        ["train", "--model", "compact", "--data", "d", "--out", "x", "--folds", "2", "--allow-small"],
        ["train", "--model", "compact", "--data", "simulate", "--out", "x", "--batch", "4"],
        ["train", "--model", "compact", "--data", "simulate", "--out", "x", "--allow-small"],
        ["train", "--model", "compact", "--data", "simulate", "--out", "x", "--partial"],
        ["train", "--model", "compact", "--data", "simulate", "--out", "x", "--teacher", "run"],
        ["tune", "--model", "compact", "--data", "d", "--out", "x", "--teacher", "run"],
        ["power", "--scans", "0"],
        ["power", "--scans", "3"],
        ["locator", "--out", "x", "--scans", "3"],
        ["tune", "--model", "compact", "--data", "simulate", "--out", "x"],
        ["tune", "--model", "compact", "--data", "d", "--out", "x", "--trials", "0"],
        ["simulate", "--out", "x", "--count", "0", "--seed", "1"],
        ["simulate", "--out", "x", "--count", "1", "--seed", "1", "--type", "sprain"],
        ["simulate", "--out", "x", "--count", "1"],
        ["simulate", "--out", "x", "--count", "1", "--seed", "-1"],
        ["simulate", "--out", "x", "--count", "1", "--seed", "1", "--spacing", "nan"],
        ["simulate", "--out", "x", "--count", "1", "--seed", "1", "--fov", "0"],
        ["simulate", "--out", "x", "--count", "1", "--seed", "1", "--spacing", "1e9"],
        ["simulate", "--out", "x", "--count", "1", "--seed", "1", "--fov", "0.001"],
        ["simulate", "--out", "x", "--count", "1", "--seed", "1", "--spacing", "0.2", "--fov", "500"],
        ["power", "--effect", "abc"],
        ["simulate", "--out", "x", "--count", "1", "--seed", "1", "--setting", "odd"],
        ["simulate", "--out", "x", "--set", "sim-val"],
        ["simulate", "--out", "x", "--set", "sim-val-v1", "--twins"],
        ["simulate", "--out", "x", "--set", "sim-val-v1", "--setting", "shifted"],
    ],
)
def test_wrong_usage_is_two(command: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    command = [str(tmp_path / "x") if part == "x" else part for part in command]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert said and "Traceback" not in said
    assert not (tmp_path / "x").exists()


def test_a_finer_map_has_a_stride(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["export", str(tmp_path), "--out", str(tmp_path / "x"), "--finer", "0"]) == 2
    assert "--finer: 0 is less than 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ScanError("BONES_MISSING", "No tibia."), 3),
        (ModelError("PACK_DAMAGED", "The pack is damaged."), 4),
        (ModelError("MODEL_UNKNOWN", "There is no model named 'nope'."), 2),
        (FloatingPointError("the loss is nan"), 1),
        (OSError("disk full"), 1),
        (KeyboardInterrupt(), 1),
    ],
)
def test_errors_become_codes_and_sentences(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*given: object) -> None:
        raise error

    monkeypatch.setattr(publish, "export_run", fail)
    assert main(["export", str(tmp_path), "--out", str(tmp_path / "pack")]) == code
    said = capsys.readouterr().err
    assert (str(error) or "Stopped") in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("train --model compact --data simulate --out x", "there is no checkpoint yet, the same command begins anew"),
        ("train --model compact --data simulate --out old", "there is no checkpoint yet, the same command begins anew"),
        ("train --model compact --data simulate --out old --resume", "the same command with --resume goes on"),
        ("locator --out old --resume", "the same command with --resume goes on"),
        ("prepare scans.csv --out x", "the same command goes on from there"),
        ("simulate --count 1 --seed 1 --out x", "the same command goes on from there"),
        ("evaluate --models m --data d --out x", "the same command asks for those that are missing"),
    ],
)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, 143)])
def test_a_command_that_was_stopped_says_how_it_goes_on(
    line: str,
    told: str,
    number: int,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    def stop(args: object) -> int:
        signal.raise_signal(number)
        return 0

    monkeypatch.chdir(tmp_path)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / checkpoint.NAME).touch()
    os.utime(tmp_path / "old" / checkpoint.NAME, (1000.0, 1000.0))
    monkeypatch.setitem(cli._COMMANDS, line.split(maxsplit=1)[0], stop)
    assert main(line.split()) == code
    assert told in capsys.readouterr().err


def test_scans_without_a_patient_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from trainer.scans import prepare, split

    def item(name: str, patient: str, excluded: str = "") -> split.Prepared:
        row = Row(name, tmp_path / name, 0, patient or name, "", "", "", patient_named=bool(patient))
        return split.Prepared(row, "" if excluded else "train", excluded, None)

    # "b" is the patient's name, and the file's too
    for patients, told in ((("p", "", ""), "no patient named: 1 of them"), (("p", "b", ""), "")):
        found = [item("a", patients[0]), item("b", patients[1]), item("c", patients[2], "NOT_ADULT")]
        monkeypatch.setattr(prepare, "prepare", lambda *_, found=found, **__: found)
        assert main(["prepare", "scans.csv", "--out", str(tmp_path)]) == 0
        said = capsys.readouterr().out
        assert told in said and ("no patient" in said) == bool(told)
        assert "column `excluded`\n" in said and str(tmp_path / "index.csv") in said


def test_scans_that_the_truth_lacks_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names = [f"scan-{n}" for n in range(12)]
    for lacking, told in ((names[:2], "scan-0, scan-1\n"), (names, "scan-9 and 2 more (metrics.json)\n"), ([], "")):
        record = {"scans": 12, "models": {}} | ({"without_truth": lacking} if lacking else {})
        monkeypatch.setattr("trainer.evaluation.evaluate.evaluate", lambda *_, record=record, **__: record)
        assert main(["evaluate", "--models", "m", "--data", "d", "--out", str(tmp_path)]) == 0
        said = capsys.readouterr().out
        assert told in said and ("truth.json" in said) == bool(lacking)


def test_a_bare_installation_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert main(["simulate", "--out", "x", "--count", "1", "--seed", "1"]) == 2
    assert "pip install 'ankleviewer[trainer]'" in capsys.readouterr().err


def test_a_bar_is_shown_from_its_first_step_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in ("prepare none.csv", "train --model compact --data none", "evaluate --models none --data none"):
        assert main([*line.split(), "--out", str(tmp_path / "x")]) in (1, 2)
        assert capsys.readouterr().err.count("\n") == 1, "what is wrong, and nothing else"

    def work(*orders: object, jobs: int) -> Iterator[tuple[int, int]]:
        yield from ((1, 2), (2, 2))

    monkeypatch.setattr("trainer.scans.write_scans.simulate", work)
    assert main(["simulate", "--out", str(tmp_path), "--count", "2", "--seed", "1"]) == 0
    said = capsys.readouterr()
    assert "2/2" in said.err and said.out.startswith("2 scans in")
    with cli._Bar("scans") as bar:
        bar.say("before")
        bar.step(3, 8, "s3")
        bar.say("beside")
        bar.step(1, 4)
    said = capsys.readouterr()
    assert said.out == "before\nbeside\n" and "3/8" in said.err and "s3" in said.err and said.err.rstrip().endswith("s]")
    assert "1/4" in said.err


def test_help_and_missing_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "Research use" in capsys.readouterr().out
    assert main(["prepare", str(tmp_path / "none.csv"), "--out", str(tmp_path / "d")]) == 2
    assert capsys.readouterr().err.startswith("TABLE_UNREADABLE: there is no table ")


@pytest.mark.parametrize("command", ["train", "locator"])
def test_help_of_resume_tells_of_resume(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    told = " ".join(capsys.readouterr().out.partition("  --resume")[2].split())
    assert told.startswith("go on from the last checkpoint in --out; where there is none")


def test_options_reach_the_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    met: list[TrainOrder] = []
    monkeypatch.setattr(simulated, "train_on_simulator", lambda order, report, say: met.append(order))
    line = "train --model mobilenet --preset paper --data simulate --epochs 2 --size 64 --seed 9 --width 0.5 --precision bf16"
    assert main([*line.split(), "--init", "i", "--resume", "--out", str(tmp_path), "--teacher", "t"]) == 0
    assert met == [TrainOrder("mobilenet", "paper", tmp_path, Path("t"), Path("i"), None, 2.0, 64, 9, 0.5, True, True)]
    assert main(["train", "--model", "compact", "--data", "simulate", "--out", str(tmp_path), "--blocks", "2"]) == 0
    assert met[1].blocks == 2 and met[1].width is None


@pytest.mark.parametrize(
    ("line", "work"),
    [
        ("train --model compact --data simulate", "trainer.simulated.train_on_simulator"),
        ("train --model compact --data d", "trainer.own_scans.train_on_scans"),
        ("train --model compact --data d --folds 2", "trainer.cross_validation.cross_validate"),
        ("locator", "trainer.locator.make.make"),
    ],
)
def test_resume_that_finds_nothing_is_said_before_the_work(
    line: str, work: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped name would otherwise cost hours; a job that is always given --resume must begin all the same."""
    before: list[str] = []
    record = dict.fromkeys(("mean", "standard_deviation", "found"), 0.0) | dict.fromkeys(("folds", "scans", "ankles"), 1)
    monkeypatch.setattr(work, lambda *_, **__: before.append(capsys.readouterr().out) or record | {"median_mm": 1})
    out = tmp_path / "R3"
    assert main([*line.split(), "--out", str(out), "--resume"]) == 0
    assert main([*line.split(), "--out", str(out)]) == 0
    what = "fold" if "--folds" in line else "checkpoint"
    assert before[0] == f"{out} holds no {what} to go on from; training begins anew\n"
    assert "anew" not in before[1]


@pytest.mark.parametrize(
    "line",
    [
        "train --model compact --data d",
        "train --model compact --data simulate --resume",
        "train --model compact --data d --folds 2",
        "tune --model compact --data d",
        "locator",
        "prepare scans.csv",
        "simulate --count 1 --seed 1",
        "export run",
        "evaluate --models m --data d",
    ],
)
@pytest.mark.parametrize("denied", [False, True])
@pytest.mark.parametrize("below", ["", "below"])
def test_an_output_that_cannot_be_one_is_wrong_usage(
    line: str, below: str, denied: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def deny(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setitem(cli._COMMANDS, line.split(maxsplit=1)[0], lambda _: pytest.fail("nothing may begin"))
    scan = tmp_path / "scan.nii.gz"
    told = "is there already, and no folder: give"
    if denied:
        scan.mkdir()
        told = "may not be written to (Permission denied): give by --out a folder that you have the right to write to"
        monkeypatch.setattr(Path, "mkdir", deny)
        monkeypatch.setattr(Path, "touch", deny)
    else:
        scan.write_bytes(b"scan")
    assert main([*line.split(), "--out", str(scan / below)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"OUT_UNFIT: {scan} {told}") and said.count("\n") == 1
    assert denied or scan.read_bytes() == b"scan"


def test_a_folder_of_something_else_is_no_place_for_a_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from trainer.packs.folder import check_folder

    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.docx").touch()
    monkeypatch.setattr(publish, "export_run", lambda order, *told: check_folder(order.out))
    assert main(["export", "run", "--out", str(tmp_path / "other"), "--name", "ours"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("OUT_UNFIT: ") and "give another folder by --out" in said


def test_ctrl_c_in_a_search_ends_in_one_line(
    tmp_path: Path,
    prepared: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Optuna logs a trial that was stopped with its traceback, through a handler that holds the stderr of its own start."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trainer.tune.train_on_scans", stop)
    monkeypatch.setattr(logging.getLogger("optuna"), "handlers", [caplog.handler])
    data = prepared(tmp_path / "data")
    assert main(["tune", "--model", "compact", "--data", str(data), "--out", str(tmp_path / "t"), "--trials", "1"]) == 1
    assert capsys.readouterr().err == "Stopped; what was written so far stays, the same command goes on from there.\n"
    assert not caplog.records


def test_own_scans_are_trained_on_cross_validated_and_tuned_by_the_command_line(
    tmp_path: Path, prepared: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(prepared(tmp_path / "data"))
    line = ["--model", "compact", "--data", data, "--epochs", "1", "--width", "0.25", "--batch", "4"]
    assert main(["train", *line, "--out", str(tmp_path / "run"), "--lr", "1e-3", "--strength", "0"]) == 0
    stage = json.loads((tmp_path / "run" / "config.json").read_text())["stages"][0]
    assert stage["lr"][0] == pytest.approx(1e-3) and stage["plan"]["strength"] == 0
    assert main(["train", *line, "--out", str(tmp_path / "cv"), "--folds", "2"]) == 0
    assert "over 2 folds of 8 scans" in capsys.readouterr().out
    assert main(["tune", *line, "--out", str(tmp_path / "tune"), "--trials", "1"]) == 0
    assert "best of 1: AUC" in capsys.readouterr().out


def test_a_tiny_training_from_simulation_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    line = "train --model compact --preset best --data simulate --epochs 0.05 --size 32 --width 0.25 --seed 2"
    assert main([*line.split(), "--out", str(out)]) == 0
    assert "trained" in capsys.readouterr().out
    with open(out / "log.csv", newline="") as f:
        rows = list(csv.DictReader(f))
    stages = RECIPES["compact", "best"].shortened(0.05, 32).stages
    assert len(rows) == sum(s.steps for s in stages) < 30 and all(np.isfinite(float(r["loss"])) for r in rows)
    record = json.loads((out / "config.json").read_text())
    pairs = RECIPES["compact", "best"].shortened(0.05, 32).pairs
    assert record["seed"] == 2 and record["pairs"] == pairs
    net, _, _ = load_run(out)
    assert net.arch == "compact" and net.config["width"] == 0.25
    assert 4 <= len(list((out / "pairs").glob("pair-*.npz"))) <= pairs


@pytest.mark.parametrize("model", MODELS)
def test_the_papers_recipe_runs_for_every_network(model: str, tmp_path: Path) -> None:
    out = tmp_path / "run"
    line = f"train --model {model} --preset paper --data simulate --epochs 0.03 --size 32 --width 0.125 --seed 2 --part 4"
    assert main([*line.split(), "--out", str(out)]) == 0
    with open(out / "log.csv", newline="") as f:
        rows = list(csv.DictReader(f))
    assert len(rows) == 2 and all(float(r["loss"]) > 0 and float(r["lr"]) <= 5e-4 for r in rows)
    net, spec, record = load_run(out)
    assert net.arch == model and net.pooling == "gap" and spec.window == "paper"
    assert record["stages"][0]["cells"] == 0.0 and record["stages"][0]["plan"]["pairs"] == 8
    assert (out / "curves.png").exists()


def test_the_names_of_the_models_are_known() -> None:
    from trainer.networks.registry import NETWORKS

    assert set(MODELS) == set(NETWORKS)


def test_simulating_a_set_and_single_scans(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from trainer.scans import write_scans
    from trainer.simulate.setting import RELEASE

    met: list[tuple[write_scans.Order, ...]] = []
    monkeypatch.setattr(write_scans, "simulate", lambda *orders, jobs: met.append(orders) or iter(()))
    assert main(["simulate", "--out", str(tmp_path), "--set", "sim-val-v1", "--format", "dicom", "--jobs", "2"]) == 0
    line = "simulate --count 3 --seed 4 --type cuboid --severity hairline --spacing 0.7 --fov 110 --twins --setting release"
    assert main([*line.split(), "--out", str(tmp_path), "--bones", "b"]) == 0
    assert [o.format for o in met[0]] == ["dicom", "dicom"] and sum(o.count for o in met[0]) == 400
    assert met[1] == (write_scans.Order(tmp_path, 3, 4, "cuboid", "hairline", 0.7, 110.0, True, RELEASE, Path("b")),)


def test_a_trouble_ends_with_1_and_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(args: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(cli._COMMANDS, "power", fail)
    assert main(["power"]) == 1
    said = capsys.readouterr().err
    assert "The disk is full" in said and said.count("\n") == 1


def test_a_folder_without_prepared_scans_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--model", "compact", "--data", str(tmp_path), "--out", str(tmp_path / "run")]) == 2
    assert "holds no prepared scans (make them with `ankle-trainer prepare`)" in capsys.readouterr().err


def test_power_prints_a_plan_and_refuses_nonsense(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power"]) == 0
    assert "64 + 64 = 128 scans" in capsys.readouterr().out
    assert main(["power", "--scans", "4"]) == 0
    assert "2 + 2 scans show" in capsys.readouterr().out
    assert main(["power", "--power", "2"]) == 2
    assert "No sample size" in capsys.readouterr().err
