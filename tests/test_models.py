"""cli.models, and what `analyze` says of packs: figures that are no numbers, packs that fail beside others, packs of one name."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import nibabel  # noqa: F401 - its first import probes for IPv6, which the network guard would lay at a test's door
import pytest

from ankleviewer.cli import main
from ankleviewer.cli import models as models_command
from ankleviewer.core.assessment.result import Result
from ankleviewer.core.errors import ModelError
from ankleviewer.inference import loaded, packs, removing
from ankleviewer.io.locked import locked
from ankleviewer.io.nifti import write_nifti

TINY = runpy.run_path(str(Path(__file__).parent / "inference" / "conftest.py"))
phantom, phantom_ankle, write_pack = TINY["phantom"], TINY["phantom_ankle"], TINY["write_pack"]


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch) -> Path:
    return TINY["two_tiny_packs"](tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def scan(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("scans") / "a.nii.gz"
    write_nifti(phantom(), None, path)
    return path


def change(pack: Path, **entries: object) -> None:
    record = json.loads((pack / "manifest.json").read_text())
    (pack / "manifest.json").write_text(json.dumps({**record, **entries}))


def spoil(pack: Path) -> None:
    """Change one byte of the network."""
    data = bytearray((pack / "model.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (pack / "model.onnx").write_bytes(data)


def test_figures_that_no_float_holds_are_left_out(models, capsys) -> None:
    value = {"value": 0.9, "low": 10**400, "high": 0.95}
    odd = {"a": {"value": 10**400}, "b": {"value": float("nan")}, "c": float("inf"), "auc": value, "f1": 0.5}
    change(models / "tiny-gap", metrics=odd)
    assert main(["models", "list"]) == 0
    out = capsys.readouterr().out
    assert "  auc: 0.9\n  f1: 0.5\n" in out and "nan" not in out and "inf" not in out


def test_a_pack_of_one_s_own_is_removed_and_a_shipped_one_is_not(models, tmp_path, capsys, monkeypatch) -> None:
    newer = write_pack(tmp_path / "newer", "tiny-gap", version="2.0.0")
    monkeypatch.setattr(removing.paths, "model_dirs", lambda: [tmp_path / "own", models])
    assert main(["models", "add", str(newer)]) == 0
    capsys.readouterr()
    assert main(["models", "remove", "tiny-gap"]) == 0
    assert capsys.readouterr().out == "Removed tiny-gap 2.0.0.\nNow tiny-gap 1.0.0 (released) answers by that name.\n"
    assert main(["models", "remove", "tiny-gap"]) == 2
    assert "'tiny-gap' is shipped with the program, and stays; your own: none" in capsys.readouterr().err
    (tmp_path / "own" / "broken.zip").write_bytes(b"x")
    assert main(["models", "remove", "broken"]) == 0
    assert capsys.readouterr().out == "Removed broken.zip, which was refused.\n"

    def full(_: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(models_command, "remove_pack", full)
    assert main(["models", "remove", "a"]) == 1
    assert "could not be removed from there: No space left" in capsys.readouterr().err


def test_a_pack_that_fails_costs_no_other_s_answer(scan, models, tmp_path, capsys) -> None:
    heat, target = tmp_path / "h.nii.gz", tmp_path / "r.json"
    command = ["analyze", str(scan), "--model", "all", "--heatmap", str(heat), "--json", str(target)]
    assert main(command) == 0 and (tmp_path / "h-tiny-lse.nii.gz").exists()
    spoil(models / "tiny-lse")
    loaded._predictors.clear()
    capsys.readouterr()
    assert main(command) == 4
    out, err = capsys.readouterr()
    result = Result.from_json(json.loads(target.read_text()))
    assert [(m.name, m.call) for m in result.models] == [("tiny-lse", "not assessed"), ("tiny-gap", "fracture")]
    assert result.consensus is not None and (result.consensus.call, result.consensus.of) == ("fracture", 1)
    assert "caveat: The model pack tiny-lse was left out. model.onnx of model tiny-lse is not" in out
    assert err.count("MODEL_HASH_MISMATCH") == 1 and "Traceback" not in err
    assert (tmp_path / "h-tiny-gap.nii.gz").exists()
    assert not (tmp_path / "h-tiny-lse.nii.gz").exists() and "the heat map of an earlier run was removed" in err
    assert main(["analyze", str(scan), "--model", "tiny-lse", "--json", str(target)]) == 4
    record = json.loads(target.read_text())
    assert [(f["level"], f["code"]) for f in record["findings"]][-1] == ("withhold", "MODEL_HASH_MISMATCH")


def test_two_packs_of_one_name_are_refused_before_any_scan_is_read(scan, tmp_path, capsys) -> None:
    other = write_pack(tmp_path / "other", "tiny-lse", version="2.0.0")
    assert main(["analyze", str(scan), "--model", "tiny-lse", "--model", str(other)]) == 4
    out, err = capsys.readouterr()
    assert out == "" and "Two different model packs are named tiny-lse; give only one of them. [MODEL_NAME_TWICE]" in err


@pytest.mark.parametrize(
    "preprocessing", [{"spacing_mm": 5e-4}, {"spacing_mm": 1e9}, {"size": 10**9}, {"size": 10**400}, {"size": 64}]
)
def test_hostile_preprocessing_is_exit_4(scan, models, capsys, preprocessing: dict) -> None:
    spec = {**json.loads((models / "tiny-gap" / "manifest.json").read_text())["preprocessing"], **preprocessing}
    del spec["preproc_hash"]
    model = TINY["gap_detector"]("gap", metadata={"preprocessing": json.dumps(spec)})
    write_pack(models / "tiny-gap", "tiny-gap", "gap", model=model, preprocessing=spec)
    assert main(["analyze", str(scan), "--model", "tiny-gap"]) == 4
    assert "[MODEL_SPEC_" in capsys.readouterr().err
    write_pack(models / "tiny-gap", "tiny-gap", "gap", model=model)  # in the network's own words alone
    loaded._predictors.clear()
    assert main(["analyze", str(scan), "--model", "tiny-gap"]) == 4
    assert "[MODEL_SPEC_" in capsys.readouterr().err


def test_models_list_add(tmp_path, home, capsys) -> None:
    assert main(["models", "list"]) == 0
    out = capsys.readouterr().out
    assert "tiny-lse 1.0.0  (released, default)" in out and "trained on: simulated" in out and "auc: 0.97" in out
    assert main(["models", "add", str(write_pack(tmp_path / "mine", "mine"))]) == 0
    assert (home / "models" / "mine" / "model.onnx").is_file()
    assert main(["models", "verify", "mine"]) == 0


def test_a_pack_that_is_replaced_while_it_is_verified_is_sound(models, monkeypatch, capsys) -> None:
    read = packs.list_packs()
    model = TINY["gap_detector"]("gap", metadata={"note": "new"})
    write_pack(models / "tiny-gap", "tiny-gap", "gap", model=model, version="2.0.0")
    monkeypatch.setattr(packs, "list_packs", lambda broken: read)
    assert main(["models", "verify"]) == 0
    assert "tiny-gap 2.0.0: sound" in capsys.readouterr().out


def test_a_pack_runs_while_others_may_replace_it(home, models, tmp_path, monkeypatch, capsys) -> None:
    """A first run may take ten minutes, and everybody who looks for models waits for the lock."""
    assert main(["models", "add", str(write_pack(tmp_path / "mine", "mine"))]) == 0
    ran: list[bool] = []

    def run(pack: packs.ModelPack) -> None:
        with locked(home / packs.LOCK, wait_s=0) as free:
            ran.append(free)
        raise ModelError("MODEL_FILE_INVALID", "It does not run.")

    monkeypatch.setattr(models_command, "try_out", run)
    assert main(["models", "verify", "mine"]) == 4
    assert ran == [True], "once, and nobody waits"
    assert "mine: REFUSED: It does not run. [MODEL_FILE_INVALID]" in capsys.readouterr().out


def test_a_pack_that_is_replaced_while_it_runs_is_judged_by_the_new_one(home, models, tmp_path, monkeypatch, capsys) -> None:
    newer = write_pack(tmp_path / "newer", "mine", model=TINY["gap_detector"]("lse", metadata={"note": "new"}), version="2.0.0")
    assert main(["models", "add", str(write_pack(tmp_path / "mine", "mine"))]) == 0
    ran: list[str] = []

    def run(pack: packs.ModelPack) -> None:
        ran.append(pack.version)
        if ran == ["1.0.0"]:
            main(["models", "add", str(newer)])
            raise ModelError("MODEL_HASH_MISMATCH", "Half old, half new.")

    monkeypatch.setattr(models_command, "try_out", run)
    assert main(["models", "verify", "mine"]) == 0
    assert ran == ["1.0.0", "2.0.0"] and "mine 2.0.0: sound" in capsys.readouterr().out


def test_a_home_that_cannot_be_written_is_named_in_one_line(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    home = tmp_path / "file" / "home"
    line = [sys.executable, "-m", "ankleviewer", "models", "add", str(write_pack(tmp_path / "mine", "mine"))]
    environment = os.environ | {"ANKLEVIEWER_HOME": str(home)}
    root = Path(__file__).parent.parent
    run = subprocess.run(line, cwd=root, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 1 and run.stderr.count("\n") == 1  # the log, which has no place, is not written to stderr either
    assert run.stderr.startswith(f"ankleviewer: {home / 'models'}: the pack could not be written there: ")


@pytest.mark.parametrize("place", [".", "../Folder of mine", "../Folder of mine/../Folder of mine"])
def test_a_pack_is_called_as_its_manifest_says_wherever_it_lies(tmp_path, home, monkeypatch, capsys, place: str) -> None:
    monkeypatch.chdir(write_pack(tmp_path / "Folder of mine", "mine"))
    assert main(["models", "add", place]) == 0
    assert "Added mine 1.0.0" in capsys.readouterr().out
    assert [folder.name for folder in (home / "models").iterdir()] == ["mine"]


def test_a_folder_that_is_no_pack_is_told_by_its_name(scan, tmp_path, monkeypatch, capsys) -> None:
    (tmp_path / "empty" / "inner").mkdir(parents=True)
    for here, place in (("empty", "."), ("empty/inner", "..")):
        monkeypatch.chdir(tmp_path / here)
        for command in (["models", "add", place], ["models", "verify", place], ["analyze", str(scan), "--model", place]):
            assert main(command) == 4
            assert "The model pack empty or its manifest.json does not exist." in capsys.readouterr().err


def test_figures_that_the_scans_left_undefined_are_no_crash(tmp_path, home, capsys) -> None:
    pack = write_pack(home / "models" / "mine", "mine")
    record = json.loads((pack / "manifest.json").read_text())
    record["metrics"] = {"f1": {"value": 0.5, "low": None, "high": None}, "precision": {"value": None, "low": 0.0, "high": 1.0}}
    (pack / "manifest.json").write_text(json.dumps(record))
    assert main(["models", "list"]) == 0
    assert "  f1: 0.5\n" in capsys.readouterr().out


def test_a_pack_that_hides_a_shipped_one_says_so(tmp_path, models, capsys) -> None:
    own = write_pack(tmp_path / "own", "tiny-gap")
    for _ in range(2):  # also where it replaces an own one that did
        assert main(["models", "add", str(own)]) == 0
        assert "It hides the shipped tiny-gap 1.0.0." in capsys.readouterr().out
    assert main(["models", "add", str(write_pack(tmp_path / "mine", "mine"))]) == 0
    assert "hides" not in capsys.readouterr().out
