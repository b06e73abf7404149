"""Evaluation: the viewer's own code on every scan of a table, what is kept of it, and the files at the end."""

from __future__ import annotations

import csv
import errno
import hashlib
import json
import re
import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

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
from ankleviewer.io.nifti import write_nifti
from trainer.evaluation import evaluate as module
from trainer.evaluation.answers import NAME, Prediction
from trainer.evaluation.evaluate import evaluate, predict_scan
from trainer.networks.head import FractureNet
from trainer.packs.export import Label, export
from trainer.scans.intake import Intake
from trainer.scans.manifest import DataError, Row

KNOWN = runpy.run_path(str(Path(__file__).parent / "conftest.py"))
CRACK, BOX, rows, answer = (KNOWN[name] for name in ("CRACK", "BOX", "rows", "answer"))


def test_unreadable_scans_are_not_assessed(tmp_path: Path) -> None:
    (tmp_path / "bad.nii.gz").write_bytes(b"not a scan")
    row = Row("bad", tmp_path / "bad.nii.gz", 1, "p", "", "", "", mask=tmp_path / "none.nii")
    found, marks = predict_scan(row, {"m": None}, True)  # type: ignore[dict-item]
    assert found["m"].probability is None and marks is None
    assert found["m"].reason == found["m"].reason.upper() != ""
    assert not found["m"].lasting, "a share that was away for a moment"


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
            Label("tiny", "Tiny"),
            tmp_path / "tiny",
            volumes,
        )
    )
    hu = np.full((128, 64, 64), -1000, dtype=np.int16)
    hu[80:112, 16:48, 16:48] = 1000  # whole cells: the map shows what cells say, not what splines make of their neighbours
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


def says(answered: Callable[[Row], Prediction], marks: list | None = None) -> Callable:
    """A stand-in for `predict_scan` in which every model answers the same."""
    return lambda row, predictors, with_marks: ({name: answered(row) for name in predictors}, marks if with_marks else None)


class FakePack:
    name, version, sha256 = "tiny", "1", "0" * 64

    class manifest:  # noqa: N801
        record = {"decision": {"spec_threshold": 0.6, "sens_threshold": 0.4}}  # noqa: RUF012


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stub:
        def __init__(self, pack: FakePack, runtime: str) -> None:
            self.pack = pack

        def start(self) -> None:
            """There is no engine."""

    monkeypatch.setattr(module, "load_pack", lambda name: FakePack())
    monkeypatch.setattr(module, "Predictor", Stub)
    monkeypatch.setattr(module, "check_reachable", lambda rows: None)  # what `predict_scan` would read is not there


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
    monkeypatch.setattr(module, "predict_scan", says(lambda row: seen.append(row.path.name) or answer(0.9)))
    lines = ["a.nii,1,15,,here", "b.nii,0,44,yes,here", "c.nii,1,44,no,here", "d.nii,0,15,,simulator\\, standard"]
    table = "\n".join(["path,label,age,surgery,site", *lines]).replace("simulator\\, standard", '"simulator, standard"')
    (tmp_path / "manifest.csv").write_text(table)
    figures = evaluate(["tiny"], tmp_path, tmp_path / "out", resamples=10)["models"]["tiny"]
    assert seen == ["c.nii", "d.nii"]
    assert figures["assessed"] == 2 and figures["not_assessed"] == {"NOT_ADULT": 1, "PRIOR_SURGERY": 1}


@pytest.mark.usefixtures("stubs")
def test_scans_that_the_truth_lacks_are_named_beside_the_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in a model's figures, which `export --metrics` puts into a pack."""
    monkeypatch.setattr(module, "predict_scan", says(lambda row: answer(0.9)))
    (tmp_path / "manifest.csv").write_text("path,label\na.nii,1\nb.nii,0\n")
    (tmp_path / "truth.json").write_text(json.dumps({"b": {"fractures": []}}))
    record = evaluate(["tiny"], tmp_path, tmp_path / "out", resamples=10)
    assert record["without_truth"] == ["a"]
    assert record["models"]["tiny"]["localisation"]["without_truth"] == 1
    (tmp_path / "truth.json").unlink()
    assert "without_truth" not in evaluate(["tiny"], tmp_path, tmp_path / "out", resamples=10)


@pytest.mark.usefixtures("stubs")
def test_the_figures_name_the_scans_and_no_patient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of the card's row `set`, as the shipped packs have it."""
    monkeypatch.setattr(module, "predict_scan", says(lambda row: answer(0.9)))
    table = tmp_path / "Smith" / "test.csv"
    table.parent.mkdir()
    table.write_text("path,label,patient\na.nii,1,Smith\nb.nii,0,Smith\nc.nii,1,Jones\n")
    told = evaluate(["tiny"], table, tmp_path / "out", resamples=10)["models"]["tiny"]["set"]
    assert re.fullmatch(r"test\.csv: 3 scans of 2 patients, \d{4}-\d\d-\d\d", told)
    (table.parent / "manifest.csv").write_text("path,label,patient\na.nii,1,Smith\nb.nii,0,Smith\nc.nii,1,\n")
    told = evaluate(["tiny"], table.parent, tmp_path / "other", resamples=10)["models"]["tiny"]["set"]
    assert told.startswith("manifest.csv: 3 scans of 2 patients (1 of them not named), 20")


@pytest.mark.usefixtures("stubs")
def test_a_folder_of_prepare_is_told_by_its_test_part(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"TABLE_UNREADABLE: there is no table .*manifest\.csv$"):
        evaluate(["tiny"], tmp_path, tmp_path / "out")
    for name in ("train", "test"):
        (tmp_path / f"{name}.csv").write_text("path,label\na.nii,1\n")
    with pytest.raises(DataError, match=r"TABLE_UNREADABLE: there is no manifest\.csv in .*: give --data .*test\.csv$"):
        evaluate(["tiny"], tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


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
    def filled(*_: object) -> None:
        monkeypatch.setattr("os.fsync", full)

    monkeypatch.setattr(module, "predict_scan", says(lambda row: answer(0.9)))
    monkeypatch.setattr(module, "_places", filled)  # once all answers are there
    (tmp_path / "manifest.csv").write_text("path,label\na.nii,1\n")
    with pytest.raises(OSError, match="full"):
        evaluate(["tiny"], tmp_path, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [NAME]


def full(handle: int) -> None:
    raise OSError(errno.ENOSPC, "the disk is full")


@pytest.mark.usefixtures("stubs")
def test_files_are_written_and_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = iter([0.9, 0.2, 0.7, None])
    monkeypatch.setattr(
        module,
        "predict_scan",
        says(lambda row: replace(answer(next(given), True), pixels={"a": "ab", "b": "cd"}.get(row.id, ""))),
    )
    (tmp_path / "manifest.csv").write_text("path,label\na.nii,1\nb.nii,0\nc.nii,1\nd.nii,0\n")
    (tmp_path / "truth.json").write_text(json.dumps({"a": {"fractures": [CRACK]}, "c": {"fractures": [CRACK]}}))
    seen: list[str] = []
    record = evaluate(["tiny"], tmp_path, tmp_path / "out", resamples=20, progress=lambda i, n, s: seen.append(f"{i}/{n} {s}"))
    assert seen == ["0/4 a", "1/4 b", "2/4 c", "3/4 d", "4/4 "]
    assert json.loads((tmp_path / "out/metrics.json").read_text()) == record
    assert record["pictures"] == ["ab", "cd"] and "pictures" not in record["models"]["tiny"]
    assert record["pictured"] == {"tiny": 2} and record["models"]["tiny"]["assessed"] == 3, "of one it is not told what was seen"
    figures = record["models"]["tiny"]
    assert figures["at_spec_threshold"]["auc"]["value"] == 1.0
    assert figures["localisation"]["box_hit"]["value"] == 1.0
    with (tmp_path / "out/predictions.csv").open() as f:
        lines = list(csv.DictReader(f))
    assert [r["probability"] for r in lines] == ["0.9", "0.2", "0.7", ""]
    assert [r["call"] for r in lines] == ["fracture", "no fracture", "fracture", "not assessed"]
    assert json.loads(lines[0]["boxes"]) == [[[-5, -3, -5], [5, 3, 5]]]
    assert (tmp_path / "out/roc.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.usefixtures("stubs")
def test_of_several_packs_each_names_all_scans_of_its_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one of them could not assess a scan that another did, neither pretends to."""

    def predict(row: Row, models: dict[str, object], _: bool) -> tuple[dict[str, Prediction], None]:
        told = {name: replace(answer(0.9), pixels=row.id * 2) for name in models}
        return told | ({"one": replace(answer(None), reason="MODEL_FAILED", lasting=False)} if row.id == "b" else {}), None

    def load(name: str) -> SimpleNamespace:
        return SimpleNamespace(name=name, version="1", sha256=name * 20, manifest=FakePack.manifest)

    monkeypatch.setattr(module, "load_pack", load)
    monkeypatch.setattr(module, "predict_scan", predict)
    (tmp_path / "manifest.csv").write_text("path,label,surgery\na.nii,1,\nb.nii,0,\nc.nii,0,\nd.nii,1,yes\n")
    record = evaluate(["one", "two"], tmp_path, tmp_path / "out", resamples=10)
    assert record["pictures"] == ["aa", "bb", "cc"]
    assert record["pictured"] == {"one": 2, "two": 3}
    assert {name: figures["assessed"] for name, figures in record["models"].items()} == record["pictured"]
    alone = evaluate(["one"], tmp_path, tmp_path / "alone", resamples=10)
    assert alone["pictures"] == ["aa", "cc"] and alone["pictured"] == {"one": 2}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Four scans, two of them fractured, with marks on the first."""
    for name in "abcd":
        (tmp_path / f"{name}.nii").write_bytes(b"scan")
    (tmp_path / "m.nii").write_bytes(b"marks")
    (tmp_path / "manifest.csv").write_text("path,label,mask\na.nii,1,m.nii\nb.nii,0,\nc.nii,1,\nd.nii,0,\n")
    return tmp_path


@pytest.mark.usefixtures("stubs")
def test_marks_tell_the_places_where_no_truth_does(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "predict_scan", says(lambda row: answer(0.9, bool(row.label)), [CRACK]))
    record = evaluate(["tiny"], table, table / "out", resamples=10)
    places = record["models"]["tiny"]["localisation"]
    assert (places["n_fractured"], places["n_unfractured"], places["without_truth"]) == (1, 2, 1)
    assert places["box_hit"]["value"] == 1.0 and record["without_truth"] == ["c"]
    monkeypatch.setattr(module, "predict_scan", says(lambda row: answer(0.9), []))
    nothing = evaluate(["tiny"], table, table / "other", resamples=10)
    assert "localisation" not in nothing["models"]["tiny"], "marks of nothing tell nothing"
    (table / "truth.json").write_text(json.dumps({n: {"fractures": [CRACK]} for n in "ac"}))
    told = evaluate(["tiny"], table, table / "third", resamples=10)["models"]["tiny"]["localisation"]
    assert (told["n_fractured"], told["n_unfractured"]) == (2, 2) and "without_truth" not in told


@pytest.mark.usefixtures("stubs")
def test_a_run_that_was_cut_goes_on_and_gives_the_same(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(row: Row) -> Prediction:
        if row.id == cut:
            raise KeyboardInterrupt
        seen.append(row.id)
        return answer(0.2 + 0.2 * "abcd".index(row.id), True)

    seen: list[str] = []
    cut = "c"
    monkeypatch.setattr(module, "predict_scan", says(answered, [CRACK]))
    with pytest.raises(KeyboardInterrupt):
        evaluate(["tiny"], table, table / "out", resamples=10)
    assert seen == ["a", "b"]
    cut = ""
    record = evaluate(["tiny"], table, table / "out", resamples=10)
    assert seen == ["a", "b", "c", "d"]
    assert evaluate(["tiny"], table, table / "anew", resamples=10) == record
    for name in ("predictions.csv", "metrics.json"):
        assert (table / "out" / name).read_bytes() == (table / "anew" / name).read_bytes()
    seen.clear()
    (table / "b.nii").write_bytes(b"another scan")
    (table / "m.nii").write_bytes(b"another reader's marks")
    evaluate(["tiny"], table, table / "out", resamples=10)
    assert seen == ["a", "b"]
    seen.clear()
    monkeypatch.setattr(FakePack, "sha256", "1" * 64)
    evaluate(["tiny"], table, table / "out", resamples=10)
    assert seen == ["a", "b", "c", "d"], "another model under the same name"
    seen.clear()
    monkeypatch.setattr(module, "__version__", "another")
    evaluate(["tiny"], table, table / "out", resamples=10)
    assert seen == ["a", "b", "c", "d"], "another release may answer otherwise"


def test_marks_and_answer_come_from_the_scan_itself(tmp_path: Path) -> None:
    """The way from a mask on the disk to a fracture's place, with the viewer's reader."""
    hu = np.full((40, 40, 40), -1000, dtype=np.int16)
    hu[10:30, 10:30, 10:30] = 900
    grid = Grid.axis_aligned(hu.shape, 1.0, (0, 0, 0))
    marked = np.zeros(hu.shape, dtype=np.uint8)
    marked[12:15, 20, 20:24] = 1
    write_nifti(hu, grid, tmp_path / "s.nii")
    write_nifti(marked, grid, tmp_path / "m.nii")
    row = Row("s", tmp_path / "s.nii", 1, "p", "", "", "", mask=tmp_path / "m.nii")
    found, marks = predict_scan(row, {"m": None}, True)  # type: ignore[dict-item]
    assert found["m"].probability is None and found["m"].reason and found["m"].lasting
    assert found["m"].pixels == hashlib.sha256(np.ascontiguousarray(hu).tobytes()).hexdigest()
    assert marks == [{"center_mm": [13.0, 20.0, 21.5], "min_mm": [11.5, 19.5, 19.5], "max_mm": [14.5, 20.5, 23.5]}]
    assert predict_scan(row, {}, False) == ({}, None)
    with pytest.raises(DataError, match="label is 0"):
        predict_scan(replace(row, label=0), {}, True)


def test_a_share_that_is_away_replaces_no_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "load_pack", lambda name: FakePack())
    (tmp_path / "manifest.csv").write_text("path,label\na.nii,1\nb.nii,0\n")
    with pytest.raises(DataError, match="SCANS_NOT_FOUND: none of the table's 2 scans is found"):
        evaluate(["tiny"], tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
