"""What a network answers on validation scans, kept as it comes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer import answering
from trainer.answering import answers
from trainer.scans.manifest import Row
from trainer.scans.split import Prepared
from trainer.starting import load_run


def test_answers_are_kept_for_the_input_that_was_answered(run: Path, manifest: Path, tmp_path: Path) -> None:
    net, _, _ = load_run(run)
    scan = tmp_path / "s.npy"
    item = Prepared(Row("s", Path("s.nii"), 1, "p", "", "", ""), "validation", "", scan)
    logits = []
    for name in ("s0", "s1", "s0"):  # another scan under the same id
        shutil.copy(run / "validation-prepared" / "inputs" / f"{name}.npy", scan)
        logits.append(answers(net, [item], tmp_path / "answers.json")[1][0])
    assert logits[0] == logits[2] != logits[1]


def test_answers_of_scans_that_another_command_put_in_their_place_are_not_kept(
    run: Path, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, _, _ = load_run(run)
    inputs = run / "validation-prepared" / "inputs"
    scan = Path(shutil.copy(inputs / "s0.npy", tmp_path / "s.npy"))
    real = answering.look

    def meanwhile(*given: Any) -> None:
        shutil.copy(inputs / "s1.npy", scan)
        real(*given)

    monkeypatch.setattr(answering, "look", meanwhile)
    item = Prepared(Row("s", Path("s.nii"), 1, "p", "", "", ""), "validation", "", scan)
    with pytest.raises(AnkleViewerError, match="FOLDER_IN_USE"):
        answers(net, [item], tmp_path / "answers.json")
    assert not (tmp_path / "answers.json").exists()


def test_answers_that_were_given_before_an_interruption_are_kept(
    run: Path, tmp_path: Path, manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a few hundred scans take from minutes to hours."""
    net, _, _ = load_run(run)
    inputs = run / "validation-prepared" / "inputs"
    items = [
        Prepared(Row(name, Path(f"{name}.nii"), 1, name, "", "", ""), "validation", "", inputs / f"{name}.npy")
        for name in ("s0", "s1")
    ]
    real, cache, asked, told = answering.look, tmp_path / "answers.json", [], []

    def once(net: Any, found: list[Prepared], known: dict[str, list[float]]) -> None:
        asked.append(found[0].row.id)
        if len(asked) == 2:
            raise KeyboardInterrupt
        real(net, found, known)

    monkeypatch.setattr(answering, "look", once)
    monkeypatch.setattr(answering, "KEPT_EVERY_S", -1.0)
    with pytest.raises(KeyboardInterrupt):
        answers(net, items, cache)
    assert list(json.loads(cache.read_text())["scans"]) == ["s0"]
    answers(net, items, cache, lambda *step: told.append(step))
    assert asked == ["s0", "s1", "s1"] and told == [(0, 2, "s0"), (1, 2, "s1"), (2, 2, "")]
