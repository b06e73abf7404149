"""The model card: figures in rows people can read, nothing hidden, nothing claimed of patients."""

from __future__ import annotations

from typing import Any

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
