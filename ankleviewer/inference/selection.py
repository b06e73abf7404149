"""Which packs are meant by what somebody asked for, and what is said of those that gave no answer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from ankleviewer.core import paths
from ankleviewer.core.errors import ModelError
from ankleviewer.core.findings import Finding
from ankleviewer.inference.packs import ModelPack, default_pack, list_packs, load_pack, survey

ALL = "all"


def choose_packs(models: Sequence[str] = ()) -> tuple[ModelPack, ...]:
    """The packs that are meant, each once, in the order named; "all" stands for the installed ones.

    Raises:
        ModelError: one is unknown or refused, or none is sound; MODEL_NAME_TWICE, two that differ have one name, under which
            neither answers nor heat maps could be told apart.
    """
    if not models:
        return (default_pack(),)
    chosen: dict[str, ModelPack] = {}
    for pack in itertools.chain.from_iterable(map(_meant, models)):
        if chosen.setdefault(pack.name, pack).manifest != pack.manifest:  # it holds the hashes of the files too
            raise ModelError("MODEL_NAME_TWICE", f"Two different model packs are named {pack.name}; give only one of them.")
    return tuple(chosen.values())


def _meant(name: str) -> tuple[ModelPack, ...]:
    if name == ALL:
        return list_packs() or (default_pack(),)  # default_pack says why there is none
    return (load_pack(name),)


def left_out(models: Sequence[str], packs: Sequence[ModelPack]) -> tuple[Finding, ...]:
    """A caveat for each installed pack that is refused, where it may have been meant: all were asked for, or none by name. The
    window, which names those that it knows, asks for all where it names them all. Where a shipped pack answers, a user's own
    that cannot tell its name may have been the one of that name.
    """
    found, refused = survey()
    known = {pack.name for pack in found}
    if models and ALL not in models and not (known and known <= {pack.name for pack in packs}):
        shipped = any(folder in pack.path.parents for folder in paths.model_dirs()[1:] for pack in packs)
        refused = tuple(pack for pack in refused if shipped and pack.own and not pack.name)
    return tuple(_without(pack.file, pack.error, pack.name) for pack in refused)


def failures(failed: Sequence[tuple[str, ModelError]], answered: set[str]) -> tuple[Finding, ...]:
    """A caveat for each pack that failed, once for what it said of several ankles.

    Args:
        failed: name and error, for each ankle.
        answered: names of the packs that answered for another ankle.
    """
    told = (_in_part(name, e) if name in answered else _without(name, e, name) for name, e in failed)
    return tuple(dict.fromkeys(told))


def _without(called: str, error: ModelError, name: str) -> Finding:
    return Finding("caveat", error.code, f"The model pack {called} was left out. {error.message}", name)


def _in_part(name: str, error: ModelError) -> Finding:
    return Finding("caveat", error.code, f"Model {name} did not assess every ankle. {error.message}", name)
