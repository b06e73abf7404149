"""No figures and no thresholds of scans that a network has learnt from or was chosen by."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer.publish import ExportOrder, export_run
from trainer.scans.prepare import prepare
from trainer.starting import load_run
from trainer.training.fingerprint import pictures
from trainer.unseen import figures_of


def test_a_run_is_not_judged_by_the_bodies_that_it_learnt_from(run: Path, manifest: Path, tmp_path: Path) -> None:
    name = f"ankle-{json.loads((run / 'config.json').read_text())['seed']}-00000"
    table = manifest.with_name("same-seed.csv")
    rows = [f"{manifest.parent / 's0.nii.gz'},0,p0,{name}", f"{manifest.parent / 's1.nii.gz'},1,p1,other"]
    table.write_text("\n".join(["path,label,patient,id", *rows]) + "\n")
    own = tmp_path / "run"
    shutil.copytree(run, own, ignore=shutil.ignore_patterns("validation*"))
    with pytest.raises(AnkleViewerError, match="DATA_LEAK: 1 of the scans that are to judge"):
        export_run(ExportOrder(own, tmp_path / "pack", table, name="trial"))


def test_figures_of_another_model_are_refused(run: Path, manifest: Path, tmp_path: Path) -> None:
    figures = tmp_path / "metrics.json"
    figures.write_text(json.dumps({"models": {"theirs": {"assessed": 2}}}))
    order = ExportOrder(run, tmp_path / "pack", manifest, figures, name="ours")
    with pytest.raises(AnkleViewerError, match=r"METRICS_UNFIT: metrics\.json holds figures of theirs, none of ours"):
        export_run(order)
    for damaged in ("", "{", "[]", '{"models": []}'):
        figures.write_text(damaged)
        with pytest.raises(AnkleViewerError, match=r"METRICS_UNFIT: metrics\.json holds no figures"):
            export_run(order)
    figures.write_text(json.dumps({"models": {"ours": {"assessed": 2, "sha256": "0" * 64}}}))
    with pytest.raises(AnkleViewerError, match=r"METRICS_UNFIT: .*another model file"):
        export_run(order)
    assert not order.out.exists()


def test_figures_on_scans_that_were_trained_on_are_refused(run: Path, manifest: Path, tmp_path: Path) -> None:
    own, figures = tmp_path / "run", tmp_path / "metrics.json"
    own.mkdir()
    for file in run.iterdir():
        if file.is_file():
            shutil.copy(file, own)
    record = json.loads((run / "config.json").read_text()) | {"pictures": ["1" * 64, "2" * 64]}
    (own / "config.json").write_text(json.dumps(record))
    figures.write_text(json.dumps({"pictures": ["2" * 64, "3" * 64], "models": {"ours": {}}}))
    order = ExportOrder(own, tmp_path / "pack", manifest, figures, name="ours")
    with pytest.raises(AnkleViewerError, match=r"DATA_LEAK: 1 of the scans of metrics\.json were trained on"):
        export_run(order)
    other = {"set": "another", "assessed": 2}
    told = {"pictures": ["3" * 64, "4" * 64]}
    for pictured, ours in (
        ({}, {}),  # of before they were kept
        ({"pictures": []}, {}),  # from answers of before alone
        (told, {"assessed": 3}),  # from answers of before in part
        (told | {"pictured": {"ours": 2}}, {"assessed": 3}),
        (told | {"pictured": {"ours": 2}}, {"assessed": 2, "shifted": other}),  # put together by hand
    ):
        figures.write_text(json.dumps({**pictured, "models": {"ours": ours}}))
        with pytest.raises(AnkleViewerError, match=r"METRICS_UNFIT: metrics\.json does not tell .*: evaluate the pack once more"):
            export_run(order)
    figures.write_text(json.dumps(told | {"pictures": ["2" * 64], "models": {"ours": {"assessed": 3}}}))
    with pytest.raises(AnkleViewerError, match=r"DATA_LEAK: 1 of the scans"):  # the graver of two
        export_run(order)
    whole = (
        told | {"models": {"ours": {"assessed": 2}}},
        told | {"pictured": {"ours": 3}, "models": {"ours": {"assessed": 3}}},  # two of them equal
        told | {"pictured": {"ours": 0}, "models": {"ours": {"assessed": 0}}},  # all of them withheld
        told
        | {
            "pictured": {"ours": 4},
            "models": {"ours": {"assessed": 2, "auc_by_severity": {"assessed": {"n": 1}}, "shifted": other}},
        },
    )
    for record in whole:
        figures.write_text(json.dumps(record))
        assert figures_of(figures, "ours", {"pictures": ["1" * 64]}) == (record["models"]["ours"], set(record["pictures"]))
        with pytest.raises(AnkleViewerError, match=r"DATA_LEAK: By 1 of the scans of metrics\.json the run's state was chosen"):
            figures_of(figures, "ours", {"pictures": ["1" * 64], "judged": ["4" * 64, "5" * 64]})
    validation = pictures(prepare(manifest, tmp_path / "seen", load_run(run)[1], part="validation"))
    figures.write_text(json.dumps({"pictures": validation[:1], "models": {"ours": {"assessed": 1}}}))
    with pytest.raises(AnkleViewerError, match=r"DATA_LEAK: 1 of the scans that figures are given of are validation scans"):
        export_run(order)
    assert not (tmp_path / "pack").exists()
