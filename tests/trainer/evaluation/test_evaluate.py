"""Evaluation: reading manifests, figures from known predictions, and one run through the viewer's own code."""

from __future__ import annotations

import csv
import errno
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.inference.packs import read_pack
from ankleviewer.inference.predictor import Predictor
from trainer.evaluation import evaluate as module
from trainer.evaluation.evaluate import Prediction, as_text, evaluate, measure, predict_scan
from trainer.evaluation.localise import Pointing
from trainer.evaluation.metrics import auc_interval
from trainer.networks.head import FractureNet
from trainer.packs.export import export
from trainer.scans.intake import Intake
from trainer.scans.manifest import DataError, Row

CRACK = {"center_mm": [0, 0, 0], "min_mm": [-3, -1, -3], "max_mm": [3, 1, 3]}
BOX = ((-5, -3, -5), (5, 3, 5))


def rows(n: int) -> list[Row]:
    """Twins: even scans fractured, odd ones not."""
    return [
        Row(f"s{i}", Path(f"s{i}.nii.gz"), 1 - i % 2, f"p{j}", "here", ("hairline", "displaced")[j % 2], f"t{j}")
        for i, j in ((i, i // 2) for i in range(n))
    ]


def answer(p: float | None, boxes: bool = False) -> Prediction:
    if p is None:
        return Prediction(None, "not assessed", Pointing((), None), "ANKLE_INCOMPLETE")
    pointing = Pointing((BOX,), (0, 0, 0)) if boxes else Pointing((), None)
    return Prediction(p, "fracture" if p > 0.5 else "no fracture", pointing)


def test_figures_of_known_predictions() -> None:
    scans = rows(8)  # fractured: s0 s2 s4 s6; hairline: s0 s1 s4 s5
    p = [0.9, 0.1, 0.8, 0.2, 0.3, 0.4, 0.7, None]
    truth = {r.id: {"fractures": [CRACK] if r.label else []} for r in scans}
    found = measure(scans, [answer(v, v is not None and v > 0.6) for v in p], 0.75, 0.35, truth, resamples=50)
    assert found["assessed"] == 7
    assert found["not_assessed"] == {"ANKLE_INCOMPLETE": 1}
    assert found["at_spec_threshold"]["confusion"] == {"tp": 2, "fp": 0, "fn": 2, "tn": 3}
    assert found["at_sens_threshold"]["confusion"] == {"tp": 3, "fp": 1, "fn": 1, "tn": 2}
    assert found["at_spec_threshold"]["auc"]["value"] == pytest.approx(11 / 12, abs=1e-6)
    assert found["uncertain"] == 2
    assert found["pair_accuracy"] == {"value": pytest.approx(2 / 3, abs=1e-6), "pairs": 3}
    assert found["auc_by_severity"]["displaced"]["value"] == 1.0
    assert found["auc_by_severity"]["hairline"]["value"] == pytest.approx(5 / 6, abs=1e-6)
    assert found["auc_by_severity"]["hairline"]["n"] == 2
    assert found["localisation"]["pointing_game"]["value"] == 0.75
    assert found["localisation"]["unfractured_without_box"]["value"] == 1.0
    assert found["brier"] == pytest.approx(np.mean([0.01, 0.01, 0.04, 0.04, 0.49, 0.16, 0.09]), abs=1e-6)


def test_a_scan_without_truth_is_no_unfractured_one() -> None:
    scans = rows(4)
    truth = {r.id: {"fractures": [CRACK] if r.label else []} for r in scans[1:]}
    found = measure(scans, [answer(0.9, True)] * 4, 0.5, 0.5, truth, resamples=20)
    places = found["localisation"]
    assert (places["n_fractured"], places["n_unfractured"], places["without_truth"]) == (1, 2, 1)
    assert "1 scans are not in truth.json" in as_text(found)


def test_severities_of_one_patient_s_scans_are_less_sure() -> None:
    scans, p = rows(40), list(np.random.default_rng(1).random(40))
    alike = [replace(row, patient=f"p{i // 10}") for i, row in enumerate(scans)]
    apart = [replace(row, patient=row.id) for row in scans]
    wide, narrow = (measure(who, [answer(v) for v in p], 0.7, 0.3, resamples=200)["auc_by_severity"] for who in (alike, apart))
    for severity, one in narrow.items():
        assert one["value"] == wide[severity]["value"] and one["n"] == 10
        assert (one["low"], one["high"]) != (wide[severity]["low"], wide[severity]["high"])
        interval = auc_interval(one["value"], 10, 20)
        assert one["low"] == pytest.approx(interval.low, abs=1e-6), "Hanley and McNeil where each scan is a patient"


def test_figures_read_as_a_table() -> None:
    scans = rows(8)
    truth = {r.id: {"fractures": [CRACK] if r.label else []} for r in scans}
    answers = [answer(v, v is not None and v > 0.6) for v in [0.9, 0.1, 0.8, 0.2, 0.3, 0.4, 0.7, None]]
    text = as_text(measure(scans, answers, 0.75, 0.35, truth, resamples=50))
    assert "not assessed: 1 ANKLE_INCOMPLETE" in text and "4 fractured, 3 not" in text
    (specificity,) = [line.split() for line in text.splitlines() if line.split()[:1] == ["specificity"]]
    assert specificity[1] == "1.000" and specificity[3] == "0.667" and len(specificity) == 5
    assert "pair accuracy 0.667 of 3 pairs" in text and "pointing game 0.750 (" in text and "AUC, hairline (n = 2): 0.833" in text
    silent = measure(scans, [answer(0.2)] * 8, 0.75, 0.35, resamples=10)
    assert silent["at_spec_threshold"]["precision"]["value"] is None, "JSON has no nan"
    assert "precision   undefined" in as_text(silent)
    assert module._interval({"value": 0.5, "low": None, "high": None}) == "0.500 (undefined)"
    assert "no figures" in as_text(measure(rows(1), [answer(0.4)], 0.5, 0.5)) and as_text(measure([], [], 0.5, 0.5)) == ""


def test_one_class_is_said_and_nothing_assessed_is_no_crash() -> None:
    assert "both" in measure(rows(1), [answer(0.4)], 0.5, 0.5)["error"]
    assert measure(rows(2), [answer(None)] * 2, 0.5, 0.5) == {"assessed": 0, "not_assessed": {"ANKLE_INCOMPLETE": 2}}


def test_unreadable_scans_are_not_assessed(tmp_path: Path) -> None:
    (tmp_path / "bad.nii.gz").write_bytes(b"not a scan")
    found = predict_scan(tmp_path / "bad.nii.gz", {"m": None})["m"]  # type: ignore[dict-item]
    assert found.probability is None
    assert found.reason == found.reason.upper() != ""


def test_the_viewers_predictor_is_asked_for_every_ankle_and_the_highest_counts(tmp_path: Path) -> None:
    torch.manual_seed(0)
    features = torch.nn.Sequential(torch.nn.AvgPool3d(8), torch.nn.Conv3d(1, 2, 1))
    net = FractureNet(features, 2, "gap", arch="test", mode="full", stride=8)
    with torch.no_grad():
        features[1].weight.fill_(1.0)  # type: ignore[operator, union-attr]
        net.head.weight.fill_(4.0)
    spec = PreprocessSpec("bone", -1000.0, 1000.0, 0.0, size=32, spacing_mm=2.0)
    decision = {
        "temperature": 1.0,
        "bias": 0.0,
        "sens_threshold": 0.5,
        "spec_threshold": 0.9,
        "cam_reference": 0.1,
        "cam_floor": 0.0,
    }
    volumes = [np.full((32, 32, 32), v, dtype=np.float32) for v in (0.0, 1.0)]
    pack = read_pack(
        export(
            net,
            spec.to_json(),
            decision,
            {"data": "none"},
            {},
            "tiny",
            "Tiny",
            "1",
            "preliminary",
            False,
            tmp_path / "tiny",
            volumes,
        )
    )
    hu = np.full((128, 64, 64), -1000, dtype=np.int16)
    hu[80:110, 20:44, 20:44] = 1000
    volume = Volume(hu, Grid.axis_aligned(hu.shape, 1.0, (0, 0, 0)))
    ankles = [Ankle("R", (x, 32.0, 32.0), (0, 0, 0), (1, 1, 1), True, "") for x in (32.0, 96.0)]
    predictor = Predictor(pack, "cpu")
    alone = module._predict(predictor, volume, Intake(None, tuple(ankles[:1]), ""))
    both = module._predict(predictor, volume, Intake(None, tuple(ankles), ""))
    assert alone.probability is not None
    assert both.probability is not None
    assert both.probability > alone.probability
    assert both.pointing.peak_mm is not None
    assert 76 <= both.pointing.peak_mm[0] <= 114
    assert both.call == pack.decision.call(both.probability)


class FakePack:
    name, version, sha256 = "tiny", "1", "0" * 64

    class manifest:  # noqa: N801
        record = {"decision": {"spec_threshold": 0.6, "sens_threshold": 0.4}}  # noqa: RUF012


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stub:
        def __init__(self, pack: FakePack, runtime: str) -> None:
            self.pack = pack

    monkeypatch.setattr("ankleviewer.inference.packs.load_pack", lambda name: FakePack())
    monkeypatch.setattr("ankleviewer.inference.predictor.Predictor", Stub)


@pytest.mark.usefixtures("stubs")
def test_packs_of_one_name_are_refused(tmp_path: Path) -> None:
    """Figures go by name: one of the two would be left out in silence."""
    (tmp_path / "manifest.csv").write_text("path,label\na.nii,1\n")
    with pytest.raises(AnkleViewerError, match="MODELS_SAME_NAME: 2 of the packs are named tiny"):
        evaluate(["tiny", tmp_path / "tiny"], tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("stubs")
def test_whom_the_table_leaves_out_is_not_assessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `prepare` does; simulated patients are of any age and stay."""
    seen: list[str] = []
    monkeypatch.setattr(module, "predict_scan", lambda path, predictors: seen.append(path.name) or {"tiny": answer(0.9)})
    lines = ["a.nii,1,15,,here", "b.nii,0,44,yes,here", "c.nii,1,44,no,here", "d.nii,0,15,,simulator\\, standard"]
    table = "\n".join(["path,label,age,surgery,site", *lines]).replace("simulator\\, standard", '"simulator, standard"')
    (tmp_path / "manifest.csv").write_text(table)
    figures = evaluate(["tiny"], tmp_path, tmp_path / "out", resamples=10)["models"]["tiny"]
    assert seen == ["c.nii", "d.nii"]
    assert figures["assessed"] == 2 and figures["not_assessed"] == {"NOT_ADULT": 1, "PRIOR_SURGERY": 1}


@pytest.mark.usefixtures("stubs")
def test_scans_that_the_truth_lacks_are_named_beside_the_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in a model's figures, which `export --metrics` puts into a pack."""
    monkeypatch.setattr(module, "predict_scan", lambda path, predictors: {"tiny": answer(0.9)})
    (tmp_path / "manifest.csv").write_text("path,label\na.nii,1\nb.nii,0\n")
    (tmp_path / "truth.json").write_text(json.dumps({"b": {"fractures": []}}))
    record = evaluate(["tiny"], tmp_path, tmp_path / "out", resamples=10)
    assert record["without_truth"] == ["a"]
    assert record["models"]["tiny"]["localisation"]["without_truth"] == 1
    (tmp_path / "truth.json").unlink()
    assert "without_truth" not in evaluate(["tiny"], tmp_path, tmp_path / "out", resamples=10)


def test_an_unusable_folder_and_a_contradiction_are_told_before_any_scan_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stubs: None
) -> None:
    def read(*_: object) -> None:
        raise AssertionError("reads")

    monkeypatch.setattr(module, "predict_scan", read)
    monkeypatch.setattr(module, "read_manifest", lambda _: rows(2))
    (tmp_path / "file").write_text("")
    with pytest.raises(FileExistsError):
        evaluate(["tiny"], tmp_path, tmp_path / "file")
    (tmp_path / "truth.json").write_text(json.dumps({"s0": {"fractures": []}}))
    with pytest.raises(DataError, match="s0"):
        evaluate(["tiny"], tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("stubs")
def test_a_full_disk_leaves_no_half_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "predict_scan", lambda path, predictors: {"tiny": answer(0.9)})
    monkeypatch.setattr("os.fsync", full)
    (tmp_path / "manifest.csv").write_text("path,label\na.nii,1\n")
    with pytest.raises(OSError, match="full"):
        evaluate(["tiny"], tmp_path, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def full(handle: int) -> None:
    raise OSError(errno.ENOSPC, "the disk is full")


@pytest.mark.usefixtures("stubs")
def test_files_are_written_and_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = iter([0.9, 0.2, 0.7, None])
    monkeypatch.setattr(module, "predict_scan", lambda path, predictors: {"tiny": answer(next(given), True)})
    (tmp_path / "manifest.csv").write_text("path,label\na.nii,1\nb.nii,0\nc.nii,1\nd.nii,0\n")
    (tmp_path / "truth.json").write_text(json.dumps({"a": {"fractures": [CRACK]}, "c": {"fractures": [CRACK]}}))
    seen: list[str] = []
    record = evaluate(["tiny"], tmp_path, tmp_path / "out", resamples=20, progress=lambda i, n, s: seen.append(f"{i}/{n} {s}"))
    assert seen == ["0/4 a", "1/4 b", "2/4 c", "3/4 d", "4/4 "]
    assert json.loads((tmp_path / "out/metrics.json").read_text()) == record
    figures = record["models"]["tiny"]
    assert figures["at_spec_threshold"]["auc"]["value"] == 1.0
    assert figures["localisation"]["box_hit"]["value"] == 1.0
    with (tmp_path / "out/predictions.csv").open() as f:
        lines = list(csv.DictReader(f))
    assert [r["probability"] for r in lines] == ["0.9", "0.2", "0.7", ""]
    assert [r["call"] for r in lines] == ["fracture", "no fracture", "fracture", "not assessed"]
    assert json.loads(lines[0]["boxes"]) == [[[-5, -3, -5], [5, 3, 5]]]
    assert (tmp_path / "out/roc.png").read_bytes().startswith(b"\x89PNG")
