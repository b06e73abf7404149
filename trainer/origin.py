"""What a pack tells of how it came about: the run or the pack behind it, the scans, the program."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from trainer.packs.card import SIMULATED_ANKLES
from trainer.scans.prepared import study_of
from trainer.simulated import SHALLOW
from trainer.training import checkpoint
from trainer.training.fingerprint import recorded

ROOT = Path(__file__).parent.parent  # of the project, where this is no installed package


def origin_of(record: Mapping[str, Any], steps: int, sharpness: float = 1.0, runs: int = 0) -> dict[str, Any]:
    """The manifest's "origin", but for the scans that set the thresholds.

    Args:
        record: a run's, or that of a pack which another one is made of (`packs.remade`): what that one tells stays.
        steps: behind the network.
        sharpness: by which the scores of its cells were taken now.
        runs: whose weights went into a mean with the pack that they went on from; 0 where it is no mean.
    """
    before: Mapping[str, Any] = record.get("origin", {})
    sharpness *= before.get("sharpness", 1.0)
    told = {
        "data": record.get("data", SIMULATED_ANKLES),
        "seed": record.get("seed"),
        "pairs": record.get("pairs"),
        "steps": steps,
        "init": record.get("init", ""),
        "teacher": record.get("teacher", ""),
    }
    if runs:
        told["mean_with"] = record["init"] + (f", {runs} runs" if runs > 1 else "")
    if sharpness != 1:
        told["sharpness"] = sharpness
    if "from" in record:
        told["made_of"] = record["from"]
    return {**before, **told}


def steps_of(run: Path, record: Mapping[str, Any], say: Callable[[str], None]) -> int:
    """How many led to the network of a run, those of the shallow one that it grew out of among them; says so where the run has
    not been ended.
    """
    planned = sum(stage["steps"] for stage in record["stages"])
    last = checkpoint.load(run)
    if last is not None and last["step"] < planned:
        say(
            f"{run} was stopped after {last['step']} of {planned} steps, and this pack is of {record['reached']}; "
            "train --resume goes on"
        )
    before = recorded(run / SHALLOW).get("stages", [])
    return int(record["reached"]) + sum(stage["steps"] for stage in before)


def study_told(manifest: Path) -> str:
    """Whom the study left out that validation scans are a part of; "" where they are of none. A part of it holds none of them any
    more, since what is left out is not split.
    """
    study = study_of(manifest)
    if study is None:
        return ""
    excluded = Counter({str(reason): int(n) for reason, n in study["excluded"].items()})
    return f"{study['rows']} scans, left out before they were split: {counted(excluded.elements())}"


def counted(reasons: Iterable[str]) -> str:
    """Reasons with how many scans have each, in words; "none" without any."""
    return ", ".join(f"{n} {reason}" for reason, n in sorted(Counter(filter(None, reasons)).items())) or "none"


def revision(root: Path = ROOT) -> str:
    """The commit of the program in `root`; "unknown" where no repository has its top there: an installed package may lie within
    somebody else's, whose commits say nothing of it.
    """
    git = shutil.which("git")
    if git is None:
        return "unknown"
    done = subprocess.run(  # noqa: S603 (a fixed command)
        [git, "rev-parse", "--show-toplevel", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=root
    )
    told = done.stdout.splitlines()
    if done.returncode or len(told) != 2 or Path(told[0]).resolve() != root.resolve():
        return "unknown"
    return told[1]
