"""Cross-validation folds of prepared scans: by patient, scans of both classes in each, spread evenly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ankleviewer.core.errors import AnkleViewerError
from trainer.scans.split import Prepared


def folds(found: Sequence[Prepared], count: int, seed: int = 0) -> list[list[Prepared]]:
    """`count` parts of the scans, each with scans of both classes; all scans of a patient stand in one part; the same for the
    same seed.

    Raises:
        AnkleViewerError: DATA_TOO_FEW, fewer patients with scans of a class than parts.
    """
    labels: dict[str, set[int]] = {}
    for item in found:
        labels.setdefault(item.row.patient, set()).add(item.row.label)
    for label, what in ((0, "an unfractured"), (1, "a fractured")):
        if (those := sum(label in held for held in labels.values())) < count:
            raise AnkleViewerError(
                "DATA_TOO_FEW", f"{those} patients with {what} scan to train on are too few for {count} folds."
            )
    place: dict[str, int] = {}
    for label in (0, 1):
        patients = sorted(p for p, held in labels.items() if max(held) == label)
        order = [patients[i] for i in np.random.default_rng([seed, label]).permutation(len(patients))]
        # Who has scans of both classes goes first, and who has unfractured ones alone is dealt from the other end: so the folds
        # without the former get one of each of the others, and none gets one more of both.
        order.sort(key=lambda patient: len(labels[patient]), reverse=True)
        place |= {patient: k % count if label else count - 1 - k % count for k, patient in enumerate(order)}
    return [[item for item in found if place[item.row.patient] == k] for k in range(count)]
