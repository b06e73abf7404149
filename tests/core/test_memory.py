"""memory: what was freed goes back to the system where the C library can be asked, and nowhere does asking fail."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from ankleviewer.core import memory

# Many pieces with a live one above them: freed, they stay with the process.
_HOLES = """
import ctypes, re
from ankleviewer.core import memory
def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
c = ctypes.CDLL(None)
c.malloc.restype, c.malloc.argtypes, c.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
pieces = [c.malloc(65536) for _ in range(1600)]
for piece in pieces:
    ctypes.memset(piece, 1, 65536)
top = c.malloc(65536)
for piece in pieces:
    c.free(piece)
before = resident()
memory.trim()
print(before - resident())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None) if sys.platform != "win32" else None, "malloc_trim"), reason="not glibc")
def test_what_lies_below_something_in_use_goes_back() -> None:
    done = subprocess.run([sys.executable, "-c", _HOLES], capture_output=True, text=True, check=True)
    assert float(done.stdout) > 80, "100 MiB were freed"


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_are_not_asked(monkeypatch, platform) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert memory._asked() is None


def test_another_c_library_is_left_alone(monkeypatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert memory._asked() is None
    monkeypatch.setattr(memory, "_malloc_trim", None)
    assert not memory.trim()
