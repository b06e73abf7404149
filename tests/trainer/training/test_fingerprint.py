"""Fingerprints: a run is known again by its data, its model and its settings, and what differs is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core.assessment.preprocess import BONE, PAPER
from ankleviewer.core.errors import AnkleViewerError
from trainer.scans.prepared import read_prepared
from trainer.training import checkpoint
from trainer.training.fingerprint import CONFIG, check, differences, fingerprint, of_file, of_scans

Prepare = Callable[..., Path]
KNOWN = fingerprint(["scan"], ["compact"], {"epochs": 2})


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (KNOWN, ""),
        (fingerprint(["scan"], ["compact"], {"epochs": 2}), ""),
        (fingerprint(["other"], ["compact"], {"epochs": 2}), "the scans to train on or to judge by"),
        (fingerprint(["scan"], ["resnet101"], {"epochs": 2}), "the network or what it starts from"),
        (fingerprint(["other"], ["compact"], {"epochs": 3}), "the scans to train on or to judge by and the settings"),
    ],
)
def test_what_differs_is_named(wanted: dict[str, str], told: str) -> None:
    assert differences(KNOWN, wanted).partition(" (")[0] == told


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    other = fingerprint(["scan"], ["resnet101"], {"epochs": 2})
    (tmp_path / CONFIG).write_text(json.dumps({"fingerprint": KNOWN}))
    check(tmp_path, other)  # there is nothing to go on from, so it begins anew
    checkpoint.save(tmp_path, {"step": 1})
    check(tmp_path, KNOWN)
    with pytest.raises(AnkleViewerError, match=r"RESUME_UNFIT: .* in the network or what it starts from"):
        check(tmp_path, other)


def test_the_values_that_differ_are_named_where_they_are_known(tmp_path: Path) -> None:
    other = fingerprint(["other"], ["compact"], {"epochs": 2})
    begun = {"preprocessing": BONE.to_json(), "seed": 1, "init": "", "asked": {"--lr": None}, "pictures": ["a", "b"]}
    now = {"preprocessing": PAPER.to_json(), "seed": 1, "init": "compact 2", "asked": {"--lr": 0.1}, "pictures": ["b", "c"]}
    (tmp_path / CONFIG).write_text(json.dumps({"fingerprint": KNOWN, **begun}))
    checkpoint.save(tmp_path, {"step": 1})
    with pytest.raises(AnkleViewerError) as met:
        check(tmp_path, other, now | {"scans": 3})  # of which an earlier release told nothing
    assert str(met.value).partition(" judge by ")[2] == (
        f"(window bone ({BONE.lo:g} to {BONE.hi:g} HU) there, paper (-1000 to 400 HU) here; --init none there, compact 2 here; "
        "--lr the preset's there, 0.1 here; 1 of the scans to train on were not among them): give the command that it was begun "
        "with, or leave out --resume to begin anew."
    )
    with pytest.raises(AnkleViewerError, match="to judge by: give the command"):
        check(tmp_path, other, begun)
    check(tmp_path, KNOWN, now)


@pytest.mark.parametrize("record", [{"seed": 1}, None])
def test_a_run_of_an_earlier_release_goes_on(tmp_path: Path, record: dict[str, int] | None) -> None:
    checkpoint.save(tmp_path, {"step": 1})
    if record is not None:
        (tmp_path / CONFIG).write_text(json.dumps(record))
    check(tmp_path, KNOWN)


def test_scans_are_told_apart_by_all_that_a_network_sees_of_them(tmp_path: Path, prepared: Prepare) -> None:
    data = prepared(tmp_path / "data")
    found = read_prepared(data)[1]
    known = of_scans(found)
    assert len(known) == 12, "not the one that was left out"
    assert of_scans(found[::-1]) == known, "in whatever order"
    assert of_scans([replace(found[0], row=replace(found[0].row, label=1)), *found[1:]]) != known
    index = (data / "index.csv").read_text()
    for old, new in (("0 0 0,x", "0 0 0,y"), ("0 0 0,x", "0 0 9,x")):
        (data / "index.csv").write_text(index.replace(old, new, 1))
        assert of_scans(found) != known
    (data / "index.csv").write_text(index)
    assert of_scans(found) == known
    marked = next(p.marks_path for p in found if p.marks_path is not None)
    np.save(marked, np.zeros((32, 32, 32), dtype=bool))
    assert of_scans(found) != known


def test_a_file_is_known_by_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"1")
    assert of_file(tmp_path / "a") == of_file(tmp_path / "b") != ""
    assert of_file(None) == of_file(tmp_path / "none") == ""
