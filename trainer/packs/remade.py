"""A pack as what a new pack is made of: its network, and what it tells of how that came about.

Where a pack is asked, and where its thresholds lie, may change long after the run is gone: a hospital sets them on scans of its
own, and a release leaves out places that earlier ones were asked about.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.inference.packs import read_pack
from trainer.networks.head import FractureNet
from trainer.packs.card import ASIDE, SIMULATED_ANKLES
from trainer.packs.unpack import from_pack


def load(pack: Path) -> tuple[FractureNet, PreprocessSpec, dict[str, Any]]:
    """The network of a pack as it answers, its preprocessing, and a record such as a run keeps.

    In the record "origin" is the pack's own, "reached" the steps behind it and "from" its name and version. A pack keeps no list
    of the scans that it was trained on.

    Raises:
        ModelError, AnkleViewerError: see `from_pack`.
    """
    read = read_pack(pack)
    net, spec = from_pack(pack)
    told = read.manifest.record["origin"]
    origin = {key: value for key, value in told.items() if key not in ("versions", *ASIDE)}  # those are of each export anew
    return (
        net.eval(),
        spec,
        {
            **({} if told.get("data") == SIMULATED_ANKLES else {"data": str(told.get("data", "not stated"))}),
            "arch": net.arch,
            "config": net.config,
            "preprocessing": spec.to_json(),
            "origin": origin,
            "name": read.name,
            "from": f"{read.name} {read.version}",
            "stages": [],
            "reached": origin.get("steps", 0),
            **{key: origin[key] for key in ("seed", "pairs", "init", "teacher") if key in origin},
        },
    )
