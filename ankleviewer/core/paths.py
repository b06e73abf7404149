"""Folders of the program: its own place for settings, models and logs, and the assets that travel with it. Creates nothing."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """ANKLEVIEWER_HOME, else the platform's place for a program's data."""
    named = os.environ.get("ANKLEVIEWER_HOME")
    if named:
        try:
            return Path(named).expanduser()
        except RuntimeError:  # "~name" of nobody on this computer
            return Path(named)
    from platformdirs import user_data_path

    return user_data_path("ankleviewer", appauthor=False)


def assets_dir() -> Path:
    """Models, icons and the sample: ankleviewer/_assets when installed, assets/ beside the package in a source checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_assets"
    return installed if installed.is_dir() else package.parent / "assets"


def model_dirs() -> tuple[Path, ...]:
    """Where model packs are looked for, first hit wins: the user's own, then those that travel with the program."""
    return home() / "models", assets_dir() / "models"


def log_dir() -> Path:
    """Where log files go."""
    return home() / "logs"
