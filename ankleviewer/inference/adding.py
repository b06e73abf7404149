"""Adding model packs, and reading them while others are added.

A pack that is replaced stands aside until the new one is in its place, and answers from there where an add was killed in between.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ankleviewer.core import paths
from ankleviewer.core.errors import ModelError
from ankleviewer.inference.manifest import CARD_FILE, MANIFEST_FILE, MODEL_FILE, NAME, parse
from ankleviewer.inference.pack_files import manifest_text
from ankleviewer.inference.packs import ASIDE, ModelPack, read_pack
from ankleviewer.inference.staging import staging
from ankleviewer.io.locked import locked

T = TypeVar("T")

LOCK = "models.lock"  # beside the folder of the user's models, held while a pack is renamed to its place


def add_pack(source: str | Path) -> ModelPack:
    """Verify a pack and copy it to the user's models; an older one of the same name is replaced.

    Raises:
        ModelError: the pack is refused; nothing is written.
        OSError: the folder cannot be written; an older pack stays.
    """
    text = manifest_text(Path(source))  # once: what is written is what was verified
    pack = ModelPack(Path(source), parse(text))
    files = {MODEL_FILE: pack.model_bytes(), CARD_FILE: pack.file(CARD_FILE), MANIFEST_FILE: text}
    assert NAME.fullmatch(pack.name)  # the name becomes a folder's name
    folder = paths.model_dirs()[0]
    folder.mkdir(parents=True, exist_ok=True)
    with staging(folder) as made:
        fresh = made / "fresh"
        fresh.mkdir()
        for name, data in files.items():
            with (fresh / name).open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        fresh.chmod(0o755)
        with locked(folder.with_name(LOCK)):  # two adds of one name would move each other's packs
            _put_in_place(fresh, folder / pack.name, made)
            return read_pack(folder / pack.name)


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
        lock = folder.with_name(LOCK)
        with locked(lock) if os.path.lexists(lock) else contextlib.nullcontext():
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
