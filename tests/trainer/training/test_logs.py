"""Logs: the same rows as CSV, as JSON lines and as TensorBoard's events; rows of steps that are done again are cut off."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer.training import logs as module
from trainer.training.logs import FileLog, TensorBoardLog


def row(step: int, **more: float) -> dict[str, float]:
    return {"step": step, "stage": 0, "loss": 1.0 / (step + 3), "pair_accuracy": float("nan"), "odd": 1.0, **more}


def lines(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_csv_and_json_hold_the_same_rows(tmp_path: Path) -> None:
    log = FileLog(tmp_path, 0)
    for step in range(3):
        log.write(row(step, **({"val_auc": 0.75} if step == 2 else {})))
        assert len(lines(tmp_path)) == step + 1, "flushed at once"
    log.close()
    with open(tmp_path / "log.csv", newline="") as f:
        rows = list(csv.DictReader(f))
    assert [r["step"] for r in rows] == ["0", "1", "2"] and [r["val_auc"] for r in rows] == ["", "", "0.75"]
    assert lines(tmp_path)[2] == {"step": 2, "stage": 0, "loss": 0.2, "val_auc": 0.75}, "neither nan nor unknown fields"


def test_steps_that_are_done_again_replace_the_old_ones(tmp_path: Path) -> None:
    log = FileLog(tmp_path, 0)
    for step in range(5):
        log.write(row(step))
    log.close()
    log = FileLog(tmp_path, 3)
    log.write(row(3, loss=9.0))
    log.close()
    assert [(r["step"], r["loss"]) for r in lines(tmp_path)] == [(0, 0.33333), (1, 0.25), (2, 0.2), (3, 9.0)]
    with open(tmp_path / "log.csv", newline="") as f:
        assert [r["loss"] for r in csv.DictReader(f)] == ["0.33333", "0.25", "0.2", "9"]


@pytest.mark.parametrize("cut", [2, 4, 12, 30])
def test_a_row_that_a_crash_cut_short_is_left_out(tmp_path: Path, cut: int) -> None:
    log = FileLog(tmp_path, 0)
    for step in (10, 11, 12):
        log.write(row(step))
    log.close()
    whole = (tmp_path / "log.csv").read_bytes()
    (tmp_path / "log.csv").write_bytes(whole[:-cut])
    FileLog(tmp_path, 13).close()
    assert [r["step"] for r in lines(tmp_path)] == [10, 11]
    with open(tmp_path / "log.csv", newline="") as f:
        assert [r["step"] for r in csv.DictReader(f)] == ["10", "11"]


def test_rows_that_are_no_rows_are_left_out(tmp_path: Path) -> None:
    log = FileLog(tmp_path, 0)
    log.write(row(0))
    log.close()
    with open(tmp_path / "log.csv", "ab") as f:
        f.write(b"1,0,0.5\r\n" + bytes(20) + b"\r\n" + b"\xff\xfe,0,1" + b"," * 14 + b"\r\n")
    FileLog(tmp_path, 5).close()
    assert [r["step"] for r in lines(tmp_path)] == [0]


def test_a_crash_while_a_log_is_taken_up_costs_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = FileLog(tmp_path, 0)
    log.write(row(0))
    log.close()

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_text", full)
    with pytest.raises(OSError):
        FileLog(tmp_path, 1)
    assert [r["step"] for r in lines(tmp_path)] == [0] and (tmp_path / "log.csv").read_text().count("\n") == 2


def test_a_new_run_in_the_same_folder_begins_a_new_log(tmp_path: Path) -> None:
    for loss in (1.0, 2.0):
        log = FileLog(tmp_path, 0)
        log.write(row(0, loss=loss))
        log.close()
    assert [r["loss"] for r in lines(tmp_path)] == [2.0]


def test_tensorboard_reads_what_was_written(tmp_path: Path) -> None:
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason="extra tensorboard")
    log = TensorBoardLog(tmp_path, 0)
    log.write(row(0))
    log.write(row(1, val_auc=0.75))
    log.close()
    found = events.EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert found.Tags()["scalars"] == ["training/loss", "validation/val_auc"]
    assert [(e.step, round(e.value, 4)) for e in found.Scalars("training/loss")] == [(0, 0.3333), (1, 0.25)]


def test_without_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(AnkleViewerError, match=r"EXTRA_MISSING.*ankleviewer\[tensorboard\]"):
        TensorBoardLog(tmp_path, 0)
