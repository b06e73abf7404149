"""What is remembered for the next start: window preset and recent scans. A JSON file under ANKLEVIEWER_HOME; always boots."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ankleviewer.core.paths import home

log = logging.getLogger(__name__)

_FORMAT = 1
_RECENT = 8


@dataclass(frozen=True)
class Settings:
    """Remembered values; `preset` is a number key, `recent` absolute paths, newest first, `keys` the reader's own shortcuts by
    the name of the command.
    """

    preset: str = "1"
    panel: bool = True
    size: tuple[int, int] = (1440, 900)
    recent: tuple[str, ...] = field(default_factory=tuple)
    hide_patient: bool = False
    theme: str = "system"
    mouse: str = "bir"
    language: str = "system"
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_recent(self, path: str) -> Settings:
        """The settings with a path at the top of the recent scans."""
        full = str(Path(path).absolute())
        return replace(self, recent=(full, *(p for p in self.recent if p != full))[:_RECENT])


def load(folder: Path | None = None) -> Settings:
    """Read the settings; a missing, broken or foreign file gives the defaults, field by field."""
    default = Settings()
    try:
        record = json.loads(((folder or home()) / "settings.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return default
    except (OSError, ValueError) as error:
        log.warning("settings not readable, defaults used: %s", type(error).__name__)
        return default
    if not isinstance(record, dict):
        return default
    preset = record.get("preset")
    size = record.get("size")
    recent = record.get("recent")
    sound = isinstance(size, list) and len(size) == 2 and all(type(n) is int and 400 <= n <= 16000 for n in size)
    return Settings(
        preset=preset if isinstance(preset, str) and preset in tuple("123456") else default.preset,
        panel=record.get("panel") is not False,
        size=(size[0], size[1]) if sound else default.size,
        recent=tuple(p for p in recent if isinstance(p, str))[:_RECENT] if isinstance(recent, list) else (),
        hide_patient=record.get("hide_patient") is True,
        theme=record["theme"] if record.get("theme") in ("system", "dark", "light") else default.theme,
        mouse=record["mouse"] if record.get("mouse") in ("bir", "window", "slicer") else default.mouse,
        language=record["language"] if record.get("language") in ("system", "en", "de", "zh_CN") else default.language,
        keys=_keys(record.get("keys")),
    )


def _keys(record: object) -> dict[str, tuple[str, ...]]:
    """Shortcuts by command; what is not a list of texts is left out."""
    found = record.items() if isinstance(record, dict) else ()
    return {name: tuple(keys) for name, keys in found if isinstance(keys, list) and all(isinstance(k, str) for k in keys)}


_writing = threading.Lock()
_waiting: Settings | None = None


def save(settings: Settings, folder: Path | None = None) -> bool:
    """Write the settings atomically; False (and a line in the log) where the folder cannot be written."""
    global _waiting  # noqa: PLW0603
    with _writing:
        if folder is None:
            _waiting = None
        return _write(settings, folder)


def _write(settings: Settings, folder: Path | None) -> bool:
    from ankleviewer.io.atomic import write_text

    target = folder or home()
    record = {"format": _FORMAT, "preset": settings.preset, "panel": settings.panel}
    record |= {"size": list(settings.size), "recent": list(settings.recent)}
    record |= {"hide_patient": settings.hide_patient, "theme": settings.theme, "mouse": settings.mouse}
    record |= {"language": settings.language}
    record |= {"keys": {name: list(keys) for name, keys in settings.keys.items()}}
    try:
        target.mkdir(parents=True, exist_ok=True)
        write_text(target / "settings.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        log.warning("settings not saved: %s", error.strerror)
        return False
    return True


def save_soon(settings: Settings) -> None:
    """Write the settings on another thread: the disk may take a tenth of a second. `save` overtakes what still waits."""
    global _waiting  # noqa: PLW0603 - one file, one line before it
    _waiting = settings
    threading.Thread(target=_save_waiting, name="settings", daemon=True).start()


def _save_waiting() -> None:
    global _waiting
    with _writing:
        settings, _waiting = _waiting, None
        if settings is not None:
            _write(settings, None)


def sample_scan() -> Path | None:
    """The sample scan that ships with the program; None where it is not installed."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_assets" / "sample", package.parent / "assets" / "sample"):
        found = sorted(folder.glob("*.nii.gz")) + sorted(folder.glob("*.nii"))
        if found:
            return found[0]
    return None
