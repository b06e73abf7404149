"""Models that have been loaded, kept for the next scan."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from ankleviewer.core import memory
from ankleviewer.core.errors import ModelError
from ankleviewer.inference.adding import look_twice
from ankleviewer.inference.first_run import told
from ankleviewer.inference.packs import ModelPack
from ankleviewer.inference.predictor import Predictor

KEPT = 5  # those that ship, and two of a site's own; each holds its engine's memory

_predictors: OrderedDict[tuple[str, str, str], Predictor] = OrderedDict()
_odd: dict[tuple[str, str], None] = {}  # in the order in which they were found: model, engine
_lock = threading.Lock()


def predictor_of(pack: ModelPack, runtime: str) -> Predictor:
    """A pack's predictor, the kept one where there is one; that of the pack which another process has put in its place since it
    was read (`Predictor.pack` says which).

    Raises:
        ModelError: the pack's file is not what its manifest says; the error names the pack.
    """
    with _lock:
        try:
            return look_twice(pack, lambda found: _kept(found, runtime))
        except ModelError as error:
            named = told(pack, error)
            if named is error:
                raise
            raise named from error


def seconds_of(pack: ModelPack, runtime: str) -> float | None:
    """What a pack took for an ankle when it last ran, None where it has not run since it was loaded."""
    with _lock:
        predictor = _predictors.get(_key(pack, runtime))
    return predictor.pace.seconds if predictor is not None else None


def _key(pack: ModelPack, runtime: str) -> tuple[str, str, str]:
    return pack.sha256, repr(pack.manifest.record), runtime  # the manifest too: equal weights may be read by other thresholds


def _kept(pack: ModelPack, runtime: str) -> Predictor:
    key = _key(pack, runtime)
    predictor = _predictors.pop(key, None) or Predictor(pack, runtime, careful=True)
    _predictors[key] = predictor
    while len(_predictors) > KEPT:
        _predictors.popitem(last=False)
    return predictor


def rest(cancelled: Callable[[], bool] | None = None) -> tuple[tuple[str, str], ...]:
    """No scan waits: the models stay, the memory of their last run goes back to the system. The next run is a little slower.

    Engines that answered at once are measured now; where another one is faster the next scan gets that.

    Returns:
        SHA-256 of a model and the engine, by its own word, whose answers with it were found to be others than the CPU's: they do
        not count. All that this process has found, since a call that was cancelled tells nobody.

    Raises:
        Cancelled: on request, while an engine was measured; that is for the next time.
    """
    with _lock:
        kept = list(_predictors.items())
    for key, predictor in kept:
        predictor.engine.rest()
        if predictor.engine.measure(cancelled):
            with _lock:
                _predictors.pop(key, None)
                if predictor.engine.disagreed:
                    _odd[predictor.pack.sha256, predictor.engine.disagreed] = None
    memory.trim()
    with _lock:
        return tuple(_odd)
