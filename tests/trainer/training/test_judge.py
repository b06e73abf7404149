"""Figures by which a state is chosen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trainer.scans.prepare import prepare
from trainer.starting import load_run
from trainer.training.judge import validation_figures


def test_validation_figures(run: Path, manifest: Path) -> None:
    net, spec, _ = load_run(run)
    found = prepare(manifest, run / "validation-prepared", spec)
    found = [replace(p, row=replace(p.row, severity="hairline" if p.row.label else "none", twin="t")) for p in found]
    figures = validation_figures(net, found)
    assert set(figures) == {"val_auc", "val_auc_hairline", "val_pair_accuracy"}
    assert set(figures.values()) == {1.0}, "the manifest calls the scan with the higher logit fractured"
    assert set(validation_figures(net, [*found[:1], replace(found[1], input_path=None), found[1]])) == set(figures)
