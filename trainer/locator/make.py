"""`ankle-trainer locator`: simulate, train, measure on bodies that training never held, write the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ankleviewer.core.anatomy.landmarks import (
    DOME,
    INPUT_MM,
    LEAST_FOUND,
    NAMES,
    PLAFOND,
    Located,
    Peak,
    ankles_of,
    peaks,
    windowed,
)
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.geometry import Grid, triple
from ankleviewer.io.atomic import write_text
from trainer.locator.export import export
from trainer.locator.measure import Found
from trainer.locator.scans import SCANS_PER_BODY, fill, load
from trainer.locator.train import train
from trainer.networks.locator import Locator
from trainer.simulate.streams import SIMULATOR_VERSION
from trainer.simulate.workers import Workers
from trainer.training import checkpoint

SEED = 41_001
HELD_OUT = 10  # every tenth body
ORDER = "order.json"  # in the run's folder: what it is made for
WORDS = {
    "simulator": "the simulator's version",
    "seed": "the seed",
    "steps": "the steps (--steps)",
    "scans": "the number of scans (--scans), of which there may be more only",
}


def make(
    out: Path,
    count: int,
    steps: int,
    *,
    jobs: int = 1,
    resume: bool = False,
    report: Callable[[int, float], None] | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Everything from nothing to OUT/locator.onnx and locator.json; returns the figures on held-out bodies.

    Scans that another seed or simulator left in the folder are made anew.

    Raises:
        ValueError: with so few scans no body is left to hold out; nothing is simulated.
        AnkleViewerError: RESUME_UNFIT, the folder holds a run of other scans or of another length; nothing is changed.
    """
    if count < SCANS_PER_BODY * HELD_OUT:
        raise ValueError(f"{count} scans leave nothing to hold out: {SCANS_PER_BODY * HELD_OUT} are the least")
    bank = out / "scans"
    settle(out, bank, {"simulator": SIMULATOR_VERSION, "seed": SEED, "steps": steps, "scans": count}, resume)
    parts = [(bank, SEED, min(count, first + SCANS_PER_BODY * 4), first) for first in range(0, count, SCANS_PER_BODY * 4)]
    with Workers(max(1, jobs)) as pool:
        for done, _ in enumerate(pool.map(_fill, parts), start=1):
            say(f"{min(count, done * SCANS_PER_BODY * 4)} of {count} scans")
    files = sorted(bank.glob("*.npz"))[:count]
    learn, held = split(files)
    net = train(learn, out, steps, resume=resume, report=report)
    figures = judge(net, held)
    origin = {"scans": len(learn), "held_out": len(held), "steps": steps, "simulator_seed": SEED, "torch": torch.__version__}
    export(net, out, {"held_out": figures}, origin)
    return figures


def settle(out: Path, bank: Path, wanted: Mapping[str, int], resume: bool) -> None:
    """Make a folder fit to work in, and keep in it what it is worked on for; more scans of the same kind may go on.

    Args:
        out: folder of states; bank: folder of scans.
        wanted: "simulator" and "seed", which the scans hang on, "steps" and "scans".
        resume: go on from a state, if there is one.

    Raises:
        AnkleViewerError: RESUME_UNFIT.
    """
    known = _known(out)
    if resume and checkpoint.exists(out):
        # earlier releases kept none: such a run goes on unchecked, as it did there
        if known is None:
            return
        if what := [name for name, value in wanted.items() if not _goes_with(name, known.get(name), value)]:
            differing = " and ".join(WORDS[name] for name in what)
            raise AnkleViewerError(
                "RESUME_UNFIT",
                f"{out} holds a run that differs from this command in {differing}: give the command that it was begun with, or "
                "leave out --resume to begin anew.",
            )
    else:
        checkpoint.drop(out)  # lest a run that is stopped before its first state goes on from an older one
        if known is None or any(known.get(name) != wanted[name] for name in ("simulator", "seed")):
            for path in bank.glob("*.npz"):  # `fill` keeps what is there
                path.unlink()
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / ORDER, json.dumps(wanted))


def _known(out: Path) -> dict[str, Any] | None:
    """What the folder was worked on for, None where that is not told."""
    try:
        known = json.loads((out / ORDER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return known if isinstance(known, dict) else None


def _goes_with(name: str, known: Any, wanted: int) -> bool:
    """Whether a run goes on with another value; of scans there may be more."""
    return bool(known == wanted) or (name == "scans" and isinstance(known, int) and known < wanted)


def split(files: list[Path]) -> tuple[list[Path], list[Path]]:
    """Files to learn from and files held out, by body."""
    held = [f for f in files if int(f.stem) // SCANS_PER_BODY % HELD_OUT == HELD_OUT - 1]
    return [f for f in files if f not in set(held)], held


def judge(net: Locator, files: list[Path]) -> dict[str, Any]:
    """Figures of a network on scans written by `scans.fill`."""
    found = Found()
    for grid, hu, truth in _scans(files):
        with torch.no_grad():
            logits, shift = net(torch.from_numpy(windowed(hu))[None, None])
        found.add(truth, ankles_of(peaks(logits.sigmoid()[0].numpy(), shift[0].numpy(), grid)))
    return found.summary()


def _scans(files: list[Path]) -> Iterator[tuple[Grid, Any, list[dict[str, Any]]]]:
    """Grid, HU, and the truth in the form that truth.json has; the side is what the true landmarks tell."""
    for path in files:
        scan = load(path)
        grid = Grid.axis_aligned(scan.hu.shape, INPUT_MM, (0.0, 0.0, 0.0))
        truth = []
        for leg in scan.points:
            seen = {name: triple(grid.to_mm(p)) for name, p in zip(NAMES, leg, strict=True) if np.isfinite(p).all()}
            whole = Located(tuple(Peak(name, mm, 1.0) for name, mm in seen.items()))
            # with less in view there is no ankle that could be found
            if len(seen) >= LEAST_FOUND and {PLAFOND, DOME} & set(seen):
                truth.append({"side": whole.side, "center_mm": tuple(whole.center_mm), "landmarks_mm": seen})
        yield grid, scan.hu.astype(np.float32), truth


def _fill(part: tuple[Path, int, int, int]) -> None:
    fill(part[0], part[1], part[2], part[3])
