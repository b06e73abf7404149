"""Cross-validation folds of prepared scans: by patient, scans of both classes in each, spread evenly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ankleviewer.core.errors import AnkleViewerError
from trainer.scans.split import Prepared


def folds(found: Sequence[Prepared], count: int, seed: int = 0) -> list[list[Prepared]]:
    """`count` parts of the scans, each with scans of both classes; all scans of a patient stand in one part, and so do those of
    patients of whom scans hold the same pixels, who are one under two names; the same for the same seed.

    Raises:
        AnkleViewerError: DATA_TOO_FEW, fewer patients with scans of a class than parts.
    """
    whose = _people(found)
    labels: dict[str, set[int]] = {}
    for item in found:
        labels.setdefault(whose[item.row.patient], set()).add(item.row.label)
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
    return [[item for item in found if place[whose[item.row.patient]] == k] for k in range(count)]


def tied(found: Sequence[Prepared]) -> int:
    """How many patients' names count as another one's, since scans of both hold the same pixels."""
    return sum(name != first for name, first in _people(found).items())


def _people(found: Sequence[Prepared]) -> dict[str, str]:
    """Of each patient's name the first, in alphabetical order, of those that equal pixels tie to it."""
    names: dict[str, set[str]] = {}
    for item in found:
        names.setdefault(item.row.patient, {item.row.patient})
    first: dict[str, str] = {}
    for item in found:
        other = first.setdefault(item.pixels, item.row.patient) if item.pixels else item.row.patient
        if names[other] is not names[item.row.patient]:
            together = names[other] | names[item.row.patient]
            names |= dict.fromkeys(together, together)
    return {name: min(together) for name, together in names.items()}
