"""Which engine is the fastest on this computer for a model: measured once, remembered under ANKLEVIEWER_HOME, and for as long as
the program runs where that folder cannot be written or an engine failed: what it lacked, such as memory, it may have next time.
Where one fails that time too, it is taken to be broken, and not waited for again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

from ankleviewer.core.paths import home
from ankleviewer.inference.computer import identity
from ankleviewer.io.atomic import write_text
from ankleviewer.io.locked import locked

log = logging.getLogger(__name__)
FILE, LOCK = "engines.json", "engines.lock"
_PACKAGES = ("onnxruntime-gpu", "onnxruntime", "openvino")
_found: dict[str, str] = {}  # by this process
_ONCE = "?"  # after a name: another engine failed once


def fastest(model: bytes, candidates: Sequence[str], threads: int, seconds: Callable[[str], float]) -> str:
    """One of `candidates`.

    Args:
        model: bytes of the model file.
        candidates: names of engines that can be had, the safest last, which is taken (and not remembered) where all fail; one
            alone is not measured.
        threads: that they would use.
        seconds: runs a model on an engine and says how long it took; infinity where it fails.
    """
    found = known(model, candidates, threads)
    if found is not None:
        return found
    times = {name: seconds(name) for name in candidates}
    best = min(candidates, key=times.__getitem__)
    log.info("engines measured: %s", ", ".join(f"{name} {s:.2f} s" for name, s in times.items()))
    if math.isinf(times[best]):
        return candidates[-1]
    key = _key(model, candidates, threads)
    _found[key] = best
    try:
        home().mkdir(parents=True, exist_ok=True)
        with locked(home() / LOCK):  # another process may remember its choice for another model just now
            before = _read()
            again = before.get(key, "").endswith(_ONCE)
            word = best if again or not any(map(math.isinf, times.values())) else best + _ONCE
            write_text(home() / FILE, json.dumps({**before, key: word}, indent=1))
    except OSError:
        log.warning("the choice of engine could not be remembered")
    return best


def known(model: bytes, candidates: Sequence[str], threads: int) -> str | None:
    """What `fastest` can say without measuring; None where it cannot."""
    if len(candidates) == 1:
        return candidates[0]
    key = _key(model, candidates, threads)
    return next((name for name in (_read().get(key), _found.get(key)) if name in candidates), None)


def _key(model: bytes, candidates: Sequence[str], threads: int) -> str:
    """Everything on which the answer depends; hashed, so that the file says nothing of the computer."""
    parts = [hashlib.sha256(model).hexdigest(), *candidates, str(threads), *identity()]
    for name in _PACKAGES:
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def _read() -> dict[str, str]:
    try:
        found = json.loads((home() / FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):  # the last one: nested too deeply
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}
