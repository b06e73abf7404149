"""What a network answers on validation scans, kept as it comes."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import numpy as np

from ankleviewer import __version__
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.io.atomic import write_text
from trainer.networks.head import NOT_ASKED, FractureNet
from trainer.networks.layout import channels_last
from trainer.scans.prepare import Told
from trainer.scans.split import Prepared
from trainer.training.judge import look

GATE_VOLUMES = 20
KEPT_EVERY_S = 20.0  # an interruption costs no more answers


def silent(done: int, of: int, scan: str) -> None:
    """Tells nobody."""


def answers(
    net: FractureNet, found: list[Prepared], cache: Path, report: Told = silent
) -> tuple[list[int], list[float], list[float], list[np.ndarray]]:
    """Labels, logits, highest cells and the first GATE_VOLUMES inputs of the prepared scans.

    Logits are kept in `cache` as they come, under the hashes of the weights and of each scan's input: exporting again, with
    figures or after an interruption, need not run the network again.

    Raises:
        AnkleViewerError: FOLDER_IN_USE, an input was replaced meanwhile.
    """
    if net.mode == "full":
        net = channels_last(net)
    digest = hashlib.sha256()
    for name, value in sorted(net.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().contiguous().numpy().tobytes())
    # what else the answer depends on: how the network is put together, and what this version of the trainer does with it
    digest.update(json.dumps([__version__, net.arch, net.pooling, net.mode, net.config], sort_keys=True).encode())
    digest.update(f"{NOT_ASKED} {net.mirrored} {net.reach}".encode())
    key = digest.hexdigest()
    kept = [p for p in found if p.input_path is not None]
    seen = {p.row.id: _hash(p) for p in kept}
    known: dict[str, list[float]] = {}
    if cache.is_file():
        try:
            stored = json.loads(cache.read_text(encoding="utf-8"))
        except ValueError:
            stored = None  # everything is answered once more
        if isinstance(stored, dict) and stored.get("weights") == key and isinstance(stored.get("scans"), dict):
            then = stored.get("inputs", {})
            known = {scan: answer for scan, answer in stored["scans"].items() if scan in seen and then.get(scan) == seen[scan]}
    inputs = [np.load(p.input_path) for p in kept[:GATE_VOLUMES] if p.input_path is not None]
    written = time.monotonic()
    for n, item in enumerate(kept):
        report(n, len(kept), item.row.id)
        answered: dict[str, list[float]] = {}
        if item.row.id not in known:
            look(net, [item], answered)
        if _hash(item) != seen[item.row.id]:
            raise AnkleViewerError("FOLDER_IN_USE", "Another command has prepared other scans in this run meanwhile; try again.")
        known |= answered
        if n + 1 == len(kept) or time.monotonic() - written > KEPT_EVERY_S:
            write_text(cache, json.dumps({"weights": key, "inputs": seen, "scans": known}))
            written = time.monotonic()
    report(len(kept), len(kept), "")
    return [p.row.label for p in kept], [known[p.row.id][0] for p in kept], [known[p.row.id][1] for p in kept], inputs


def _hash(item: Prepared) -> str:
    """Of a scan's input."""
    return hashlib.sha256(item.input_path.read_bytes()).hexdigest() if item.input_path is not None else ""
