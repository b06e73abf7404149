"""The exported file is the network, for scans of any size, and the viewer takes it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ankleviewer.core.anatomy.boneshape import coarsen
from ankleviewer.core.anatomy.landmarks import ankles_of, locator_input, peaks
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.inference.locator import LocatorModel
from trainer.locator import export as module
from trainer.locator.export import export
from trainer.networks.locator import Locator


def test_the_viewer_gets_what_the_network_gives(tmp_path: Path) -> None:
    torch.manual_seed(3)
    net = Locator().eval()
    torch.nn.init.constant_(net.head.bias[:5], 0.0)  # type: ignore[arg-type] # unsure everywhere, so that there are peaks
    export(net, tmp_path, {"held_out": {"scans": 1}}, {"steps": 0})
    assert json.loads((tmp_path / "locator.json").read_text())["measured"] == {"held_out": {"scans": 1}}
    model = LocatorModel(tmp_path)
    hu = np.random.default_rng(2).normal(300, 400, (60, 50, 40)).astype(np.int16)
    volume = Volume(hu, Grid.axis_aligned(hu.shape, 2.0, (0.0, 0.0, 0.0)))
    x, grid = locator_input(coarsen(volume))
    with torch.no_grad():
        logits, shift = net(torch.from_numpy(x)[None, None])
    wanted = ankles_of(peaks(logits.sigmoid()[0].numpy(), shift[0].numpy(), grid))
    given = model.locate(coarsen(volume))
    assert len(given) == len(wanted) > 0
    for a, b in zip(given, wanted, strict=True):
        for p, q in zip(a.peaks, b.peaks, strict=True):
            assert p.name == q.name
            np.testing.assert_allclose(p.mm, q.mm, atol=0.01)


def test_a_file_that_differs_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_difference", lambda *_: 0.01)
    with pytest.raises(ValueError, match="differs"):
        export(Locator(), tmp_path / "out", {}, {})
    assert not (tmp_path / "out").exists()
