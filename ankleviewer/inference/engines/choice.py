"""Which engine is the fastest on this computer for a model: measured once, remembered under ANKLEVIEWER_HOME, and for as long as
the program runs where that folder cannot be written or an engine failed: what it lacked, such as memory, it may have next time.
Where one fails ten minutes later too, it is taken to be broken, and not waited for again before a week has passed. Within those
minutes it is tried three times, for not each command of a loop over many scans shall wait for it.

The file holds for each key "NAME"; "NAME?TIME" where an engine failed at that time (seconds since 1970) for the first time, NAME
empty where that was the remembered one; "NAME??TIME" and "NAME???TIME" where it failed twice or more often within the minutes
that follow; "NAME!TIME" where one failed again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
import sys
import time
from collections.abc import Callable, Collection, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ankleviewer import __version__
from ankleviewer.core.paths import home
from ankleviewer.inference.engines.computer import identity
from ankleviewer.io.atomic import write_text
from ankleviewer.io.locked import locked

log = logging.getLogger(__name__)
FILE, LOCK = "engines.json", "engines.lock"
_PACKAGES = ("onnxruntime-gpu", "onnxruntime", "openvino")
_found: dict[str, str] = {}  # by this process
_unwritten: set[str] = set()  # keys of which this process knows more than the file, which could not be written
_ONCE, _AGAIN = "?", "!"
_OFTEN = 3 * _ONCE
_APART_S = 600.0  # failures within it, as of two programs that start together, count as one
_LASTS_S = {"": math.inf, _OFTEN: _APART_S, _AGAIN: 7 * 86400.0}  # how long what was chosen is trusted, by the entry's mark
_ENTRY = re.compile(r"([^?!]*)(\?+|!)(\d{1,12})", re.ASCII)  # damaged entries may have thousands of digits
_LOCK_S = 0.3  # somebody may wait, and want to stop


def fastest(
    model: bytes, candidates: Sequence[str], threads: int, seconds: Callable[[str], float], unfit: Collection[str] = ()
) -> str:
    """One of `candidates`.

    Args:
        model: bytes of the model file.
        candidates: names of engines that can be had, the safest last, which is taken (and not remembered) where all fail; one
            alone is not measured.
        threads: that they would use.
        seconds: runs a model on an engine and says how long it took; infinity where it fails.
        unfit: those of which `seconds` found, before it returns infinity, that they work and compute otherwise: unlike a failure,
            for which memory may have been short, that is no other the next time.
    """
    found = known(model, candidates, threads)
    if found is not None:
        return found
    times = {name: seconds(name) for name in candidates}
    best = min(candidates, key=times.__getitem__)
    log.info("engines measured: %s", ", ".join(f"{name} {s:.2f} s" for name, s in times.items()))
    if math.isinf(times[best]):
        return candidates[-1]
    key = key_of(model, candidates, threads)
    _found[key] = best
    _remember(key, best, failed=any(math.isinf(s) and name not in unfit for name, s in times.items()))
    return best


def forget(model: bytes, candidates: Sequence[str], threads: int) -> None:
    """What was chosen failed: that counts as its first failure, and the next one to ask measures again."""
    key = key_of(model, candidates, threads)
    _found.pop(key, None)
    _remember(key, "", failed=True)


def _remember(key: str, name: str, failed: bool) -> None:
    """Write a choice down, and whether an engine failed by the way."""
    try:
        home().mkdir(parents=True, exist_ok=True)
        with locked(home() / LOCK, _LOCK_S):  # another process may remember its choice for another model just now
            entries = _read()
            write_text(home() / FILE, json.dumps({**entries, key: _word(name, failed, entries.get(key, ""))}, indent=1))
        _unwritten.discard(key)
    except OSError:
        _unwritten.add(key)  # what stands there may be the very engine that failed
        log.warning("the choice of engine could not be remembered")


def _word(name: str, failed: bool, before: str) -> str:
    """The entry that follows on another one."""
    if not failed:
        return name
    now = int(time.time())
    chosen, mark, first = _parts(before)
    if name and (mark == _AGAIN or (mark and now - first >= _APART_S)):
        return f"{name}{_AGAIN}{now}"
    if mark in ("", _AGAIN) or first > now:
        return f"{name}{_ONCE}{now}"
    more = _ONCE if name and chosen else ""  # one that broke and was measured for that has failed once
    return f"{name}{(mark + more)[: len(_OFTEN)]}{first}"


def _parts(entry: str) -> tuple[str, str, int]:
    """Name, mark and time of an entry; "" and 0 where it has none."""
    if _ONCE not in entry and _AGAIN not in entry:
        return entry, "", 0
    found = _ENTRY.fullmatch(entry)
    return (found[1], found[2], int(found[3])) if found else ("", "", 0)


def known(model: bytes, candidates: Sequence[str], threads: int) -> str | None:
    """What `fastest` can say without measuring; None where it cannot."""
    if len(candidates) == 1:
        return candidates[0]
    key = key_of(model, candidates, threads)
    name, mark, when = _parts("" if key in _unwritten else _read().get(key, ""))
    if name in candidates and 0 <= time.time() - when < _LASTS_S.get(mark, 0.0):
        return name
    found = _found.get(key)
    return found if found in candidates else None


def key_of(model: bytes, candidates: Sequence[str], threads: int) -> str:
    """Everything on which the answer depends; hashed, so that the file says nothing of the computer."""
    # the program's version too: it writes models anew for one engine
    parts = [hashlib.sha256(model).hexdigest(), __version__, *candidates, str(threads), *identity()]
    if "cuda" in candidates:  # its libraries come in packages of their own, whose folders are called by name and version
        parts += sorted(found.name for folder in sys.path for found in Path(folder).glob("nvidia*.dist-info"))
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
