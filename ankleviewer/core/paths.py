"""Folders of the program: its own place for settings, models and logs, and the assets that travel with it.

Paths of recent scans and reviews are nobody else's business. So the user's folder is made here, whoever asks for it first,
and closed to other users of the computer; what lies in it is closed with it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

_PRIVATE = 0o700


def home() -> Path:
    """ANKLEVIEWER_HOME, else the platform's place for a program's data; made where it is missing, for the user alone.

    One that is named and there already keeps its rights.
    """
    named = os.environ.get("ANKLEVIEWER_HOME")
    folder = _named(named) if named else _usual()
    with contextlib.suppress(OSError):  # whoever writes there says what is wrong with it
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(_PRIVATE, exist_ok=True)
        elif not named:
            _close(folder)
    return folder


def _named(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # "~name" of nobody on this computer
        return Path(name)


def _usual() -> Path:
    from platformdirs import user_data_path

    return user_data_path("ankleviewer", appauthor=False)


def _close(folder: Path) -> None:
    """Earlier releases left it open to others. A link is somebody's own arrangement. Raises OSError."""
    mode = folder.lstat().st_mode
    if os.name == "posix" and stat.S_ISDIR(mode) and mode & 0o077:
        folder.chmod(_PRIVATE)


def assets_dir() -> Path:
    """Models, icons and the sample: ankleviewer/_assets when installed, assets/ beside the package in a source checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_assets"
    return installed if installed.is_dir() else package.parent / "assets"


def is_there(path: str | os.PathLike[str]) -> bool:
    """Whether there is something at a path; False too where that cannot be told: a share that does not answer, a folder that is
    locked, a name that this system cannot have.
    """
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def model_dirs() -> tuple[Path, ...]:
    """Where model packs are looked for, first hit wins: the user's own, then those that travel with the program."""
    return home() / "models", assets_dir() / "models"


def log_dir() -> Path:
    """Where log files go."""
    return home() / "logs"
