"""A pack as what a new pack is made of."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ankleviewer.core.errors import ModelError
from ankleviewer.core.paths import assets_dir
from ankleviewer.core.words import OWN_SCANS
from ankleviewer.inference.packs import read_pack
from trainer.packs import remade
from trainer.packs.unpack import from_pack


@pytest.mark.parametrize("name", ["compact", "mobilenet"])
def test_the_record_of_a_shipped_pack(name: str) -> None:
    pack = assets_dir() / "models" / name
    manifest = json.loads((pack / "manifest.json").read_text())
    net, spec, record = remade.load(pack)
    other, _ = from_pack(pack)
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), other.parameters(), strict=True)) and not net.training
    assert spec.to_json() == record["preprocessing"] == manifest["preprocessing"]
    assert record["arch"] == record["name"] == name and record["from"] == f"{name} {manifest['version']}"
    assert record["reached"] == manifest["origin"]["steps"] and record["seed"] == manifest["origin"]["seed"]
    assert "data" not in record and not {"versions", "git_commit", "study"} & set(record["origin"])


@pytest.mark.parametrize("data", [OWN_SCANS, "what another release called it", None])
def test_a_pack_that_learnt_from_anything_but_the_simulator_is_of_own_scans(
    data: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their rules are the strict ones: a name of its own, validation scans that somebody gives."""
    read = read_pack(assets_dir() / "models" / "compact")
    origin = {key: value for key, value in read.manifest.record["origin"].items() if key != "data"}
    manifest = replace(read.manifest, record={"origin": origin if data is None else origin | {"data": data}})
    monkeypatch.setattr(remade, "read_pack", lambda pack: replace(read, manifest=manifest))
    assert remade.load(read.path)[2]["data"] == (data or "not stated")


def test_a_folder_that_holds_no_pack(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        remade.load(tmp_path)
