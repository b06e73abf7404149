"""What is remembered for the next start: window preset and recent scans. A JSON file under ANKLEVIEWER_HOME; always boots."""

from __future__ import annotations

import itertools
import json
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile

from ankleviewer.core.paths import assets_dir, home

log = logging.getLogger(__name__)

_FORMAT = 1
_RECENT = 8
_LOCK_MS = 500


@dataclass(frozen=True)
class Settings:
    """Remembered values; `preset` is a number key, `recent` absolute paths, newest first, `keys` the reader's own shortcuts by
    the name of the command.

    `known` is what this window last read or wrote, one dictionary for all that `replace` makes of the same settings: what differs
    from it the reader has changed here. `unreadable`: there is a file, of which nothing could be read.
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
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    unreadable: bool = field(default=False, compare=False)

    def with_recent(self, path: str) -> Settings:
        """The settings with a path at the top of the recent scans."""
        full = str(Path(path).absolute())
        return replace(self, recent=(full, *(p for p in self.recent if p != full))[:_RECENT])


def load(folder: Path | None = None) -> Settings:
    """Read the settings; a missing, broken or foreign file gives the defaults, field by field."""
    default, unreadable = Settings(), False
    try:
        record = _read((folder or home()) / "settings.json")
    except FileNotFoundError:
        record = {}
    except (OSError, ValueError, RecursionError) as error:
        log.warning("settings not readable, defaults used: %s", type(error).__name__)
        record, unreadable = {}, True
    preset = record.get("preset")
    size = record.get("size")
    recent = record.get("recent")
    sound = isinstance(size, list) and len(size) == 2 and all(type(n) is int and 400 <= n <= 16000 for n in size)
    found = Settings(
        preset=preset if isinstance(preset, str) and preset in tuple("123456") else default.preset,
        panel=record.get("panel") is not False,
        size=(size[0], size[1]) if size is not None and sound else default.size,
        recent=tuple(p for p in recent if isinstance(p, str))[:_RECENT] if isinstance(recent, list) else (),
        hide_patient=record.get("hide_patient") is True,
        theme=record["theme"] if record.get("theme") in ("system", "dark", "light") else default.theme,
        mouse=record["mouse"] if record.get("mouse") in ("bir", "window", "slicer") else default.mouse,
        language=record["language"] if record.get("language") in ("system", "en", "de", "zh_CN") else default.language,
        keys=_keys(record.get("keys")),
        unreadable=unreadable,
    )
    found.known.update(_values(found))
    return found


def _keys(record: object) -> dict[str, tuple[str, ...]]:
    """Shortcuts by command; what is not a list of texts is left out."""
    found = record.items() if isinstance(record, dict) else ()
    return {name: tuple(keys) for name, keys in found if isinstance(keys, list) and all(isinstance(k, str) for k in keys)}


_writing = threading.Lock()  # while the disk works
_exchanging = threading.Lock()  # for `_waiting` alone; never held for long, since the main thread takes it
_waiting: Settings | None = None


def save(settings: Settings, folder: Path | None = None) -> bool:
    """Write what was changed, atomically; the rest stays as the file has it, since another window may have changed that.

    Returns:
        False (and a line in the log) where the folder cannot be written.
    """
    with _writing:
        if folder is None:
            _take_waiting()
        return _write(settings, folder)


def _write(settings: Settings, folder: Path | None) -> bool:
    from ankleviewer.io.atomic import write_text

    file = (folder or home()) / "settings.json"
    now = _values(settings)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = QLockFile(str(file.with_suffix(".lock")))
        lock.tryLock(_LOCK_MS)  # where that is not possible, the worst is that another window's change is lost
        try:
            there = _kept_aside(file)
            changed = {name: value for name, value in now.items() if name not in there or settings.known.get(name) != value}
            if "recent" in changed:
                changed["recent"] = _merged(settings.recent, settings.known.get("recent", ()), there.get("recent"))
            if "keys" in changed:
                changed["keys"] = _merged_keys(now["keys"], settings.known.get("keys", {}), there.get("keys"))
            record = {**there, **changed, "format": _format(there)}
            write_text(file, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
        finally:
            lock.unlock()
    except OSError as error:
        log.warning("settings not saved: %s", error.strerror)
        return False
    settings.known.update(now)
    return True


def _merged_keys(now: Mapping[str, Any], known: Mapping[str, Any], there: Any) -> dict[str, Any]:
    """The keys of a file with what was changed in this window alone, command by command. A key that it gave to one is no longer
    that of a command that another window gave it to, which has its own again where that was all.
    """
    changed = [name for name in dict.fromkeys((*now, *known)) if now.get(name) != known.get(name)]
    given = {key for name in changed for key in now.get(name, ())}
    kept: dict[str, Any] = {}
    for name, keys in there.items() if isinstance(there, dict) else ():
        left = [key for key in keys if key not in given] if isinstance(keys, list) else keys
        if name not in changed and (left or not keys):
            kept[name] = left
    return kept | {name: now[name] for name in changed if name in now}


def _values(settings: Settings) -> dict[str, Any]:
    """What is written, by name, as JSON holds it."""
    return {
        "preset": settings.preset,
        "panel": settings.panel,
        "size": list(settings.size),
        "recent": list(settings.recent),
        "hide_patient": settings.hide_patient,
        "theme": settings.theme,
        "mouse": settings.mouse,
        "language": settings.language,
        "keys": {name: list(keys) for name, keys in settings.keys.items()},
    }


def _format(there: Mapping[str, Any]) -> int:
    """The form that a file has when it is written again: a later one stays, as its fields do."""
    found = there.get("format")
    return max(found, _FORMAT) if type(found) is int else _FORMAT


def _kept_aside(file: Path) -> dict[str, Any]:
    """What a file of settings holds; a broken one is kept beside, since it may hold the reader's own keys. Raises OSError."""
    try:
        record = _read(file)
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        names = (f"{file.name}.BAK{n}" for n in itertools.chain([""], itertools.count(2)))
        aside = next(place for place in map(file.with_name, names) if not place.exists())
        log.warning("settings not readable, kept as %s", aside.name)
        os.replace(file, aside)
        return {}
    return record


def _read(file: Path) -> dict[str, Any]:
    """The fields of a file of settings. Raises OSError, or ValueError or RecursionError for a broken one."""
    record = json.loads(file.read_bytes())  # of bytes it takes the mark that some editors put before UTF-8, and UTF-16
    if not isinstance(record, dict):
        raise ValueError("no settings")
    return record


def _merged(recent: Sequence[str], known: Sequence[str], there: object) -> list[str]:
    """The recent scans of the file with those of this window before them that came since it read or wrote the file."""
    fresh = [path for n, path in enumerate(recent) if n == 0 or path not in known]
    older = [path for path in there if path not in fresh] if isinstance(there, list) else []
    return [*fresh, *older][:_RECENT]


def save_soon(settings: Settings) -> None:
    """Write the settings on another thread: the disk may take a tenth of a second. `save` overtakes what still waits."""
    global _waiting  # noqa: PLW0603 - one file, one line before it
    with _exchanging:
        _waiting = settings
    threading.Thread(target=_save_waiting, name="settings", daemon=True).start()


def _save_waiting() -> None:
    with _writing:
        settings = _take_waiting()
        if settings is not None:
            _write(settings, None)


def _take_waiting() -> Settings | None:
    """What waits to be written, which from now on does not wait any more."""
    global _waiting
    with _exchanging:
        settings, _waiting = _waiting, None
    return settings


def sample_scan() -> Path | None:
    """The sample scan that ships with the program; None where it is not installed."""
    folder = assets_dir() / "sample"
    return next(iter(sorted(folder.glob("*.nii.gz")) + sorted(folder.glob("*.nii"))), None)
