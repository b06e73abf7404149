"""The simulator must not betray the label: figures that know nothing of fractures must not tell twins apart.

The small form of a longer proof; scans of 3.2 mm voxels, 40 pairs.
"""

from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.metrics import auc
from trainer.simulate.atlas import Atlas
from trainer.simulate.pairs import make_pair

PAIRS = 40


def figures(hu: np.ndarray) -> dict[str, float]:
    """Trivial statistics of a volume."""
    x = hu.astype(np.float64)
    body = x > -300
    rough = np.abs(x[1:-1] - (x[2:] + x[:-2]) / 2)
    return {
        "mean": float(x.mean()),
        "sd": float(x.std()),
        "bone share": float((x > 250).mean()),
        "body share": float(body.mean()),
        "noise": float(np.median(rough[body[1:-1]])),
        "roughness": float(rough.mean()),
        "highest": float(np.percentile(x, 99.9)),
        **{f"quantile {q}": float(np.percentile(x[body], q)) for q in (5, 25, 50, 75, 95, 99)},
    }


@pytest.fixture(scope="module")
def twins(atlas: Atlas, other_atlas: Atlas) -> list[tuple[dict[str, float], dict[str, float]]]:
    out = []
    for index in range(PAIRS):
        pair = make_pair(21, index, 40, 3.2, (atlas, other_atlas)[index % 2])
        out.append((figures(pair.fractured), figures(pair.intact)))
    return out


def test_trivial_statistics_do_not_separate(twins: list[tuple[dict[str, float], dict[str, float]]]) -> None:
    labels = [1] * PAIRS + [0] * PAIRS
    for name in twins[0][0]:
        values = [t[0][name] for t in twins] + [t[1][name] for t in twins]
        reached = auc(labels, values)
        # no difference gives 0.5 +- 0.065 (Hanley and McNeil for 40 + 40)
        assert max(reached, 1 - reached) < 0.65, f"{name}: AUC {reached:.3f}"


def test_the_twins_do_differ(twins: list[tuple[dict[str, float], dict[str, float]]]) -> None:
    assert sum(a != b for a, b in twins) > 0.9 * PAIRS
