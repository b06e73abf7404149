"""Taking a pack out of the user's own models."""

from __future__ import annotations

import os
from pathlib import Path

from ankleviewer.core import paths
from ankleviewer.core.errors import ModelError
from ankleviewer.inference.adding import would_be_lost
from ankleviewer.inference.pack_files import besides
from ankleviewer.inference.packs import ASIDE, LOCK, ModelPack, RefusedPack, survey
from ankleviewer.inference.staging import staging
from ankleviewer.io.locked import locked


def remove_pack(name: str) -> ModelPack | RefusedPack:
    """Delete the user's pack of that name, or the one whose file among the models is called so, also where it is refused. Of two
    of one name that is the one that answers.

    Raises:
        ModelError: MODEL_UNKNOWN, none of the user's is called so; MODEL_PLACE_TAKEN, its folder holds more, and stays.
        OSError: it cannot be removed, and stays.
    """
    folder = paths.model_dirs()[0]
    own, shipped = _packs_in(folder)
    file = name if name in own else next((file for file, pack in own.items() if name in _names(pack)), "")
    if not file:
        by = "is shipped with the program, and stays" if name in shipped else "is none of your own models"
        raise ModelError("MODEL_UNKNOWN", f"{name[:80]!r} {by}; your own: {', '.join(own) or 'none'}.")
    with staging(folder) as waste, locked(folder.with_name(LOCK)):
        # the one aside, of an add that was killed, would answer now; it goes first, since an error must leave the other one
        found = [place for place in (folder / f"{ASIDE}{file}", folder / file) if os.path.lexists(place)]
        for place in found:
            _check(place)
        for number, place in enumerate(found):
            place.replace(waste / str(number))
    return own[file]


def _packs_in(folder: Path) -> tuple[dict[str, ModelPack | RefusedPack], set[str]]:
    """The user's packs by the names of their files, those that answer first, and the names of the other ones."""
    packs, refused = survey()
    own: dict[str, ModelPack | RefusedPack] = {}
    shipped: set[str] = set()
    for pack in packs:
        if pack.path.is_relative_to(folder):
            own[pack.path.relative_to(folder).parts[0].removeprefix(ASIDE)] = pack
        else:
            shipped.add(pack.name)
    for broken in refused:
        if broken.own:
            own.setdefault(broken.file, broken)
    return own, shipped


def _names(pack: ModelPack | RefusedPack) -> tuple[str, ...]:
    return (pack.name,) if isinstance(pack, ModelPack) else pack.names


def _check(place: Path) -> None:
    """Nobody shall lose what is no file of a pack. Raises ModelError, OSError."""
    if place.is_symlink() or not place.is_dir():  # of a link the link alone goes
        return
    inner = [one for one in place.iterdir() if one.is_dir()]  # as a .zip is unpacked
    others = besides(inner[0]) if len(inner) == 1 and besides(place) == inner[0].name else besides(place)
    if others:
        raise would_be_lost(place.name, f"more than a pack ({others})")
