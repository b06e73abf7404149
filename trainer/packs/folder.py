"""The folder of a pack: what may be replaced there, and how a new pack takes an older one's place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.inference.manifest import MANIFEST_FILE, SCHEMA
from ankleviewer.inference.pack_files import besides, write_files
from ankleviewer.inference.packs import ASIDE
from ankleviewer.inference.staging import staging


class FolderTakenError(AnkleViewerError, FileExistsError):
    """Something else than a pack lies where one is to be written; OUT_UNFIT."""

    def __init__(self, message: str) -> None:
        super().__init__("OUT_UNFIT", message)


def check_folder(out_dir: Path) -> None:
    """Whether a pack may be written there: nothing is there, or an empty folder, or a pack and nothing else.

    Raises:
        FolderTakenError: something else, which the sentence names.
        OSError: the folder cannot be read.
    """
    for folder in (out_dir, _aside(out_dir)):
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            continue
        if not folder.is_dir() or not _is_pack(folder):
            raise FolderTakenError(f"{folder} exists and is no model pack; it stays as it is: give another folder by --out.")
        if others := besides(folder):
            raise FolderTakenError(
                f"{folder} holds more than a model pack, and all of it would be replaced (move it, or give another folder by "
                f"--out): {others}"
            )


def restore(out_dir: Path) -> None:
    """Put back the older pack where an export was killed after it had moved it aside, and before the new one took its place."""
    aside = _aside(out_dir)
    if aside.exists() and not out_dir.exists():
        aside.rename(out_dir)


def write(out_dir: Path, files: Mapping[str, bytes]) -> None:
    """All files or none: a new folder is filled beside the old one, then takes its name.

    The old one waits aside meanwhile, under the name where the viewer looks for it too and `restore` finds it.
    """
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    aside = _aside(out_dir)
    with staging(out_dir.parent) as made:
        fresh = made / "new"
        fresh.mkdir()
        write_files(fresh, files)
        restore(out_dir)
        if aside.exists():  # an earlier export was killed once its pack was in place
            aside.rename(made / "older")
        if out_dir.exists():
            out_dir.rename(aside)
        try:
            fresh.rename(out_dir)
        except BaseException:  # another program holds a file of it (Windows), or Ctrl-C
            restore(out_dir)
            raise
        if aside.exists():
            aside.rename(made / "old")


def _aside(out_dir: Path) -> Path:
    place = out_dir.absolute()  # "." alone has no name
    return place.with_name(f"{ASIDE}{place.name}")


def _is_pack(folder: Path) -> bool:
    """Whether its manifest is this project's; it may be damaged otherwise."""
    try:
        record = json.loads((folder / MANIFEST_FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(record, dict) and record.get("schema") == SCHEMA
