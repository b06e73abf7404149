"""What of this computer decides how fast an engine is: its processor, its NVIDIA cards and their driver."""

from __future__ import annotations

import contextlib
import ctypes
import platform
import sys
from pathlib import Path
from typing import Any

_NAME_BYTES = 100
_MACHINE_ID = Path("/etc/machine-id")


def identity() -> tuple[str, ...]:
    """Names of the computer, its processor, the NVIDIA driver and cards; two computers that share a home folder differ in it.

    The computer's is the identifier that Linux gives it, "" elsewhere: its name in a network changes with each container.
    """
    return _machine_id(), platform.machine(), _processor(), *nvidia()


def _machine_id() -> str:
    with contextlib.suppress(OSError):
        return _MACHINE_ID.read_text("utf-8", "replace").strip()
    return ""


def nvidia() -> tuple[str, ...]:
    """The driver's version and the name of each card, by the driver itself; () where there is no driver or no card."""
    try:
        driver: Any = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
        count, version = ctypes.c_int(0), ctypes.c_int(0)
        if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)) or count.value < 1:
            return ()
        driver.cuDriverGetVersion(ctypes.byref(version))
        return f"CUDA {version.value}", *(_card(driver, n) for n in range(count.value))
    except (OSError, AttributeError):
        return ()


def _card(driver: Any, number: int) -> str:
    device, name = ctypes.c_int(0), ctypes.create_string_buffer(_NAME_BYTES)
    if driver.cuDeviceGet(ctypes.byref(device), number) or driver.cuDeviceGetName(name, _NAME_BYTES, device):
        return "card"
    return name.value.decode("utf-8", "replace")


def _processor() -> str:
    """The processor's name; Python itself does not tell it on Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor()
    parts = (line.partition(":") for line in lines)
    return next((value.strip() for name, _, value in parts if name.strip() == "model name"), platform.processor())
