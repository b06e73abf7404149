"""How sure models are of a break that nobody overlooks: straight across the fibula, its upper part moved by some millimetres, at
one height after another of the same leg.

    python -m benchmarks.breaks --bones FOLDER --models compact
    python -m benchmarks.breaks --bones FOLDER --models compact --heights 18 40 --gaps 0.6 2 3.5 --steps 0 3

Legs are those of `benchmarks.phantoms` (`--bones` as there), seen by its plain camera. The first column is the unbroken leg. Gap
and step are drawn for each leg where they are not told; where they are, every gap comes with every step, a line each.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.volume import Volume
from ankleviewer.inference.predictor import Predictor
from benchmarks.phantoms import Camera, Site, break_bone, make_body, paint, scan_of

HEIGHTS_MM = (6, 12, 18, 24, 30, 36, 48, 60)  # above the fibula's tip
VOXEL_MM = (0.5, 0.5, 0.9)
TILT = 0.05  # of the plane, spread


@dataclass(frozen=True)
class Break:
    """Where a fibula breaks and how: mm above its tip; gap and step in mm, None as drawn."""

    height_mm: float
    gap_mm: float | None = None
    step_mm: float | None = None


@dataclass(frozen=True)
class Asked:
    """What a model said: `broken` None of the unbroken leg; its probability and call in the viewer's words."""

    model: str
    leg: int
    broken: Break | None
    probability: float
    call: str


PLAIN = tuple(Break(mm) for mm in HEIGHTS_MM)


def legs(folder: Path, seed: int, number: int, breaks: Sequence[Break]) -> Iterator[tuple[Break | None, Volume]]:
    """The leg unbroken (None first), then with each break, otherwise the same scan."""
    body = make_body(folder, seed, number)
    whole = paint(body, np.random.default_rng([seed, number, 1]))
    camera = Camera("plain", VOXEL_MM, seed)
    yield None, scan_of(body, whole, camera)
    for at in breaks:
        site = Site("across", "fibula", (at.height_mm, at.height_mm + 1), (0, 0, 1), (TILT, TILT, 0), upper_moves=True)
        rng = np.random.default_rng([seed, number, 2])
        broken, _ = break_bone(body, whole, site, "displaced", rng, at.gap_mm, at.step_mm)
        yield at, scan_of(body, broken, camera)


def ask(predictors: Sequence[Predictor], folder: Path, seed: int, count: int, breaks: Sequence[Break] = PLAIN) -> Iterator[Asked]:
    """Every model on every leg, all scans of a leg about the place at which the unbroken one's ankle lies, so that nothing but
    the break differs.
    """
    from ankleviewer.inference.locator import ankles_in

    for leg in range(count):
        ankle: Ankle | None = None
        for broken, scan in legs(folder, seed, leg, breaks):
            if broken is None:
                ankle = next(iter(ankles_in(scan)), None)
                if ankle is None:  # its answers would be about another place than those on other legs
                    raise SystemExit(f"No ankle is found in leg {leg}.")
            for predictor in predictors:
                answer, _ = predictor.predict(scan, ankle)
                assert answer.probability is not None
                yield Asked(predictor.pack.name, leg, broken, answer.probability, answer.call)


def table(said: Sequence[Asked]) -> str:
    """A line for each model, leg, gap and step, a column for each height; "!" where a broken leg is called "no fracture"."""
    broken = [a for a in said if a.broken is not None]
    heads = ["whole", *(f"{mm:g} mm" for mm in dict.fromkeys(a.broken.height_mm for a in broken if a.broken))]
    lines = [f"{'model, leg':40}" + "".join(f"{head:>8}" for head in heads)]
    for model, leg in dict.fromkeys((a.model, a.leg) for a in said):
        own = [a for a in said if (a.model, a.leg) == (model, leg)]
        whole = f"{own[0].probability:.2f} "
        for kind in dict.fromkeys(_kind(a.broken) for a in own if a.broken):
            marks = [
                f"{a.probability:.2f}{'!' if a.call == 'no fracture' else ' '}"
                for a in own
                if a.broken and _kind(a.broken) == kind
            ]
            lines.append(f"{f'{model}, {leg}{kind}':40}" + "".join(f"{mark:>8}" for mark in (whole, *marks)))
    for model in dict.fromkeys(a.model for a in broken):
        calls = [a.call for a in broken if a.model == model]
        missed = calls.count("no fracture")
        lines.append(f"{model}: {calls.count('fracture')} of {len(calls)} called fracture, {missed} no fracture")
    return "\n".join(lines)


def _kind(at: Break) -> str:
    """Gap and step as a line tells them."""
    told = (("gap", at.gap_mm), ("step", at.step_mm))
    return "".join(f", {name} {mm:g} mm" for name, mm in told if mm is not None)


def main() -> None:
    """Print the table."""
    from ankleviewer.inference.selection import choose_packs

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bones", type=Path, required=True, help="folder of closed surfaces")
    parser.add_argument("--models", nargs="+", default=["compact"], help="names or paths of packs")
    parser.add_argument("--legs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--heights", type=float, nargs="+", default=HEIGHTS_MM, help="mm above the fibula's tip")
    parser.add_argument("--gaps", type=float, nargs="+", default=[None], help="mm; default: drawn, 1.2 to 3.5")
    parser.add_argument("--steps", type=float, nargs="+", default=[None], help="mm; default: drawn, 2 to 6")
    args = parser.parse_args()
    predictors = [Predictor(pack) for pack in choose_packs(args.models)]
    breaks = [Break(*at) for at in itertools.product(args.heights, args.gaps, args.steps)]
    print(table(list(ask(predictors, args.bones, args.seed, args.legs, breaks))))


if __name__ == "__main__":
    main()
