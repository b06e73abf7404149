"""What a library needs is found and read before it is loaded, and nothing that is odd about a file does harm."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ankleviewer.ui.background import read_ahead


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    seen: set[Path] = set()
    monkeypatch.setattr(read_ahead, "_read", seen)
    return seen


def elf(names: list[str]) -> bytes:
    """The least that is an ELF library which needs `names`: header, two program headers, dynamic section, strings."""
    strings = b"\0" + b"".join(n.encode() + b"\0" for n in names)
    at = [1 + sum(len(n) + 1 for n in names[:k]) for k in range(len(names))]
    dynamic_at, address = 64 + 2 * 56, 0x5000
    count = len(names) + 2
    strings_at = dynamic_at + 16 * count
    dynamic = b"".join(struct.pack("<qQ", 1, a) for a in at)
    dynamic += struct.pack("<qQ", 5, address + strings_at) + struct.pack("<qQ", 0, 0)
    head = b"\x7fELF\x02\x01" + bytes(26) + struct.pack("<Q", 64) + bytes(14) + struct.pack("<HH", 56, 2) + bytes(6)
    whole = strings_at + len(strings)
    parts = struct.pack("<IIQQQQQQ", 1, 5, 0, address, address, whole, whole, 4096)
    parts += struct.pack("<IIQQQQQQ", 2, 6, dynamic_at, address + dynamic_at, 0, len(dynamic), len(dynamic), 8)
    return head + parts + dynamic + strings


def test_what_a_library_needs() -> None:
    assert read_ahead.needed(io.BytesIO(elf(["libm.so.6", "libvtk.so"]))) == ["libm.so.6", "libvtk.so"]
    assert read_ahead.needed(io.BytesIO(elf([]))) == []


@pytest.mark.parametrize("odd", [b"", b"MZ\x90", b"\x7fELF\x01\x01" + bytes(58), b"\xcf\xfa\xed\xfe" + bytes(60)])
def test_other_files_need_nothing(odd: bytes) -> None:
    assert read_ahead.needed(io.BytesIO(odd)) == []


def test_libraries_of_the_same_package_are_read_too_and_once(tmp_path: Path, fresh: set[Path]) -> None:
    package = tmp_path / "thing"
    for folder in (package, package / "libs", tmp_path / "thing.libs"):
        folder.mkdir()
    top, beside, below, bundled = (
        package / "top.so", package / "libone.so", package / "libs" / "libtwo.so", tmp_path / "thing.libs" / "libthree.so",
    )  # fmt: skip
    top.write_bytes(elf(["libone.so", "libc.so.6", "libthree.so"]))
    beside.write_bytes(elf(["libtwo.so", "libone.so"]))  # needs itself: no circle
    below.write_bytes(b"no library")
    bundled.write_bytes(elf([]))
    read_ahead.read_library(top)
    assert fresh == {top, beside, below, bundled}


@pytest.mark.parametrize("cut", [10, 64, 100, 180])
def test_a_file_that_ends_too_early_is_left_to_whoever_loads_it(tmp_path: Path, cut: int) -> None:
    suffix = read_ahead.EXTENSION_SUFFIXES[0]
    (tmp_path / f"broken{suffix}").write_bytes(elf(["libm.so.6"])[:cut])
    read_ahead.read_module("broken", [str(tmp_path)])


def test_a_compiled_module_is_read_and_one_of_python_is_not(fresh: set[Path]) -> None:
    read_ahead.read_module("json", None)
    read_ahead.read_module("no.such.module", None)
    assert not fresh
    folder = Path(np.__file__).parent / "_core"
    read_ahead.read_module("numpy._core._multiarray_umath", [str(folder)])
    assert any("_multiarray_umath" in p.name for p in fresh)


@pytest.mark.skipif(sys.platform != "linux", reason="the libraries that a process holds are listed on Linux only")
def test_what_it_reads_is_what_is_loaded() -> None:
    """VTK's rendering brings some fifty libraries of its own; nearly all that are there afterwards had been read."""
    code = """
from pathlib import Path
from ankleviewer.ui.background import importing
from ankleviewer.ui.background import read_ahead
importing.load("vtkmodules.vtkRenderingOpenGL2")
held = {Path(line.split()[-1]) for line in open("/proc/self/maps") if "/vtkmodules/" in line}
print(len(held), len(held - read_ahead._read))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    held, missed = map(int, done.stdout.split())
    assert held > 20
    assert missed == 0
