"""The whole road to the locator's file, in small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ankleviewer.inference.locator import LocatorModel
from trainer.locator import make as module
from trainer.locator.make import make, split


def test_from_nothing_to_a_file_that_the_viewer_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELD_OUT", 2)
    said: list[str] = []
    losses: list[float] = []
    figures = make(tmp_path, 8, 2, report=lambda _, loss: losses.append(loss), say=said.append)
    assert len(losses) == 2
    assert said[-1] == "8 of 8 scans"
    assert figures["scans"] == 4
    assert LocatorModel(tmp_path).measured["held_out"] == figures
    assert json.loads((tmp_path / "locator.json").read_text())["origin"]["steps"] == 2


def test_bodies_are_not_shared_between_learning_and_measuring() -> None:
    files = [Path(f"{n:05d}.npz") for n in range(80)]
    learn, held = split(files)
    assert [int(f.stem) for f in held] == [*range(36, 40), *range(76, 80)]
    assert len(learn) + len(held) == 80


def test_too_few_scans_are_refused_before_any_is_simulated(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="40 are the least"):
        make(tmp_path / "out", 39, 2)
    assert not (tmp_path / "out").exists()
