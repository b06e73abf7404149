"""Slabs: they cover an axis once, in order, and are as thick as a cache allows."""

from __future__ import annotations

import pytest
import torch

from trainer.simulate.slabs import CPU_VOXELS, slabs

CPU, GPU = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize("shape", [(7, 300, 300), (1, 1, 1), (5, 1000, 1000), (64, 64, 64)])
@pytest.mark.parametrize("axis", [0, 1])
def test_slabs_cover_the_axis_once(shape: tuple[int, ...], axis: int) -> None:
    parts = list(slabs(shape, axis, CPU))
    assert [i for part in parts for i in range(part.start, part.stop)] == list(range(shape[axis]))
    layer = shape[0] * shape[1] * shape[2] // shape[axis]
    assert all((part.stop - part.start) * layer <= max(CPU_VOXELS, layer) for part in parts)


def test_a_gpu_takes_all_at_once_and_nothing_is_no_slab() -> None:
    assert list(slabs((900, 900, 900), 0, GPU)) == [slice(0, 900)]
    assert list(slabs((0, 5, 5), 0, CPU)) == []
