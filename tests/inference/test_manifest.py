"""manifest: what a pack says of itself is taken only where it can be true."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from ankleviewer.core.assessment.preprocess import BONE
from ankleviewer.core.errors import ModelError
from ankleviewer.inference.manifest import claimed_name, is_name, parse


@pytest.fixture
def record(tmp_path: Path, pack_writer) -> dict:
    return json.loads((pack_writer(tmp_path / "p", model=b"") / "manifest.json").read_text())


def refusal(record: dict) -> str:
    with pytest.raises(ModelError) as error:
        parse(json.dumps(record).encode())
    return error.value.code


@pytest.mark.parametrize(
    "cam",
    [
        {"stride": 1e-320}, {"stride": 0.05}, {"stride": 1e300}, {"stride": -8}, {"stride": math.nan},
        {"offset_voxels": 1e300}, {"offset_voxels": -1e300}, {"offset_voxels": math.inf}, {"offset_voxels": math.nan},
        {"cells": 0}, {"cells": -1}, {"cells": 10**400}, {"cells": 10**9},
    ],
)  # fmt: skip
def test_cells_that_lie_nowhere_are_refused(record, cam: dict) -> None:
    record["network"]["cam"] |= cam
    assert refusal(record) == "MODEL_MANIFEST_INVALID"


@pytest.mark.parametrize("reach", [-1.0, math.nan, math.inf, 1e300, "far", []])
def test_a_reach_that_is_none_is_refused(record, reach: object) -> None:
    record["network"]["config"] = {"reach": reach}
    assert refusal(record) == "MODEL_MANIFEST_INVALID"


def test_how_far_it_is_asked_is_read_where_it_is_told(record) -> None:
    assert parse(json.dumps(record).encode()).network.reach == 0.0
    record["network"]["config"] = {"reach": 66.5}
    assert parse(json.dumps(record).encode()).network.reach == 66.5


def test_a_finer_map_of_cells_that_there_are_none_of(record) -> None:
    record["network"]["cam"]["cells"] = 0
    record["network"]["finer"] = {"cells": 48, "stride": 4}
    assert refusal(record) == "MODEL_MANIFEST_INVALID"


@pytest.mark.parametrize(
    "change", [{"default": "false"}, {"title": None}, {"version": 2}, {"name": ["x"]}, {"status": True}, {"default": 1}]
)
def test_values_of_another_kind_are_refused(record, change: dict) -> None:
    assert refusal(record | change) == "MODEL_MANIFEST_INVALID"


@pytest.mark.parametrize("digest", ["", "0" * 63, "g" * 64, "\x1b]0;owned\x07" + "0" * 53])
def test_a_hash_is_one(record, digest: str) -> None:
    record["files"]["card.md"]["sha256"] = digest
    assert refusal(record) == "MODEL_MANIFEST_INVALID"


@pytest.mark.parametrize("name", ["b.zip", "ours.", "con", "nul.v2", "com1", "all", "", "A", "-x", "a/b", "x" * 65])
def test_names_that_some_system_cannot_keep(record, name: str) -> None:
    assert not is_name(name)
    assert refusal(record | {"name": name}) == "MODEL_MANIFEST_INVALID"
    assert claimed_name(json.dumps(record | {"name": name}).encode()) == ""


def test_the_name_of_a_manifest_that_is_refused(record) -> None:
    assert claimed_name(json.dumps(record | {"status": "excellent"}).encode()) == "tiny"
    for data in (b"", b"{", b"[]", b"null", b'{"name": 1}', b"[" * 100_000):
        assert claimed_name(data) == ""


@pytest.mark.parametrize(
    "change",
    [{"title": "Evil\x1b[2J"}, {"title": "x" * 121}, {"version": "1\nforged"}, {"version": "1\u202e"}, {"version": "1" * 41}],
)
def test_names_that_a_terminal_would_obey_are_refused(record, change: dict) -> None:
    assert refusal(record | change) == "MODEL_MANIFEST_INVALID"


@pytest.mark.parametrize(("cells", "stride"), [(1, 128), (4, 32), (5, 30), (8, 16), (16, 8), (32, 4), (128, 1), (256, 0.5)])
@pytest.mark.parametrize("corners", [False, True], ids=["blocks", "from the first voxel"])
def test_cells_that_tile_the_cube_are_taken(record, cells: int, stride: float, corners: bool) -> None:
    offset = 0.0 if corners else (stride - 1) / 2
    record["network"]["cam"] = {"cells": cells, "stride": stride, "offset_voxels": offset}
    assert parse(json.dumps(record).encode()).network.offset_voxels == offset


@pytest.mark.parametrize(
    ("size", "cells", "finer", "sound"),
    [
        (128, 16, 32, True),
        (128, 128, 256, True),
        (128, 257, 0, False),
        (64, 129, 0, False),
        (64, 64, 192, False),
        (512, 256, 0, True),
        (512, 128, 512, False),
    ],
)
def test_more_cells_than_anything_could_show_are_refused(record, size: int, cells: int, finer: int, sound: bool) -> None:
    """A file of 710 bytes could fill the memory with them."""
    record["preprocessing"] = replace(BONE, size=size).to_json()
    record["network"]["cam"] |= {"cells": cells, "stride": 0.5, "offset_voxels": 0.0}
    if finer:
        record["network"]["finer"] = {"cells": finer, "stride": 0.5}
    if sound:
        assert parse(json.dumps(record).encode()).network.cells == cells
        return
    with pytest.raises(ModelError, match="MODEL_MANIFEST_INVALID"):
        parse(json.dumps(record).encode())
