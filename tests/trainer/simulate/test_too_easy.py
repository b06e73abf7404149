"""The simulator must not betray the label, and must be learnable without shortcuts.

In the gate: 200 scans with coarse voxels, otherwise as in the named sets. The long proofs take `sim-val-v1` itself, and train.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.evaluation.shortcuts import figures, of_folder, reached
from trainer.simulate.bones import built_in
from trainer.simulate.fracture import SEVERITIES
from trainer.simulate.injuries import TYPES
from trainer.simulate.scan import simulate_scan
from trainer.simulate.setting import SHIFTED, STANDARD

BODIES, PAIRS_PER_BODY = 20, 5
LIMIT = 0.62
COARSE = {"plane_mm": ((2.2, 3.0),), "slice_mm": (2.2, 4.0)}


def test_trivial_statistics_stay_near_chance() -> None:
    table, labels, bodies = [], [], []
    differ = 0
    for number in range(BODIES):
        setting = replace((STANDARD, SHIFTED)[number % 2], **COARSE)  # type: ignore[arg-type]
        atlas = built_in(21, number, setting)
        for index in range(number * PAIRS_PER_BODY, (number + 1) * PAIRS_PER_BODY):
            seen = []
            for fractured in (True, False):
                scan = simulate_scan(
                    21,
                    index,
                    atlas,
                    fractured=fractured,
                    injury=TYPES[index % len(TYPES)],
                    severity=SEVERITIES[index % 3],
                    setting=setting,
                )
                seen.append(scan.volume.hu)
                table.append(list(figures(scan.volume, 0).values()))
                labels.append(scan.truth["label"])
                bodies.append(atlas.name)
            differ += bool((seen[0] != seen[1]).any())
    found = reached(np.array(table), np.array(labels), bodies)
    assert found.high < LIMIT, f"AUC {found.value:.3f} ({found.low:.3f} to {found.high:.3f})"
    assert differ > 0.9 * BODIES * PAIRS_PER_BODY, "the twins do differ"


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_trivial_statistics_stay_near_chance_on_the_validation_set(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    from trainer.scans.named_sets import named_set
    from trainer.scans.write_scans import simulate

    for _ in simulate(*named_set("sim-val-v1", tmp_path), jobs=2):
        pass
    found = of_folder(tmp_path)
    record_property("AUC of trivial statistics, sim-val-v1", f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})")
    assert found.high < LIMIT
