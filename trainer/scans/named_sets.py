"""Named sets of simulated scans that anybody can remake: what models are chosen on, and what they are measured on once.

Built-in shapes, half of the scans fractured (each followed by its unfractured twin), every injury in turn, a third each hairline,
moderate and displaced. No base shape stands in two sets, nor in training (whose seeds lie below 10,000).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ankleviewer.core.errors import AnkleViewerError
from trainer.scans.write_scans import Order
from trainer.simulate.setting import RELEASE, SHIFTED, STANDARD, Setting

FIRST_SEED = 10_000  # of these sets, and of the scans by which `export` sets thresholds; trainings have those below

# name -> (seed, scans, setting, injury or None for every one in turn)
_PARTS: dict[str, tuple[tuple[int, int, Setting, str | None], ...]] = {
    # everything is chosen on it, checkpoints included
    "sim-val-v1": ((81001, 200, STANDARD, None), (81002, 200, SHIFTED, None)),
    # looked at once per release
    "sim-test-v1": ((95001, 200, STANDARD, None), (95002, 200, SHIFTED, None)),
    # the same; shifts of its own, and a class of fracture that training never holds
    "sim-shift-v1": ((97001, 150, RELEASE, None), (97002, 50, RELEASE, "calcaneus anterior process")),
}
NAMES = tuple(_PARTS)


def check_bodies(seed: int, ids: Iterable[str]) -> None:
    """Nothing that a training on the simulator has seen may judge it: a seed gives the same bodies and fractures everywhere.

    Args:
        seed: of the training.
        ids: of scans that are to judge it, as `simulate` names them.

    Raises:
        AnkleViewerError: DATA_LEAK, scans are of that seed.
    """
    if same := sum(name.startswith(f"ankle-{seed}-") for name in ids):
        raise AnkleViewerError(
            "DATA_LEAK",
            f"{same} of the scans that are to judge the network have the bodies and fractures that it is trained on: simulate "
            f"others, by another --seed than {seed}.",
        )


def named_set(name: str, out: Path, file_format: str = "nifti") -> tuple[Order, ...]:
    """The orders that make a set.

    Raises:
        AnkleViewerError: SET_UNKNOWN.
    """
    if name not in _PARTS:
        raise AnkleViewerError("SET_UNKNOWN", f"Unknown set {name!r}; known: {', '.join(NAMES)}.")
    return tuple(
        Order(out, count, seed, injury, twins=True, setting=setting, format=file_format, balanced=injury is None)
        for seed, count, setting, injury in _PARTS[name]
    )
