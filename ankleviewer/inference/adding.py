"""Adding model packs, and reading them while others are added.

A pack that is replaced stands aside until the new one is in its place, and answers from there where an add was killed in between.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ankleviewer.core import paths
from ankleviewer.core.errors import ModelError
from ankleviewer.inference.first_run import remember
from ankleviewer.inference.manifest import CARD_FILE, MANIFEST_FILE, MODEL_FILE, claimed_name, parse
from ankleviewer.inference.pack_files import besides, manifest_text, write_files
from ankleviewer.inference.packs import ASIDE, LOCK, ModelPack, read_pack, still
from ankleviewer.inference.staging import staging
from ankleviewer.inference.trial import try_out
from ankleviewer.io.locked import locked

T = TypeVar("T")


def add_pack(source: str | Path) -> ModelPack:
    """Verify a pack, run it once, and copy it to the user's models; one of the same name that lies there is replaced.

    Raises:
        ModelError: the pack is refused; MODEL_PLACE_TAKEN, what would be replaced is no such pack, or more, and stays.
        OSError: the folder cannot be written; an older pack stays.
    """
    text = manifest_text(Path(source))  # once: what is written is what was verified
    pack = ModelPack(Path(source), parse(text))
    files = {MODEL_FILE: pack.model_bytes(), CARD_FILE: pack.file(CARD_FILE), MANIFEST_FILE: text}
    folder = paths.model_dirs()[0]
    folder.mkdir(parents=True, exist_ok=True)
    with still(folder):  # what is between two names is nobody's file
        _check_place(folder / pack.name, pack.name)
    with staging(folder) as made:
        fresh = made / "fresh"
        fresh.mkdir()
        write_files(fresh, files)
        with contextlib.suppress(OSError):  # a courtesy, which some shares refuse
            fresh.chmod(0o755)
        try_out(replace(pack, path=fresh))
        remember(pack)
        with locked(folder.with_name(LOCK)):  # two adds of one name would move each other's packs
            _check_place(folder / pack.name, pack.name)  # it was left open since, for as long as a first run takes
            _put_in_place(fresh, folder / pack.name, made)
            return read_pack(folder / pack.name)


def standing(name: str) -> ModelPack | None:
    """The user's pack of that name where `add_pack` would put another one; None where there is none that is sound."""
    folder = paths.model_dirs()[0]
    try:
        with still(folder):
            pack = read_pack(folder / name)
    except ModelError:
        return None
    return pack if pack.name == name else None


def _check_place(target: Path, name: str) -> None:
    """Nobody shall lose what is no older pack of that name. Raises ModelError, OSError."""
    if target.is_symlink() or not target.exists():  # of a link the link alone goes
        return
    if not target.is_dir():
        raise would_be_lost(name, "a file")
    if others := besides(target):
        raise would_be_lost(name, f"more than a pack ({others})")
    other = ""
    with contextlib.suppress(ModelError):  # a damaged one may go
        other = claimed_name(manifest_text(target))
    if other not in ("", name):
        raise would_be_lost(name, f"the pack of model {other}")


def would_be_lost(name: str, what: str) -> ModelError:
    """What is told where the place of a pack holds something else, or more."""
    return ModelError(
        "MODEL_PLACE_TAKEN", f"Under {name} the folder of your models holds {what}, which would be lost; move it away first."
    )


def look_twice(pack: ModelPack, look: Callable[[ModelPack], T]) -> T:
    """`look(pack)`; where that fails, once more at what stands in the pack's place now. Another process may have put a newer one
    there since the pack was read, but cannot do so during the second look.

    Raises:
        ModelError: the second look's; the first one's where a pack of another name has come.
    """
    try:
        return look(pack)
    except ModelError:
        path = pack.path.absolute()  # "." alone has no folder; resolve() would follow a link
        folder, file = path.parent, path.name.removeprefix(ASIDE)
        with still(folder):
            now = read_pack(folder / file)
            if now.name != pack.name:
                raise
            return look(now)


def _put_in_place(fresh: Path, target: Path, waste: Path) -> None:
    """Rename a complete pack to `target`. What stands there waits aside, where `list_packs` finds it, and goes to the folder
    `waste` only afterwards. Raises OSError, and then it stands there again.
    """
    aside = target.with_name(f"{ASIDE}{target.name}")
    if os.path.lexists(aside):  # an earlier add was killed
        aside.replace(waste / "older" if os.path.lexists(target) else target)
    try:
        if os.path.lexists(target):
            target.replace(aside)
        fresh.replace(target)
    except BaseException:  # KeyboardInterrupt too
        if os.path.lexists(aside) and not os.path.lexists(target):
            aside.replace(target)
        raise
    if os.path.lexists(aside):
        with contextlib.suppress(OSError):  # the new one is in its place; the next add tries again
            aside.replace(waste / "old")
