"""Cross-validation folds of prepared scans: by patient, both classes spread evenly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ankleviewer.core.errors import AnkleViewerError
from trainer.scans.prepare import Prepared


def folds(found: Sequence[Prepared], count: int, seed: int = 0) -> list[list[Prepared]]:
    """`count` parts of the scans; all scans of a patient stand in one part; the same for the same seed.

    Raises:
        AnkleViewerError: DATA_TOO_FEW, fewer patients of a class than parts.
    """
    positive: dict[str, bool] = {}
    for item in found:
        positive[item.row.patient] = positive.get(item.row.patient, False) or bool(item.row.label)
    place: dict[str, int] = {}
    for label in (False, True):
        patients = sorted(p for p, fractured in positive.items() if fractured is label)
        if len(patients) < count:
            what = "with" if label else "without"
            raise AnkleViewerError(
                "DATA_TOO_FEW", f"{len(patients)} patients {what} a fracture to train on are too few for {count} folds."
            )
        order = np.random.default_rng([seed, int(label)]).permutation(len(patients))
        # the second class is dealt from the other end, so that no fold gets one more of both
        place |= {patients[i]: (k if label else count - 1 - k % count) % count for k, i in enumerate(order)}
    return [[item for item in found if place[item.row.patient] == k] for k in range(count)]
