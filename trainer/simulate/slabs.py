"""Volumes in slabs: on pieces that fit its cache a CPU is several times faster than on a whole volume; a GPU is not."""

from __future__ import annotations

from collections.abc import Iterator

import torch

CPU_VOXELS = 1 << 18  # a megabyte of floats: smaller pieces cost more calls than the cache saves


def slabs(shape: tuple[int, ...] | torch.Size, axis: int, device: torch.device) -> Iterator[slice]:
    """Slices along `axis` that together are the whole of it: one on a GPU, several of about CPU_VOXELS voxels on a CPU."""
    length = shape[axis]
    layer = 1
    for n in shape:
        layer *= n
    thick = length if device.type != "cpu" or length == 0 else max(1, CPU_VOXELS * length // max(layer, 1))
    for start in range(0, length, max(thick, 1)):
        yield slice(start, min(start + thick, length))
