"""The whole road to the locator's file, in small."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.inference.locator import LocatorModel
from trainer.locator import make as module
from trainer.locator.make import make, split
from trainer.training import checkpoint


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


class Worked:
    """`make` with scans and training that cost nothing: each scan tells which simulator made it, training leaves a state."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.trained: list[int] = []
        monkeypatch.setattr(module, "Workers", lambda jobs: nullcontext(SimpleNamespace(map=map)))
        monkeypatch.setattr(module, "_fill", self.fill)
        monkeypatch.setattr(module, "train", self.train)
        monkeypatch.setattr(module, "judge", lambda net, files: {})
        monkeypatch.setattr(module, "export", lambda *a: None)

    def fill(self, part: tuple[Path, int, int, int]) -> None:
        folder, seed, count, first = part
        folder.mkdir(parents=True, exist_ok=True)
        for path in (folder / f"{n:05d}.npz" for n in range(first, count)):
            if not path.exists():
                path.write_text(f"{module.SIMULATOR_VERSION} {seed}")

    def train(self, files: list[Path], out: Path, steps: int, **_: object) -> None:
        self.trained.append(len(files))
        checkpoint.save(out, {"step": steps})


def made_by(out: Path) -> set[str]:
    return {path.read_text() for path in (out / "scans").glob("*.npz")}


def test_a_folder_is_worked_on_for_one_order_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worked = Worked(monkeypatch)
    make(tmp_path, 40, 2)
    now, before = module.SIMULATOR_VERSION, made_by(tmp_path)
    assert before == {f"{now} {module.SEED}"}
    make(tmp_path, 40, 2, resume=True)
    make(tmp_path, 80, 2, resume=True)
    assert worked.trained == [36, 36, 72], "more scans of the same kind may go on"
    for count, steps, told in ((80, 3, r"the steps \(--steps\)"), (40, 2, "the number of scans")):
        with pytest.raises(AnkleViewerError, match=f"RESUME_UNFIT: .* in {told}"):
            make(tmp_path, count, steps, resume=True)
    monkeypatch.setattr(module, "SIMULATOR_VERSION", now + 1)
    with pytest.raises(AnkleViewerError, match=r"RESUME_UNFIT: .* in the simulator's version: give the command"):
        make(tmp_path, 80, 2, resume=True)
    assert made_by(tmp_path) == before and len(worked.trained) == 3, "nothing is changed"
    make(tmp_path, 80, 3)
    assert made_by(tmp_path) == {f"{now + 1} {module.SEED}"}, "another simulator makes other scans of the same seed"
    make(tmp_path, 80, 3, resume=True)
    monkeypatch.setattr(module, "SEED", 5)
    with pytest.raises(AnkleViewerError, match=r"RESUME_UNFIT: .* in the seed"):
        make(tmp_path, 80, 3, resume=True)


def test_a_folder_of_an_earlier_release_goes_on_unchecked_or_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Worked(monkeypatch)
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "00000.npz").write_text("old")
    checkpoint.save(tmp_path, {"step": 1})
    make(tmp_path, 40, 2, resume=True)
    assert "old" in made_by(tmp_path)
    make(tmp_path, 40, 2)
    assert "old" not in made_by(tmp_path), "nobody knows whose they are"


def test_a_run_that_is_stopped_among_the_scans_does_not_go_on_from_an_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked = Worked(monkeypatch)
    make(tmp_path, 40, 2)

    def stop(part: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_fill", stop)
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path, 40, 7)
    assert not checkpoint.exists(tmp_path)
    monkeypatch.setattr(module, "_fill", worked.fill)
    make(tmp_path, 40, 9, resume=True)  # no state: it begins
    assert json.loads((tmp_path / "order.json").read_text())["steps"] == 9


def test_too_few_scans_are_refused_before_any_is_simulated(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="40 are the least"):
        make(tmp_path / "out", 39, 2)
    assert not (tmp_path / "out").exists()
