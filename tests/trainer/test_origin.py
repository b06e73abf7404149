"""What a pack tells of how it came about."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from trainer.origin import counted, origin_of, revision, steps_of, study_told
from trainer.packs.card import SIMULATED_ANKLES
from trainer.training import checkpoint


def test_the_origin_of_a_run() -> None:
    record = {"seed": 3, "pairs": 40, "init": "compact 1"}
    told = origin_of(record, 7)
    assert told == {**record, "data": SIMULATED_ANKLES, "steps": 7, "teacher": ""}
    assert origin_of({"data": "own scans"}, 7)["data"] == "own scans"
    assert origin_of(record, 7, sharpness=2.0, runs=1) == told | {"sharpness": 2.0, "mean_with": "compact 1"}
    assert origin_of(record, 7, runs=2)["mean_with"] == "compact 1, 2 runs"


def test_the_origin_of_a_pack_that_is_made_of_another_one() -> None:
    """What the first one told stays; scores that are taken twice stay so when they are taken twice again."""
    before = {"data": SIMULATED_ANKLES, "seed": 3, "sharpness": 1.5, "mean_with": "compact 0", "validation": "2 scans"}
    told = origin_of({"origin": before, "seed": 3, "from": "compact 1"}, 7, sharpness=2.0)
    assert told["sharpness"] == 3.0 and told["made_of"] == "compact 1" and told["mean_with"] == "compact 0"
    assert origin_of({"origin": before, "seed": 3, "from": "compact 1"}, 7)["sharpness"] == 1.5


def test_reasons_are_counted_in_words() -> None:
    assert counted([]) == counted(["", ""]) == "none" and counted(["B", "", "A", "B"]) == "1 A, 2 B"


def test_the_revision_is_a_word() -> None:
    assert revision().isalnum()


@pytest.mark.skipif(shutil.which("git") is None, reason="no git here")
def test_the_revision_is_of_this_project_alone(tmp_path: Path) -> None:
    """Installed within a hospital's own repository, its commits would change a pack's hash between export and evaluation."""
    inner = tmp_path / "venv" / "site-packages"
    inner.mkdir(parents=True)
    assert revision(tmp_path) == "unknown"
    own = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    for line in (["init", "-q"], [*own, "commit", "-q", "--allow-empty", "-m", "theirs"]):
        subprocess.run(["git", *line], cwd=tmp_path, check=True)
    assert revision(inner) == "unknown"
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert len(revision(tmp_path)) >= 7 and head.startswith(revision(tmp_path))


def test_the_steps_of_the_shallow_network_count(tmp_path: Path) -> None:
    record, said = {"stages": [{"steps": 7}], "reached": 7}, []
    checkpoint.save(tmp_path, {"step": 7})
    assert steps_of(tmp_path, record, said.append) == 7
    (tmp_path / "shallow").mkdir()
    (tmp_path / "shallow" / "config.json").write_text(json.dumps({"stages": [{"steps": 40}, {"steps": 2}]}))
    assert steps_of(tmp_path, record, said.append) == 49 and said == []


def test_what_a_study_left_out_before_its_split_is_told_where_it_is_known(tmp_path: Path) -> None:
    table = tmp_path / "validation.csv"
    assert study_told(table) == ""
    (tmp_path / "flow.json").write_text(json.dumps({"rows": 9, "excluded": {"NOT_ADULT": 2, "SLICE_GAP": 1}}))
    assert study_told(table) == "9 scans, left out before they were split: 2 NOT_ADULT, 1 SLICE_GAP"
    for other in ("[]", "7", "{}", '{"rows": 3}', '{"rows": 3, "excluded": ["a"]}', '{"rows": "x", "excluded": {}}', "{"):
        (tmp_path / "flow.json").write_text(other)
        assert study_told(table) == "", other
