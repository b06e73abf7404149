"""The model card: figures in rows people can read, nothing hidden, nothing claimed of patients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trainer.packs.card import model_card


def record(**metrics: Any) -> dict[str, Any]:
    return {
        "title": "A network",
        "name": "a",
        "version": "1",
        "status": "released",
        "network": {"arch": "compact", "mode": "full", "parameters": 1234, "pooling": "lse", "cam": {"cells": 16, "stride": 8}},
        "preprocessing": {"size": 128, "spacing_mm": 1.0, "lo": -200.0, "hi": 1500.0},
        "decision": {"spec_threshold": 0.8, "sens_threshold": 0.2, "calibration": {"n": 90}},
        "origin": {"data": "simulated ankles", "seed": 7, "versions": {"torch": "2"}},
        "metrics": metrics,
        "parity": {"volumes": 20, "probability": 1e-6, "rounding": 1e-4},
    }


def test_figures_have_their_intervals_and_calibration_a_table_of_its_own() -> None:
    bins = [{"low": 0.1, "high": 0.2, "n": 40, "fractured": 6, "mean": 0.154}]
    card = model_card(record(auc={"value": 0.9, "low": 0.85, "high": 0.94}, localisation={"hit": 0.5}, reliability=bins))
    assert "| auc | 0.900 (95 % CI 0.850 to 0.940) |" in card
    assert "| localisation, hit | 0.5 |" in card
    assert "| 0.1-0.2 | 0.15 | 6 of 40 |" in card and "[{" not in card
    assert "Trained on simulated scans; no figure below says anything on patients." in card and "torch" not in card


def test_undefined_figures_are_told_as_such() -> None:
    """A precision without a positive call has no value; a figure of few scans may have no interval."""
    none = {"value": None, "low": 0.0, "high": 1.0}
    card = model_card(record(precision=none, f1={"value": 0.5, "low": None, "high": None}))
    assert "| precision | undefined |" in card and "| f1 | 0.500 (95 % CI undefined) |" in card


def test_limits_are_those_of_this_pack() -> None:
    """Of simulated scans nothing follows for patients; of others what was measured; a probability is calibrated or is not."""
    simulated = model_card(record(brier=0.1))
    assert "not validated on patients. No clinical accuracy is known." in simulated
    assert "- A probability is calibrated on the validation scans" in simulated and "not calibrated" not in simulated
    own = record(brier=0.1)
    own["origin"]["data"] = "scans of our own"
    assert "not validated on patients" not in model_card(own) and "known on the scans alone that the" in model_card(own)
    own["metrics"] = {"ablation": {"how": "", "rows": []}}
    assert "None were measured." in model_card(own) and "Its accuracy was not measured." in model_card(own)
    own["decision"]["calibration"] = {"n": 0, "bins": []}
    card = model_card(own)
    assert "- A probability is not calibrated" in card and "is calibrated on" not in card and "**not calibrated**" in card


def test_the_scans_that_were_measured_are_named() -> None:
    card = model_card(record(set="test.csv: 40 scans of 20 patients, 2026-11-29", brier=0.1))
    assert "| set | test.csv: 40 scans of 20 patients, 2026-11-29 |" in card


@pytest.mark.parametrize("pack", sorted((Path(__file__).parents[3] / "assets/models").iterdir()), ids=lambda pack: pack.name)
def test_the_shipped_cards_still_say_what_is_said_today(pack: Path) -> None:
    made = model_card(json.loads((pack / "manifest.json").read_text("utf-8")))
    limits = made[made.index("## Limits") :]
    assert limits in (pack / "card.md").read_text("utf-8")


def test_what_is_not_known_of_the_training_has_no_line() -> None:
    own = record()
    own["origin"] |= {"pairs": None, "init": "", "steps": 0}
    card = model_card(own)
    assert "None |" not in card and "| pairs" not in card and "| init" not in card
    assert "| seed | 7 |" in card and "| steps | 0 |" in card


def test_without_figures_it_says_so() -> None:
    card = model_card(record())
    assert "None were measured." in card and "| probability | mean |" not in card


def test_what_else_was_tried_is_a_table_of_its_own() -> None:
    rows = [{"input": "1 mm", "AUC": 0.8, "steps": 500}, {"input": "a | b", "AUC": 0.8125, "steps": 500}]
    card = model_card(record(auc=0.9, ablation={"how": "Same steps for all.", "rows": rows}))
    assert (
        "## What else was tried\n\nSame steps for all.\n\n| input | AUC | steps |\n|---|---|---|\n| 1 mm | 0.800 | 500 |" in card
    )
    assert "| a / b | 0.812 | 500 |" in card and "ablation" not in card
    assert "What else" not in model_card(record(auc=0.9))


def test_a_network_that_looks_twice_is_told_as_such() -> None:
    mirrored = record()
    mirrored["network"] |= {"config": {"mirrored": True}}
    assert "mirror image" in model_card(mirrored) and "mirror image" not in model_card(record())
