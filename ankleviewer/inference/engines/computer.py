"""What of this computer decides how fast an engine is: its processor and cores, its NVIDIA cards and their driver."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

_NAME_BYTES = 100
_MACHINE_ID = Path("/etc/machine-id")


def identity() -> tuple[str, ...]:
    """Names of the computer, its processor, the NVIDIA driver and cards; two computers that share a home folder differ in it.

    The computer's is the identifier that Linux gives it, "" elsewhere: its name in a network changes with each container.
    """
    return _machine_id(), platform.machine(), _processor(), *nvidia()


def cores() -> int:
    """Cores that this process may use: those it is bound to, no more than a container's quota of their time, rounded up."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, math.ceil(min(usable, quota())))


def quota(root: Path = Path("/")) -> float:
    """How many cores' time Linux grants this process and what it runs in (control groups, version 2 and 1); infinite where it
    sets no bound. More threads than that are stopped for the rest of each tenth of a second.

    Args:
        root: of the file system.
    """
    found = [math.inf]
    with contextlib.suppress(OSError, ValueError, ZeroDivisionError):
        for line in (root / "proc/self/cgroup").read_text("utf-8", "replace").splitlines():
            _, controllers, path = line.split(":", 2)
            mount = root / "sys/fs/cgroup" / ("cpu" if controllers else "")
            if "cpu" in controllers.split(",") or not controllers:
                groups = PurePosixPath(path).relative_to("/")
                found += [share for group in (groups, *groups.parents) for share in _shares(mount / group)]
    return min(found)


def _shares(group: Path) -> Iterator[float]:
    """What one control group grants; in a container the path may be the host's, and lead nowhere."""
    with contextlib.suppress(OSError, ValueError, ZeroDivisionError):
        granted, period = (group / "cpu.max").read_text().split()
        if granted != "max":
            yield int(granted) / int(period)
    with contextlib.suppress(OSError, ValueError, ZeroDivisionError):
        granted, period = ((group / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
        if int(granted) > 0:
            yield int(granted) / int(period)


def _machine_id() -> str:
    with contextlib.suppress(OSError):
        return _MACHINE_ID.read_text("utf-8", "replace").strip()
    return ""


def nvidia() -> tuple[str, ...]:
    """The version of CUDA that the driver brings (several bring one) and the name of each card; () where there is no driver or
    no card.
    """
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
