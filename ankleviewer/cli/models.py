"""The commands `models list`, `models verify`, `models add` and `models remove`."""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Sequence
from typing import Any, TypeGuard

from ankleviewer.cli import console
from ankleviewer.core import exits, paths
from ankleviewer.core.errors import ModelError
from ankleviewer.core.words import printable
from ankleviewer.inference import adding, packs
from ankleviewer.inference.first_run import remember
from ankleviewer.inference.removing import remove_pack
from ankleviewer.inference.trial import try_out

log = logging.getLogger(__name__)


def show() -> int:
    """Print every pack with what it was trained on and its figures. Returns the exit code."""
    broken: list[tuple[str, ModelError]] = []
    found = packs.list_packs(broken)
    for number, pack in enumerate(found):
        marks = [pack.status, *(["default"] if number == 0 else [])]
        origin = pack.manifest.record.get("origin")
        print(f"{pack.name} {pack.version}  ({', '.join(marks)})  {pack.title}")
        print(f"  {pack.network.parameters:,} parameters, {pack.network.pooling} pooling, map of {pack.network.cells}^3 cells")
        print(f"  sha256 {pack.sha256}")
        if isinstance(origin, dict) and origin.get("data"):
            print(f"  trained on: {printable(origin['data'])}")
        for line in _figures(pack.manifest.record.get("metrics")):
            print(f"  {line}")
    for name, error in broken:
        print(f"{name}  REFUSED: {error.message} [{error.code}]")
    if not found and not broken:
        print("No model is installed; add one with: ankleviewer models add PACK")
    return exits.MODEL_REFUSED if broken else exits.DONE


def verify(names: Sequence[str]) -> int:
    """Check the named packs, or all; print one line each. Returns the exit code."""
    broken: list[tuple[str, ModelError]] = []
    chosen = [packs.load_pack(name) for name in names] if names else list(packs.list_packs(broken))
    for pack in chosen:
        try:
            print(f"{pack.name} {_sound(pack).version}: sound")
        except ModelError as error:
            broken.append((pack.name, error))
    for name, refusal in broken:
        print(f"{name}: REFUSED: {refusal.message} [{refusal.code}]")
    return exits.MODEL_REFUSED if broken else exits.DONE


def _sound(pack: packs.ModelPack) -> packs.ModelPack:
    """The pack, or the one that has taken its place, if it holds what its manifest says, and runs. Raises ModelError.

    It runs while others may replace it: a run takes as long as it likes.
    """
    held = adding.look_twice(pack, _verified)
    try:
        try_out(held)
    except ModelError:
        now = adding.look_twice(held, _verified)
        if (now.path, now.sha256) == (held.path, held.sha256):
            raise
        try_out(now)
        held = now
    remember(held)
    return held


def _verified(pack: packs.ModelPack) -> packs.ModelPack:
    pack.verify()
    return pack


def add(source: str) -> int:
    """Add a pack to the user's own. Returns the exit code."""
    try:
        before = adding.standing(packs.read_pack(source).name)
        pack = adding.add_pack(source)
    except OSError as error:  # of the program's own folder, which may be named; what is read of `source` fails as a ModelError
        return _failed(error, "the pack could not be written there")
    instead = f" in place of {before.version}" if before is not None else ""
    print(f"Added {pack.name} {pack.version} ({pack.status}){instead}.")
    if (hidden := _shipped(pack.name)) is not None:
        print(f"It hides the shipped {hidden.name} {hidden.version}.")
    return exits.DONE


def remove(name: str) -> int:
    """Delete a pack of the user's own. Returns the exit code."""
    try:
        gone = remove_pack(name)
    except OSError as error:
        return _failed(error, "the pack could not be removed from there")
    what = f"{gone.name} {gone.version}" if isinstance(gone, packs.ModelPack) else f"{gone.file}, which was refused"
    print(f"Removed {what}.")
    answers = next((pack for pack in packs.list_packs() if pack.name == gone.name), None)
    if answers is not None:
        print(f"Now {answers.name} {answers.version} ({answers.status}) answers by that name.")
    return exits.DONE


def _failed(error: OSError, what: str) -> int:
    console.complain(f"{paths.model_dirs()[0]}: {what}: {error.strerror or type(error).__name__}.")
    log.error("system error %s", error.errno)
    return exits.FAILED


def _shipped(name: str) -> packs.ModelPack | None:
    """The pack of that name that travels with the program; a refused one hides nothing that could answer."""
    for folder in paths.model_dirs()[1:]:
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            with contextlib.suppress(ModelError, OSError):
                pack = packs.read_pack(path)
                if pack.name == name:
                    return pack
    return None


def _figures(metrics: Any, prefix: str = "") -> list[str]:
    """A manifest's figures, one a line: a value with its interval is one figure; counts are left to the model card, and so is
    what is no finite number.
    """
    lines: list[str] = []
    if not isinstance(metrics, dict):
        return lines
    for key, value in metrics.items():
        name = printable(f"{prefix}{key}".replace("_", " "))
        if isinstance(value, dict) and _is_finite(value.get("value")):
            low, high = value.get("low"), value.get("high")
            interval = f" ({low:.3g}-{high:.3g})" if _is_finite(low) and _is_finite(high) else ""
            lines.append(f"{name}: {value['value']:.3g}{interval}")
        elif isinstance(value, dict):
            lines += _figures(value, f"{name}, ")
        elif isinstance(value, float) and _is_finite(value) and not prefix:
            lines.append(f"{name}: {value:.3g}")
    return lines


def _is_finite(value: Any) -> TypeGuard[int | float]:
    """JSON knows NaN, Infinity, and integers that no float holds."""
    try:
        return isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:
        return False
