"""manifest.json of a model pack as typed values (schema "ankleviewer.model/1")."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import ModelError
from ankleviewer.core.words import printable

SCHEMA = "ankleviewer.model/1"
STATUSES = ("released", "preliminary")
POOLINGS = ("gap", "lse")
MODEL_FILE, CARD_FILE, MANIFEST_FILE = "model.onnx", "card.md", "manifest.json"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
RESERVED = ("all",)
_DEVICES = ("con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10)))  # Windows' own names
_SHA256 = re.compile(r"[0-9a-f]{64}")
T = TypeVar("T")
MAX_CELLS = 256  # of a map, along an edge
MAX_TITLE, MAX_VERSION = 120, 40  # signs
MAX_FILE = 512 * 2**20  # bytes; the largest network of ours has some 350 MiB


@dataclass(frozen=True)
class Network:
    """What the model file computes: its pooling (which ties map and logit together), the layout of the map's cells, how many
    cells along an edge the map of an earlier layer has (0: there is none), and as far as how many voxels below the middle of
    its input it is asked (0: as far as that goes).
    """

    arch: str
    mode: str
    parameters: int
    pooling: str
    cells: int
    stride: float
    offset_voxels: float
    bias: float
    finer_cells: int = 0
    reach: float = 0.0


@dataclass(frozen=True)
class FileEntry:
    """SHA-256 (hex) and size of a file of the pack."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """All that a pack says about itself; `record` is the whole JSON (origin and metrics are only shown)."""

    name: str
    version: str
    title: str
    status: str
    default: bool
    files: Mapping[str, FileEntry]
    preprocessing: PreprocessSpec
    network: Network
    decision: Decision
    record: Mapping[str, Any]


def is_name(text: str) -> bool:
    """Whether a pack may be named so: it becomes a folder's name, on every system, and stands on a command line."""
    usable = NAME.fullmatch(text) is not None and text not in RESERVED
    return usable and not text.endswith((".", ".zip")) and text.partition(".")[0] not in _DEVICES


def claimed_name(data: bytes) -> str:
    """The name in a manifest that may be refused for something else; "" where it tells none that a pack may bear."""
    try:
        name = json.loads(data)["name"]
    except (ValueError, RecursionError, LookupError, TypeError):
        return ""
    return name if isinstance(name, str) and is_name(name) else ""


def parse(data: bytes) -> Manifest:
    """Bytes of manifest.json to a Manifest.

    Raises:
        ModelError: MODEL_MANIFEST_INVALID, not JSON or a value missing or out of range; MODEL_FORMAT_UNKNOWN, another schema;
            and the codes of PreprocessSpec.from_json and Decision.from_json.
    """
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelError("MODEL_MANIFEST_INVALID", "The model pack's manifest.json is not readable JSON.") from error
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        found = record.get("schema") if isinstance(record, dict) else None
        raise ModelError("MODEL_FORMAT_UNKNOWN", f"The model pack has schema {str(found)[:60]!r}, known is {SCHEMA!r}.")
    try:
        network = record["network"]
        manifest = Manifest(
            name=_of(str, record["name"]),
            version=_of(str, record["version"]),
            title=_of(str, record["title"]),
            status=_of(str, record["status"]),
            default=_of(bool, record["default"]),
            files={str(k): FileEntry(str(v["sha256"]).lower(), int(v["bytes"])) for k, v in record["files"].items()},
            preprocessing=PreprocessSpec.from_json(record["preprocessing"]),
            network=Network(
                arch=str(network["arch"]),
                mode=str(network["mode"]),
                parameters=int(network["parameters"]),
                pooling=str(network["pooling"]),
                cells=int(network["cam"]["cells"]),
                stride=float(network["cam"]["stride"]),
                offset_voxels=float(network["cam"]["offset_voxels"]),
                bias=float(network.get("bias", 0.0)),
                finer_cells=int(network.get("finer", {}).get("cells", 0)),
                reach=float(network.get("config", {}).get("reach", 0.0)),
            ),
            decision=Decision.from_json(record["decision"]),
            record=record,
        )
        _validate(manifest)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ModelError(
            "MODEL_MANIFEST_INVALID", f"The model pack's manifest.json cannot be used ({printable(error)})."
        ) from error
    return manifest


def _of(kind: type[T], value: Any) -> T:
    """The value, which JSON must give in that kind: "false" is no answer to a question."""
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _validate(manifest: Manifest) -> None:
    network = manifest.network
    size, stride, first = manifest.preprocessing.size, network.stride, network.offset_voxels
    far = 4 * size
    # more would show nothing, and take memory
    most = min(2 * size, MAX_CELLS)
    layout_ok = 1 <= network.cells <= most and network.finer_cells <= most
    layout_ok = layout_ok and 0.1 <= stride <= far and math.isfinite(network.bias)
    # cells farther out would show nothing, or no number
    layout_ok = layout_ok and -far <= first <= first + (network.cells - 1) * stride <= far
    finer = network.finer_cells
    layout_ok = layout_ok and 0.0 <= network.reach <= far  # false for what is no number, too
    layout_ok = layout_ok and (finer == 0 or (finer > network.cells and finer % network.cells == 0))
    if not is_name(manifest.name):
        raise ModelError("MODEL_MANIFEST_INVALID", f"A model may not be named {manifest.name[:80]!r}.")
    for text, most in ((manifest.title, MAX_TITLE), (manifest.version, MAX_VERSION)):
        if len(text) > most or not text.isprintable():  # a terminal would obey some signs
            raise ModelError("MODEL_MANIFEST_INVALID", f"A model may not be named {text[:80]!r}.")
    if manifest.status not in STATUSES or network.pooling not in POOLINGS or not layout_ok:
        raise ModelError("MODEL_MANIFEST_INVALID", "The manifest's status, pooling or map layout is none that is known.")
    missing = {MODEL_FILE, CARD_FILE} - set(manifest.files)
    entries_ok = all(0 <= e.bytes <= MAX_FILE and _SHA256.fullmatch(e.sha256) for e in manifest.files.values())
    if missing or set(manifest.files) - {MODEL_FILE, CARD_FILE} or not entries_ok:
        raise ModelError(
            "MODEL_MANIFEST_INVALID",
            f"A pack lists exactly {MODEL_FILE} and {CARD_FILE}, with hashes and sizes, each at most {MAX_FILE // 2**20} MiB.",
        )
