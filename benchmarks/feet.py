"""What models say of real bone without a fracture: the two feet of a CT whose field of view ends at the ankle, which the viewer
withholds from them. Nothing may be trained or chosen on these; they tell how real texture and cortex are taken.

    python -m benchmarks.feet --scan FOLDER/ct/vhf-foot --models compact resnet101
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ankleviewer.core.volume import Volume
from ankleviewer.inference.locator import ankles_in
from ankleviewer.inference.packs import load_pack
from ankleviewer.inference.predictor import Predictor
from ankleviewer.io.reader import open_scan


@dataclass(frozen=True)
class Said:
    """A model's word on one foot: probability, call, highest cell of the map (logit units) and boxes."""

    model: str
    side: str
    probability: float
    call: str
    peak: float
    boxes: int


def ask(volume: Volume, predictors: Sequence[Predictor]) -> Iterator[Said]:
    """Every model on every ankle that was found, whole or not: the cube lies where the joint line leaves the field of view."""
    for ankle in ankles_in(volume):
        for predictor in predictors:
            answer, heat = predictor.predict(volume, replace(ankle, complete=True, reason=""))
            if answer.probability is not None:
                peak = float(heat.native.cam.max()) if heat.native is not None else heat.peak
                yield Said(answer.name, ankle.side, answer.probability, answer.call, peak, len(answer.boxes))


def table(said: Sequence[Said]) -> str:
    """As Markdown."""
    lines = ["| model | foot | fracture probability | call | highest cell | boxes |", "|---|---|---|---|---|---|"]
    lines += [f"| {s.model} | {s.side} | {s.probability:.2f} | {s.call} | {s.peak:.1f} | {s.boxes} |" for s in said]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; exit code 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scan", type=Path, required=True, help="the CT of two unbroken feet")
    parser.add_argument("--models", nargs="+", default=["compact"], help="names or paths of packs")
    args = parser.parse_args(argv)
    predictors = [Predictor(load_pack(model), "cpu") for model in args.models]
    print(table(list(ask(open_scan(args.scan).volume, predictors))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
