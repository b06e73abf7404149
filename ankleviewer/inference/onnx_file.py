"""What a .onnx file contains, read from its bytes alone and before any engine sees it.

The engine resolves external data against the current folder and loads whatever a file names; so a file is looked through first.
Only the parts of the protobuf schema (onnx.proto3) that matter here are walked; weights are skipped by their length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ankleviewer.core.errors import ModelError
from ankleviewer.core.words import printable

DOMAINS = ("", "ai.onnx")
MAX_DEPTH = 32
MAX_FIELDS = 500_000  # the largest network of ours has some thousands; millions of small ones take minutes
# marks of engines' own formats: a file may be one of them and ONNX too, and only the latter is looked through
_OTHERS = (b"ORTM", b"TFL3")

# Field numbers of onnx.proto3 by message. Value: the message found there.
_GRAPHS = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "subgraph", 2: "subgraph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 11: "input", 15: "sparse"},
    "subgraph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "subgraph", 10: "tensor", 11: "subgraph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "input": {2: "type"},
    "type": {1: "tensor type"},
    "tensor type": {2: "shape"},
    "shape": {1: "dimension"},
}
# All field numbers of these messages. What stands under another one is refused: an engine might know it, and nobody looks through
# it here.
_KNOWN = {
    "model": {*range(1, 9), 14, 20, 25, 26},
    "training": {1, 2, 3, 4},
    "function": {1, *range(4, 15)},
    "graph": {1, 2, 5, *range(10, 17)},
    "subgraph": {1, 2, 5, *range(10, 17)},
    "node": set(range(1, 11)),
    "attribute": {*range(1, 12), 13, 14, 15, 20, 21, 22, 23},
    "sparse": {1, 2, 3},
    "tensor": {*range(1, 15), 16},
    "input": {1, 2, 3, 4},
    "type": {1, 4, 5, 6, 7, 8, 9},
    "tensor type": {1, 2},
    "shape": {1},
    "dimension": {1, 2, 3},
}
_TENSOR_EXTERNAL, _TENSOR_LOCATION = 13, 14
_NODE_DOMAIN, _MODEL_OPSET, _MODEL_METADATA, _DIMENSION_VALUE = 7, 8, 14, 1


@dataclass
class OnnxSummary:
    """What was found: metadata_props, operator domains, whether any tensor lies outside the file, how many operators and fields
    were passed, and the shapes of the inputs, 0 where a length is left open.
    """

    metadata: dict[str, str] = field(default_factory=dict)
    domains: set[str] = field(default_factory=set)
    external: bool = False
    nodes: int = 0
    fields: int = 0
    inputs: list[list[int]] = field(default_factory=list)

    def pass_field(self) -> None:
        """Count one. Raises ValueError: too many."""
        self.fields += 1
        if self.fields > MAX_FIELDS:
            raise ValueError("more fields than any network has")


def summarise(data: bytes) -> OnnxSummary:
    """Walk a model file.

    Raises:
        ModelError: MODEL_FILE_INVALID, the bytes are no ONNX model.
    """
    summary = OnnxSummary()
    if data[4:8] in _OTHERS:
        raise ModelError("MODEL_FILE_INVALID", "The model file is in another format too; only files that are ONNX alone are run.")
    try:
        _walk(memoryview(data), "model", summary, 0)
    except (IndexError, ValueError) as error:
        raise ModelError("MODEL_FILE_INVALID", f"The model file is damaged or no ONNX model ({error}).") from error
    if not summary.nodes:
        raise ModelError("MODEL_FILE_INVALID", "The model file is no ONNX model: it computes nothing.")
    return summary


def check(data: bytes) -> OnnxSummary:
    """Walk a model file and refuse what the viewer does not run.

    Raises:
        ModelError: MODEL_FILE_INVALID; MODEL_EXTERNAL_DATA, weights outside the file; MODEL_CUSTOM_OPS, operators outside the
            ONNX standard.
    """
    summary = summarise(data)
    if summary.external:
        raise ModelError("MODEL_EXTERNAL_DATA", "The model keeps weights outside its file; only single-file models are run.")
    foreign = sorted(summary.domains - set(DOMAINS))
    if foreign:
        raise ModelError(
            "MODEL_CUSTOM_OPS", f"The model uses operators outside the ONNX standard: {printable(', '.join(foreign))}."
        )
    return summary


def _walk(data: memoryview, kind: str, summary: OnnxSummary, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    for number, value in _known_fields(data, kind):
        summary.pass_field()
        child = _GRAPHS.get(kind, {}).get(number)
        if kind == "tensor":
            summary.external |= number == _TENSOR_EXTERNAL or (number == _TENSOR_LOCATION and value != 0)
        elif isinstance(value, int):
            if kind == "dimension" and number == _DIMENSION_VALUE:
                summary.inputs[-1][-1] = value
        elif child:
            summary.nodes += child == "node"
            if child == "input":
                summary.inputs.append([])
            elif child == "dimension":
                summary.inputs[-1].append(0)
            _walk(value, child, summary, depth + 1)
        elif kind == "node" and number == _NODE_DOMAIN:
            summary.domains.add(_text(value))
        elif kind == "model" and number == _MODEL_OPSET:
            summary.domains.add(_entry(value).get(1, ""))
        elif kind == "model" and number == _MODEL_METADATA:
            entry = _entry(value)
            summary.metadata[entry.get(1, "")] = entry.get(2, "")


def _entry(data: memoryview) -> dict[int, str]:
    return {number: _text(value) for number, value in _fields(data) if not isinstance(value, int)}


def _text(value: memoryview) -> str:
    return bytes(value).decode("utf-8")


def _known_fields(data: memoryview, kind: str) -> Iterator[tuple[int, int | memoryview]]:
    for number, value in _fields(data):
        if number not in _KNOWN[kind]:
            raise ValueError(f"field {number} of a {kind} is unknown")
        yield number, value


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Fields of one message in protobuf's wire format: (number, integer) or (number, bytes). Groups are refused: onnx.proto has
    none, and what lies in one would have to be looked through.
    """
    at = 0
    while at < len(data):
        number, wire, at = _tag(data, at)
        if wire == 0:
            integer, at = _varint(data, at)
            yield number, integer
            continue
        if wire == 2:
            length, at = _varint(data, at)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if at + length > len(data):
            raise ValueError("cut off")
        yield number, data[at : at + length]
        at += length


def _tag(data: memoryview, at: int) -> tuple[int, int, int]:
    """Number and wire type of a field, and where it goes on. A tag has 32 bits and so five bytes: engines drop what is above, and
    read another number than the one that stands there.
    """
    key, end = _varint(data, at)
    if key >= 2**32 or end - at > 5:
        raise ValueError("a field's tag is too long")
    if key < 8:
        raise ValueError("field number 0")
    return key >> 3, key & 7, end


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """An integer of at most 64 bits, and where it goes on; of more, engines drop what is above."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if value >= 2**64:
            break
        if byte < 0x80:
            return value, at
    raise ValueError("number too long")
