"""How many scans of a batch fit into a computer's memory at a time.

A system that runs out of memory ends a program without a word (Linux), or works from the disk for days (Windows).
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from typing import Any

# Bytes for each voxel of each scan that is worked out at a time, forward and back, in half and in single precision. Measured as
# what a batch of three needs beyond one (resident memory on a CPU; compact 128^3, MobileNet and ResNet101 96^3, EfficientNetB7
# 64^3), and a tenth more.
KEPT = {"compact": (300, 600), "mobilenet": (190, 250), "resnet101": (330, 520), "efficientnet_b7": (1250, 2900)}
# The same where activations are worked out anew; the other two need as much as before.
ANEW = {"resnet101": (260, 260), "efficientnet_b7": (480, 1000)}
BATCH = 36  # bytes for each voxel of the whole batch: volumes, marks and their targets, augmented
SHARE = 0.8  # of what is free; the rest is for what the network and its optimiser keep, and for other programs
_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")


def most_rows(
    arch: str, size: int, rows: int, half: bool, anew: bool = False, free: int | None = None, copies: int = 1, width: float = 1.0
) -> int | None:
    """How many scans to work out at a time; None where the whole batch fits, or where nothing is known of network or memory.

    Args:
        arch: the network's name, see `networks.registry`.
        size: voxels along an edge of a scan.
        rows: scans in a batch.
        half: in half precision.
        anew: activations are worked out anew, see `loop.Execution.save_memory`.
        free: bytes, see `free_memory`.
        copies: processes that share the memory, each with its share of the rows.
        width: factor on the network's channels.
    """
    found = (ANEW.get(arch) if anew else None) or KEPT.get(arch)
    if found is None or free is None:
        return None
    voxels = size**3
    own = -(-rows // copies)
    left = SHARE * free / copies - BATCH * voxels * rows  # every process draws the whole batch and takes its rows
    most = int(left // (found[0 if half else 1] * width * voxels))
    return None if most >= own else max(1, most)


def free_memory() -> int | None:
    """Bytes that this process may still take without another being pushed out, in a container what is left of its share; None
    where the system does not tell.
    """
    free = _windows() if sys.platform == "win32" else _linux()
    return free if free is None or free > 0 else 0


def _linux() -> int | None:
    try:
        lines = dict(line.split(":", 1) for line in _MEMINFO.read_text(encoding="ascii").splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, ValueError, KeyError, IndexError):  # macOS, or a kernel of before 2014
        return None
    return min([free, *(left for left in map(_left_of, _groups()) if left is not None)])


def _groups() -> list[Path]:
    """The control groups (version 2) that this process stands in, the innermost first: containers, jobs of a batch system."""
    try:
        (own,) = (line.partition("::")[2] for line in _OWN_GROUP.read_text("utf-8").splitlines() if line.startswith("0::"))
    except (OSError, ValueError):
        return [_CGROUP]
    inner = Path(own.lstrip("/"))
    return [_CGROUP / inner, *(_CGROUP / outer for outer in inner.parents)]


def _left_of(group: Path) -> int | None:
    """Bytes that the processes of a group may still take; None where it has no limit ("max")."""
    try:
        limit, used = (int((group / f"memory.{name}").read_text(encoding="ascii")) for name in ("max", "current"))
        shares = dict(line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
        return limit - used + int(shares["inactive_file"])  # files that were read give way
    except (OSError, ValueError, KeyError):
        return None


def _windows() -> int | None:
    class Status(ctypes.Structure):
        """MEMORYSTATUSEX."""

        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong)
            for name in ("total", "free", "total_page", "free_page", "total_virtual", "free_virtual", "extended")
        ]

    status: Any = Status()
    status.length = ctypes.sizeof(status)
    told = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined, unused-ignore]
    return int(status.free) if told else None
