"""Reading compiled libraries before they are loaded, so that loading finds them in memory.

Python keeps the interpreter while a library is loaded, and what is not in memory then comes from the disk page by page: 50 to 130
ms for each of VTK's large ones, in which the window stands still. Reading the files from end to end does not keep the
interpreter, and takes 40 to 50 ms for all of VTK that pyvista needs (325 MB) where it is in memory already.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder
from pathlib import Path
from typing import BinaryIO

_PIECE = 1 << 20  # bytes
_LONGEST_NAME = 256
_LOAD, _DYNAMIC = 1, 2  # program headers (ELF specification, "Program Header"), and tags of the dynamic section
_END, _NEEDED, _STRINGS = 0, 1, 5
_read: set[Path] = set()


def read_module(name: str, path: Sequence[str] | None) -> None:
    """Read what importing module `name` will load, if it is compiled; `path` is that of its package. Never raises."""
    try:
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.origin is not None and spec.origin.endswith(tuple(EXTENSION_SUFFIXES)):
            read_library(Path(spec.origin))
    except (ImportError, OSError, ValueError, struct.error):
        return  # whoever loads it says what is wrong


def read_library(file: Path) -> None:
    """Read a library, and those that it needs of the same package; each once in the program's life.

    Raises:
        OSError: it cannot be read.
    """
    if file in _read:
        return
    _read.add(file)
    with file.open("rb", buffering=0) as stream:
        names = needed(stream)
        stream.seek(0)
        piece = bytearray(_PIECE)
        while stream.readinto(piece):
            pass
    folders = [file.parent, file.parent / "libs", file.parent / "Qt" / "lib", *file.parent.parent.glob("*.libs")]
    for name in names:
        found = next((folder / name for folder in folders if (folder / name).is_file()), None)
        if found is not None:
            read_library(found)


def needed(stream: BinaryIO) -> list[str]:
    """File names of the libraries that one needs (DT_NEEDED), none for anything but a 64-bit little-endian ELF file.

    Raises:
        struct.error: the file ends too early.
    """
    head = stream.read(64)
    if head[:6] != b"\x7fELF\x02\x01":
        return []
    (at,) = struct.unpack_from("<Q", head, 32)
    size, count = struct.unpack_from("<HH", head, 54)
    stream.seek(at)
    table = stream.read(size * count)
    parts = [struct.unpack_from("<IIQQQQ", table, n * size) for n in range(count)]  # kind, flags, offset, address, -, bytes
    names: list[int] = []
    strings = None
    for kind, _, offset, _, _, length in parts:
        if kind == _DYNAMIC:
            stream.seek(offset)
            for tag, value in struct.iter_unpack("<qQ", stream.read(length)):
                if tag == _END:
                    break
                if tag == _NEEDED:
                    names.append(value)
                elif tag == _STRINGS:
                    strings = value
    for kind, _, offset, address, _, length in parts:
        if kind == _LOAD and strings is not None and address <= strings < address + length:
            return [_string(stream, strings - address + offset + name) for name in names]
    return []


def _string(stream: BinaryIO, at: int) -> str:
    stream.seek(at)
    return stream.read(_LONGEST_NAME).split(b"\0")[0].decode("utf-8", "replace")
