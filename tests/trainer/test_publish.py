"""From a run to a pack that the viewer runs."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from ankleviewer.cli import main as viewer
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.paths import assets_dir
from ankleviewer.inference.packs import load_pack, read_pack
from ankleviewer.inference.predictor import Predictor
from ankleviewer.ui.words.wording import calibration_text
from trainer.cli import main
from trainer.networks.head import NOT_ASKED, FractureNet
from trainer.packs.unpack import from_pack
from trainer.publish import ExportOrder, _of_all, export_run
from trainer.scans.manifest import read_manifest
from trainer.scans.prepare import prepare
from trainer.starting import load_run, name_of
from trainer.training import checkpoint
from trainer.training.fingerprint import pictures


def test_an_unfinished_run_is_no_finished_one(
    run: Path, manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A job that was killed would be taken for a network that has learnt what was planned."""
    own = tmp_path / "run"
    own.mkdir()
    record, state = json.loads((run / "config.json").read_text()), checkpoint.load(run)
    (own / "config.json").write_text(json.dumps(record | {"stages": [{"steps": 60}, {"steps": 20}]}))
    checkpoint.save(own, {**state, "step": 30})
    checkpoint.save_best(own, {**state, "step": 20, "val_auc": 0.9})
    line = ["export", str(own), "--out", str(tmp_path / "pack"), "--validation", str(manifest), "--name", "trial"]
    assert main([*line, "--reach", "0"]) == 0
    assert "was stopped after 30 of 80 steps, and this pack is of 20; train --resume goes on" in "".join(capsys.readouterr())
    assert json.loads((tmp_path / "pack" / "manifest.json").read_text())["origin"]["steps"] == 20


def test_from_a_run_to_an_answer(run: Path, manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = tmp_path / "pack"
    line = ["export", str(run), "--out", str(pack), "--validation", str(manifest), "--name", "trial"]
    assert main([*line, "--reach", "0"]) == 0
    read = read_pack(pack)
    record = json.loads((pack / "manifest.json").read_text())
    assert record["name"] == "trial" and record["status"] == "preliminary" and record["origin"]["seed"] == 11
    assert record["origin"]["validation"] == "2 scans, 2 assessed, excluded: none"
    assert record["parity"]["volumes"] == 2 and read.name == "trial"
    capsys.readouterr()
    result = tmp_path / "result.json"
    scan = manifest.parent / "s0.nii.gz"
    assert viewer(["analyze", str(scan), "--model", str(pack), "--runtime", "cpu", "--json", str(result)]) == 0
    (answer,) = json.loads(result.read_text())["models"]
    net, _, _ = load_run(run)
    x = np.load(run / "validation-prepared" / "inputs" / "s0.npy")
    with torch.no_grad():
        logit = net(torch.from_numpy(x)[None, None])[0].item()
    decision = record["decision"]
    expected = 1 / (1 + np.exp(-(logit - decision["bias"]) / decision["temperature"]))
    assert answer["probability"] == pytest.approx(expected, abs=0.02)


def test_validation_scans_of_one_class_give_an_uncalibrated_pack_where_that_is_allowed(
    run: Path, manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one_class = tmp_path / "one.csv"
    lines = [f"{manifest.parent / name},0,{name}" for name in ("s0.nii.gz", "s1.nii.gz")]
    one_class.write_text("\n".join(["path,label,patient", *lines]) + "\n")
    pack = tmp_path / "pack"
    line = ["export", str(run), "--out", str(pack), "--validation", str(one_class), "--name", "trial"]
    assert main(line) == 2
    assert "DATA_TOO_FEW" in capsys.readouterr().err and not pack.exists()
    assert main([*line, "--allow-small"]) == 0
    decision = read_pack(pack).decision
    assert decision.calibration_n == 0 and decision.bins == () and decision.sens_threshold == decision.spec_threshold == 0.5
    assert "**not calibrated**" in (pack / "card.md").read_text()
    assert calibration_text(decision, 0.7) == "Score, not calibrated"


def test_a_sharper_pack_answers_by_its_highest_cells(run: Path, manifest: Path, tmp_path: Path) -> None:
    line = ["export", str(run), "--validation", str(manifest), "--name", "trial", "--sharpness", "2.5", "--reach", "0"]
    assert main([*line, "--out", str(tmp_path / "pack")]) == 0
    record = json.loads((tmp_path / "pack" / "manifest.json").read_text())
    assert record["origin"]["sharpness"] == 2.5 and "| sharpness | 2.5 |" in (tmp_path / "pack" / "card.md").read_text()
    kept = json.loads((run / "validation-answers.json").read_text())
    net, _, _ = load_run(run)
    cam = net(torch.from_numpy(np.load(run / "validation-prepared" / "inputs" / "s0.npy"))[None, None])[1].detach()
    assert kept["scans"]["s0"][0] == pytest.approx(float(torch.logsumexp(2.5 * cam.flatten(), 0)) - np.log(cam.numel()), abs=1e-3)
    assert kept["scans"]["s0"][1] == pytest.approx(2.5 * float(cam.max()), abs=1e-3)
    for damaged in ("{", "[]", "null", json.dumps({"weights": kept["weights"]})):
        (run / "validation-answers.json").write_text(damaged)
        assert main([*line, "--out", str(tmp_path / "pack")]) == 0, damaged
        assert json.loads((run / "validation-answers.json").read_text())["scans"]["s0"] == pytest.approx(kept["scans"]["s0"])


def test_a_pack_that_is_asked_near_the_joint_alone(run: Path, manifest: Path, tmp_path: Path) -> None:
    one_class = tmp_path / "one.csv"  # without a threshold, since what random cells say is steep
    one_class.write_text(
        f"path,label,patient,id\n{manifest.parent / 's0.nii.gz'},0,s0,s0\n{manifest.parent / 's1.nii.gz'},0,s1,s1\n"
    )
    line = ["export", str(run), "--validation", str(one_class), "--name", "trial", "--allow-small"]
    assert main([*line, "--reach", "20", "--out", str(tmp_path / "near")]) == 0
    assert main([*line, "--reach", "0", "--out", str(tmp_path / "all")]) == 0
    near, everywhere = (load_pack(tmp_path / name) for name in ("near", "all"))
    x = np.load(run / "validation-prepared" / "inputs" / "s0.npy")[None, None]
    one, other = (Predictor(pack, "cpu").infer(x) for pack in (near, everywhere))
    middle = (np.indices(one.cam.shape) - (one.cam.shape[0] - 1) / 2) * near.network.stride * near.preprocessing.spacing_mm
    beyond = (np.linalg.norm(middle, axis=0) > 20) & (middle[2] < 0)
    assert beyond.any() and not beyond.all()
    np.testing.assert_allclose(one.cam[~beyond], other.cam[~beyond], atol=1e-4)
    assert (one.cam[beyond] <= NOT_ASKED).all() and other.cam[beyond].max() > NOT_ASKED
    assert "more than 20 mm away" in (tmp_path / "near" / "card.md").read_text()
    assert "not asked" not in (tmp_path / "all" / "card.md").read_text()
    again, _ = from_pack(tmp_path / "near")
    assert again.reach == pytest.approx(20 / near.preprocessing.spacing_mm)


def test_a_pack_is_calibrated_anew(run: Path, manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The run may be gone; nothing is written into the pack, which may be one that ships."""
    table = ["--validation", str(manifest), "--reach", "0", "--out"]
    first, second, own = (tmp_path / name for name in ("first", "second", "own"))
    assert main(["export", str(run), *table, str(first), "--name", "trial", "--sharpness", "1.5"]) == 0
    before = {path: path.read_bytes() for path in first.iterdir()}
    assert main(["export", str(first), *table, str(second), "--version", "2", "--mirrored", "--sharpness", "2"]) == 0
    assert {path: path.read_bytes() for path in first.iterdir()} == before
    old, new = (json.loads((pack / "manifest.json").read_text()) for pack in (first, second))
    assert (new["name"], new["version"], new["origin"]["made_of"]) == ("trial", "2", "trial 1")
    assert new["origin"] == old["origin"] | {"made_of": "trial 1", "sharpness": 3.0}
    assert new["network"]["config"]["mirrored"] and (tmp_path / "second-validation" / "validation-answers.json").is_file()
    x = np.load(tmp_path / "second-validation" / "validation-prepared" / "inputs" / "s0.npy")[None, None]
    one, two = (Predictor(load_pack(pack), "cpu") for pack in (first, second))
    maps = [2 * one.infer(x).cam, 2 * one.infer(np.ascontiguousarray(x[:, :, ::-1])).cam[::-1]]
    np.testing.assert_allclose(two.infer(x).cam, np.mean(maps, axis=0), atol=2e-3)
    capsys.readouterr()
    for more, told in (([*table, str(first)], "give another --out"), ([*table, str(own), "--mean-with", str(run)], "is a pack")):
        assert main(["export", str(first), *more]) == 2
        assert f"USAGE: {told}" in (said := capsys.readouterr().err) or ("USAGE" in said and told in said)


def test_the_mean_with_the_pack_it_went_on_from(
    run: Path, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["export", str(run), "--validation", str(manifest), "--name", "trial", "--out", str(tmp_path / "pack")]
    compact = assets_dir() / "models" / "compact"
    line += ["--reach", "0", "--mean-with", str(compact)]
    net, spec, record = load_run(run)
    for init, told in (("", "began from nothing"), ("compact 1", "went on from compact 1")):
        with monkeypatch.context() as patch:
            patch.setattr("trainer.publish.load_run", lambda path, init=init: (net, spec, record | {"init": init}))
            assert main(line) == 2
        said = capsys.readouterr().err
        assert "INIT_UNFIT" in said and f"it {told}, not from {name_of(compact)}" in said and not (tmp_path / "pack").exists()
    init = name_of(assets_dir() / "models" / "compact")
    for more, out, told in (
        ({"init_sha256": "0" * 64}, tmp_path / "pack", "INIT_UNFIT: A mean .* bears its name, and is another one"),
        ({}, assets_dir() / "models" / "compact", "USAGE: .* is the pack of --mean-with"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr("trainer.publish.load_run", lambda path, more=more: (net, spec, record | {"init": init} | more))
            with pytest.raises(AnkleViewerError, match=told):
                export_run(ExportOrder(run, out, manifest, name="trial", mean_with=[assets_dir() / "models" / "compact"]))
    record = record | {"init_sha256": read_pack(assets_dir() / "models" / "compact").sha256}
    monkeypatch.setattr("trainer.publish.load_run", lambda path: (net, spec, record | {"init": init}))
    asked = []

    def halved(net: FractureNet, pack: Path, others: list[FractureNet]) -> None:
        asked.append((pack.name, len(others)))
        with torch.no_grad():
            net.head.weight /= 2

    monkeypatch.setattr("trainer.publish.mean_with", halved)
    assert main(line) == 0 and asked == [("compact", 0)]
    made = json.loads((tmp_path / "pack" / "manifest.json").read_text())
    assert made["origin"]["mean_with"] == init and f"| mean_with | {init} |" in (tmp_path / "pack" / "card.md").read_text()
    twin = tmp_path / "twin"
    shutil.copytree(run, twin, ignore=shutil.ignore_patterns("validation*"))
    assert main([*line, str(run)]) == 2 and "a run is named twice" in capsys.readouterr().err.lower()
    assert main([*line, str(twin)]) == 0 and asked[1:] == [("compact", 1)]
    assert json.loads((tmp_path / "pack" / "manifest.json").read_text())["origin"]["mean_with"] == f"{init}, 2 runs"


def test_what_any_run_of_a_mean_has_seen_judges_it_not() -> None:
    ours, theirs = {"pictures": ["1"], "judged": ["2"], "seed": 1}, {"pictures": ["3"], "judged": ["4"], "seed": 2}
    together = _of_all([ours, theirs], [Path("a"), Path("b")])
    assert together["pictures"] == ["1", "3"] and together["judged"] == ["2", "4"] and together["seed"] == 1
    assert together["all"] == [ours, theirs] and "pictures" not in _of_all([{"seed": 1}], [Path("a")])
    for other in (theirs | {"data": "the hospital's own scans"}, theirs | {"preprocessing": {"lo": -1000}}):
        with pytest.raises(AnkleViewerError, match="INIT_UNFIT: A mean is made of runs on scans of one kind"):
            _of_all([ours, other], [Path("a"), Path("b")])


def test_a_network_that_takes_means_has_no_sharpness(
    tmp_path: Path, run: Path, manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, spec, record = load_run(run)
    net.pooling = "gap"
    monkeypatch.setattr("trainer.publish.load_run", lambda path: (net, spec, record))
    with pytest.raises(AnkleViewerError, match="USAGE: --sharpness"):
        export_run(ExportOrder(run, tmp_path / "pack", manifest, name="trial", sharpness=2.0))


@pytest.mark.parametrize("name", ["Our Hospital", "klinik-süd", "UPPER", "../x", "", "all"])
def test_names_that_the_viewer_refuses_are_refused_first(name: str, tmp_path: Path) -> None:
    with pytest.raises(AnkleViewerError, match="NAME_INVALID: A model may not be named"):
        export_run(ExportOrder(tmp_path / "no run", tmp_path / "pack", name=name))


@pytest.mark.parametrize("version", ["1" * 41, "1\n2"])
def test_versions_that_the_viewer_refuses_are_refused_first(version: str, tmp_path: Path) -> None:
    with pytest.raises(AnkleViewerError, match="USAGE: --version takes at most 40 signs"):
        export_run(ExportOrder(tmp_path / "no run", tmp_path / "pack", version=version))


def test_a_network_of_own_scans_has_a_name_and_validation_scans_of_its_own(
    run: Path, manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under its architecture's name it would hide the shipped model; simulated scans would set its thresholds."""
    own = tmp_path / "run"
    own.mkdir()
    for file in run.iterdir():
        if file.is_file():
            shutil.copy(file, own)
    record = json.loads((run / "config.json").read_text()) | {"data": "the hospital's own scans"}
    (own / "config.json").write_text(json.dumps(record))
    line = ["export", str(own), "--out", str(tmp_path / "pack")]
    assert main([*line, "--validation", str(manifest)]) == 2 and "NAME_MISSING" in capsys.readouterr().err
    assert main([*line, "--name", "ours"]) == 2 and "VALIDATION_MISSING" in capsys.readouterr().err
    seen = pictures(prepare(manifest, tmp_path / "seen", load_run(run)[1], part="validation"))
    (own / "config.json").write_text(json.dumps(record | {"pictures": seen[:1]}))
    assert main([*line, "--name", "ours", "--validation", str(manifest)]) == 2
    assert "DATA_LEAK: 1 of the validation scans were trained on" in capsys.readouterr().err
    assert not (own / "validation").exists() and not (tmp_path / "pack").exists()


@pytest.mark.parametrize("measured", [False, True])
def test_a_run_that_knows_none_of_its_scans_says_that_no_leak_is_looked_for(
    run: Path, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: bool
) -> None:
    def prepared(*_: object, **__: object) -> None:
        raise KeyboardInterrupt  # far enough

    monkeypatch.setattr("trainer.publish.prepare", prepared)
    own, figures = tmp_path / "run", tmp_path / "metrics.json"
    own.mkdir()
    shutil.copy(run / "checkpoint.pt", own)
    figures.write_text(json.dumps({"pictures": ["3" * 64], "models": {"ours": {"assessed": 1}}}))
    record = json.loads((run / "config.json").read_text())
    order = ExportOrder(own, tmp_path / "pack", manifest, figures if measured else None, name="ours")
    whose = "the validation scans or those of metrics.json" if measured else "the validation scans"
    told = f"{own} does not tell which scans it was trained on (an earlier release kept no record of them): whether {whose} are "
    for more, lines in (
        ({"data": "own"}, [told + "among them is not checked"]),
        ({"data": "own", "pictures": ["1" * 64]}, []),
        ({}, []),
    ):
        (own / "config.json").write_text(json.dumps(record | more))
        said: list[str] = []
        with pytest.raises(KeyboardInterrupt):
            export_run(order, said.append)
        assert said == lines


def test_validation_scans_are_a_table_or_a_folder_with_its_manifest(
    run: Path, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def prepared(table: Path, *_: object, **__: object) -> None:
        met.append(len(read_manifest(table)))
        raise KeyboardInterrupt

    met: list[int] = []
    monkeypatch.setattr("trainer.publish.prepare", prepared)
    with pytest.raises(KeyboardInterrupt):
        export_run(ExportOrder(run, tmp_path / "pack", manifest.parent, name="ours"))
    assert met == [2]
    data = tmp_path / "DATA"
    data.mkdir()
    for part in ("train", "validation", "test"):
        (data / f"{part}.csv").write_text("path,label\na.nii,1\n")
    line = ["export", str(run), "--out", str(tmp_path / "pack"), "--name", "ours", "--validation", str(data)]
    assert main(line) == 2 and met == [2]
    told = f"there is no manifest.csv in {data}, which `prepare` made: give --validation {data / 'validation.csv'}\n"
    assert capsys.readouterr().err == f"TABLE_UNREADABLE: {told}"


@pytest.mark.parametrize("place", ["packs", "run"])
def test_places_that_may_not_be_written_to_are_told_before_any_scan_is_run(
    run: Path, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """A pack's new files are made beside the old ones, answers are kept in the run."""

    def deny(path: Path, *args: object, **more: object) -> None:
        if path.parent == denied:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        touch(path, *args, **more)  # type: ignore[arg-type]

    (tmp_path / "packs").mkdir()
    denied = tmp_path / "packs" if place == "packs" else run
    touch = Path.touch
    monkeypatch.setattr("trainer.publish.prepare", lambda *_, **__: pytest.fail("no scan may be looked at"))
    monkeypatch.setattr(Path, "touch", deny)
    with pytest.raises(AnkleViewerError) as met:
        export_run(ExportOrder(run, tmp_path / "packs" / "pack", manifest, name="ours"))
    assert str(met.value).startswith(f"OUT_UNFIT: {denied} may not be written to (Permission denied): ")


def test_what_cannot_be_written_is_refused_before_any_scan_is_run(
    run: Path, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.publish.prepare", lambda *_, **__: pytest.fail("no scan may be looked at"))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "thesis.docx").write_text("")
    with pytest.raises(FileExistsError):
        export_run(ExportOrder(run, tmp_path / "own", manifest))
    with pytest.raises(AnkleViewerError) as caught:
        export_run(ExportOrder(run, tmp_path / "pack", manifest, finer=7))
    assert caught.value.code == "USAGE"


def test_thresholds_are_not_set_from_the_half_that_a_share_shows(
    run: Path, manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "validation.csv"
    rows = manifest.read_text().splitlines()
    heading = rows[0].split(",").index("path")
    there = [",".join(str(manifest.parent / c) if n == heading else c for n, c in enumerate(row.split(","))) for row in rows[1:]]
    gone = there[0].replace("s0.nii", "gone.nii")
    table.write_text("\n".join([rows[0], *there, gone]) + "\n")
    assert main(["export", str(run), "--out", str(tmp_path / "pack"), "--validation", str(table), "--name", "trial"]) != 0
    assert "SCANS_NOT_FOUND: 1 of 3 validation scans cannot be read now" in capsys.readouterr().err
    assert not (tmp_path / "pack").exists()
