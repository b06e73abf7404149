"""A saved session: which scan was open, and how it was looked at; to and from JSON (schema "ankleviewer.session/1"). No Qt.

The view comes back field by field: what another version of the program wrote and this one does not know, or what is out of
range, keeps its present value, so that an old session always opens.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from ankleviewer.core.display.viewstate import ViewState, nearest_step

SCHEMA = "ankleviewer.session/1"
SUFFIX = ".avsession.json"
_HELD = ("hide_ai",)  # true only while a key is down
_MAX_PATH = 4096
_PICK = re.compile(r"[0-9a-f]{16}")
_MODEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")  # a name; a path would have a pack run that lies anywhere


@dataclass(frozen=True)
class SavedView:
    """What a session file holds.

    Attributes:
        path: of the scan, absolute; name: its last part, for a scan that lies beside the session file.
        sha256: of the scan, as in `ScanInfo`.
        state: how it was shown.
        chosen: name of the model chosen, "all", or "" for the default.
        pick: key of the series within a folder or ZIP with several, "" for the only one.
    """

    path: str
    name: str
    sha256: str
    state: ViewState
    chosen: str = ""
    pick: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        view = {name: value for name, value in asdict(self.state).items() if name not in _HELD}
        scan = {"path": self.path, "name": self.name, "sha256": self.sha256, "series": self.pick}
        return {"schema": SCHEMA, "scan": scan, "chosen": self.chosen, "view": view}

    @staticmethod
    def from_json(record: object) -> SavedView:
        """Inverse of to_json.

        Raises:
            ValueError: another schema, or the scan is not named.
        """
        if not isinstance(record, Mapping) or record.get("schema") != SCHEMA:
            raise ValueError(f"schema must be {SCHEMA}")
        scan, view, chosen = record.get("scan"), record.get("view"), record.get("chosen")
        if not isinstance(scan, Mapping):
            raise ValueError("the scan is not named")
        path, name, sha256 = (scan.get(key) for key in ("path", "name", "sha256"))
        if not (isinstance(path, str) and isinstance(name, str) and isinstance(sha256, str)) or not path or len(path) > _MAX_PATH:
            raise ValueError("the scan is not named")
        if "/" in name or "\\" in name or name in (".", ".."):
            name = ""  # a path is none, and would lead elsewhere
        state = _state(view) if isinstance(view, Mapping) else ViewState()
        known = chosen if isinstance(chosen, str) and _MODEL.fullmatch(chosen) else ""
        pick = scan.get("series")
        return SavedView(path, name, sha256, state, known, pick if isinstance(pick, str) and _PICK.fullmatch(pick) else "")


def _state(view: Mapping[str, Any]) -> ViewState:
    """The view with every field that makes sense."""
    state = ViewState()
    kinds = get_type_hints(ViewState)
    for field in fields(ViewState):
        if field.name in _HELD or field.name not in view:
            continue
        try:
            value = _made(kinds[field.name], view[field.name])
            if field.name == "tile_step" and value >= 1:
                value = nearest_step(value)  # another version may offer other steps
            state = replace(state, **{field.name: value})
        except (TypeError, ValueError, KeyError, OverflowError):  # the last of a whole number beyond all others
            continue
    return state


def _made(kind: Any, value: Any) -> Any:
    """A JSON value as a value of an annotated type. Raises TypeError, ValueError, KeyError or OverflowError where it is none."""
    inner = get_args(kind)
    if get_origin(kind) in (Union, UnionType):  # in a view always "... | None"
        return None if value is None else _made(next(k for k in inner if k is not NoneType), value)
    if get_origin(kind) is tuple:
        if not isinstance(value, list | tuple):
            raise TypeError("a list is expected")
        kinds = (inner[0],) * len(value) if inner[1:] == (Ellipsis,) else inner
        return tuple(_made(k, v) for k, v in zip(kinds, value, strict=True))
    if is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, Mapping):
            raise TypeError("an object is expected")
        kinds_of = get_type_hints(kind)
        return kind(**{f.name: _made(kinds_of[f.name], value[f.name]) for f in fields(kind)})
    if kind is float:
        return _number(value)
    if type(value) is not kind:
        raise TypeError(f"{kind} is expected")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("a finite number is expected")
    return float(value)
