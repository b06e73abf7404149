"""How sure models are of a break that nobody overlooks: straight across the fibula, its upper part moved by some millimetres, at
one height after another of the same leg.

    python -m benchmarks.breaks --bones FOLDER --models compact

Legs are those of `benchmarks.phantoms` (`--bones` as there), seen by its plain camera. The first column is the unbroken leg.
"""

from __future__ import annotations

import argparse
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
class Asked:
    """What a model said: `height_mm` None of the unbroken leg; its probability and call in the viewer's words."""

    model: str
    leg: int
    height_mm: int | None
    probability: float
    call: str


def legs(folder: Path, seed: int, number: int) -> Iterator[tuple[int | None, Volume]]:
    """The leg unbroken, then broken at each height (None first), otherwise the same scan."""
    body = make_body(folder, seed, number)
    whole = paint(body, np.random.default_rng([seed, number, 1]))
    camera = Camera("plain", VOXEL_MM, seed)
    yield None, scan_of(body, whole, camera)
    for height in HEIGHTS_MM:
        site = Site("across", "fibula", (height, height + 1), (0, 0, 1), (TILT, TILT, 0), upper_moves=True)
        broken, _ = break_bone(body, whole, site, "displaced", np.random.default_rng([seed, number, 2]))
        yield height, scan_of(body, broken, camera)


def ask(predictors: Sequence[Predictor], folder: Path, seed: int, count: int) -> Iterator[Asked]:
    """Every model on every leg, all scans of a leg about the place at which the unbroken one's ankle lies, so that nothing but
    the break differs.
    """
    from ankleviewer.inference.locator import ankles_in

    for leg in range(count):
        ankle: Ankle | None = None
        for height, scan in legs(folder, seed, leg):
            if height is None:
                ankle = next(iter(ankles_in(scan)), None)
                if ankle is None:  # its answers would be about another place than those on other legs
                    raise SystemExit(f"No ankle is found in leg {leg}.")
            for predictor in predictors:
                answer, _ = predictor.predict(scan, ankle)
                assert answer.probability is not None
                yield Asked(predictor.pack.name, leg, height, answer.probability, answer.call)


def table(said: Sequence[Asked]) -> str:
    """A line for each model and leg, a column for each height; "!" where a broken leg is called "no fracture"."""
    heads = ["whole", *(f"{mm} mm" for mm in HEIGHTS_MM)]
    lines = [f"{'model, leg':24}" + "".join(f"{head:>8}" for head in heads)]
    for model, leg in dict.fromkeys((a.model, a.leg) for a in said):
        own = [a for a in said if (a.model, a.leg) == (model, leg)]
        marked = [f"{a.probability:.2f}{'!' if a.height_mm is not None and a.call == 'no fracture' else ' '}" for a in own]
        lines.append(f"{model + ', ' + str(leg):24}" + "".join(f"{mark:>8}" for mark in marked))
    broken = [a for a in said if a.height_mm is not None]
    for model in dict.fromkeys(a.model for a in broken):
        calls = [a.call for a in broken if a.model == model]
        missed = calls.count("no fracture")
        lines.append(f"{model}: {calls.count('fracture')} of {len(calls)} called fracture, {missed} no fracture")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    from ankleviewer.inference.selection import choose_packs

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bones", type=Path, required=True, help="folder of closed surfaces")
    parser.add_argument("--models", nargs="+", default=["compact"], help="names or paths of packs")
    parser.add_argument("--legs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    predictors = [Predictor(pack) for pack in choose_packs(args.models)]
    print(table(list(ask(predictors, args.bones, args.seed, args.legs))))


if __name__ == "__main__":
    main()
