"""The timing behind `make bench`, and that peers do the same work as ours; the cases themselves need the peers and run there."""

from __future__ import annotations

import os
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks.soak import EVERY, WARM, Row, flat
from benchmarks.timing import Pair, measure, table
from benchmarks.viewer import rows, window_seconds
from benchmarks.viewer import table as viewer_table


def pair(ours: float, theirs: float) -> Pair:
    def same(a: object, b: object) -> str:
        assert a == b
        return "equal"

    return Pair("task", "peer 1.0", lambda: time.sleep(ours), lambda: time.sleep(theirs), same)


def test_ratio_is_how_many_times_as_long_the_peer_takes() -> None:
    outcome = measure(pair(0.004, 0.04), rounds=3)
    assert outcome.ours_s >= 0.004
    assert outcome.theirs_s >= 0.04
    assert outcome.ratio == outcome.theirs_s / outcome.ours_s > 1
    row = table([outcome]).splitlines()[-1]
    assert row.startswith("| task | ")
    assert row.endswith(f"| **{outcome.ratio:.2f}** | equal |")


def test_stops_after_three_rounds_when_the_budget_is_spent() -> None:
    calls: list[int] = []
    measure(Pair("t", "p", lambda: calls.append(1), lambda: time.sleep(0.01), lambda a, b: ""), budget_s=0.005, rounds=50)
    assert len(calls) == 1 + 3


def test_a_pair_that_disagrees_is_not_timed() -> None:
    with pytest.raises(AssertionError):
        measure(Pair("t", "p", lambda: 1, lambda: 2, pair(0, 0).agree))


def soak_row(scans: int, **more: float) -> Row:
    return Row(**({"scans": scans, "mib": 900.0, "threads": 12, "vtk": 400, "qt": 700, "objects": 200_000} | more))


def test_soak_passes_what_is_flat_and_names_what_grows() -> None:
    early = soak_row(EVERY, mib=500.0, vtk=10)
    warm = [soak_row(n) for n in range(WARM, 201, EVERY)]
    assert flat([early, *warm]) == []
    assert flat([early]) == ["too few scans to tell"]
    assert flat([*warm, soak_row(220, mib=1100.0, vtk=800)]) == ["memory grew by 200 MiB", "vtk grew by 400"]
    assert flat([*warm, soak_row(220, threads=40)]) == ["threads grew by 28"]


def test_a_missed_target_is_printed_as_missed() -> None:
    found = {"memory_empty": 100.0, "memory_sample": 800.0, "memory_peak": 1200.0, "volume": 200.0}
    found |= {f"{name}_{part}": 0.01 for name in ("redraw", "opacity", "threshold") for part in ("p99", "busy")}
    found |= {"redraw_rate": 80.0, "opacity_rate": 59.0, "threshold_rate": 61.0, "surface": 2.4, "surface_first": 0.3}
    found |= {"turn_grid": 40.0, "turn_3d": 20.0, "still_grid": 0.1, "still_3d": 0.2, "slices": 3.0, "answer": 5.0}
    for name, longest in (("stall", 0.02), ("stall_cold", 0.3), ("stall_at_once", 0.04), ("stall_first", 0.9)):
        found |= {name: longest, **{f"{name}_{part}": 0.01 for part in ("gap_own", "queued", "own", "count", "disk")}}
    made = rows(found, 0.9)
    missed = [row.what.split(",")[0] for row in made if not row.met]
    assert missed == [
        "opacity of the fill", "bone surface after the slices: first", "the same",
        "the same at the first scan after the start",
    ]  # fmt: skip
    lines = viewer_table(made).splitlines()
    assert sum("| **no** |" in line for line in lines) == len(missed)
    assert any("| 900 ms (" in line and line.endswith("|  |  |") for line in lines), "the first life has no target"
    assert "2.0 volumes" in viewer_table(made)


def test_the_time_to_the_window_is_that_of_the_whole_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.viewer.STARTS", 1)
    home = tmp_path / "home"
    assert 0 < window_seconds({**os.environ, "ANKLEVIEWER_HOME": str(home)}) < 60
    assert list(home.rglob("*.log")), "the command line was not the way in: it begins a log"


def maps(net: object) -> set[tuple[int, ...]]:
    """Sizes of the maps that a network's batch norms see of a volume of 64^3, without computing any (torch's device "meta")."""
    import torch

    assert isinstance(net, torch.nn.Module)
    seen: set[tuple[int, ...]] = set()

    def note(_module: object, _inputs: object, output: object) -> None:
        if isinstance(output, torch.Tensor) and output.dim() == 5:
            seen.add(tuple(output.shape[2:]))

    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm3d):
            module.register_forward_hook(note)
    with torch.no_grad():
        net.eval()(torch.zeros(1, 1, 64, 64, 64))
    return seen


@pytest.mark.skipif(find_spec("monai") is None, reason="the peers of make bench are not installed")
@pytest.mark.parametrize("model", ["mobilenet", "resnet101", "efficientnet_b7"])
def test_a_peer_that_is_trained_makes_maps_as_large_as_ours(model: str, network_attempts: list[str]) -> None:
    import torch

    from benchmarks.training_loops import peer
    from trainer.networks.registry import build

    with torch.device("meta"):
        theirs = peer(model)
        network_attempts.clear()  # what MONAI imports looks whether the computer speaks IPv6
        assert maps(theirs) == maps(build(model).features) == {(n, n, n) for n in (32, 16, 8, 4, 2)}


@pytest.mark.skipif(find_spec("SimpleITK") is None, reason="the peers of make bench are not installed")
def test_a_peer_smooths_what_is_sampled_and_the_rim_that_the_gaussian_reaches() -> None:
    import SimpleITK

    from benchmarks.region import ends, region

    hu = np.random.default_rng(3).normal(0, 300, (40, 44, 36)).astype(np.float32)
    image = SimpleITK.GetImageFromArray(hu.transpose(2, 1, 0))
    image.SetSpacing((0.5, 0.5, 0.8))
    image.SetOrigin((-10.0, 5.0, 3.0))
    low, high, sigma = [-2.0, 13.0, 3.0], [4.0, 19.0, 11.0], [0.6, 0.6, 0.5]
    part = region(image, low, high, sigma)
    assert part.GetSize() == (23, 23, 14)

    def sampled(of: SimpleITK.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        smooth = SimpleITK.SmoothingRecursiveGaussian(of, sigma)
        out = SimpleITK.Resample(smooth, [7, 7, 9], SimpleITK.Transform(), SimpleITK.sitkLinear, low, [1.0] * 3)
        return np.asarray(SimpleITK.GetArrayFromImage(out))

    assert np.abs(sampled(part) - sampled(image)).max() < 0.5
    mask = hu > 900
    voxels = np.argwhere(mask)
    assert ends(mask) == (voxels.min(axis=0).tolist(), voxels.max(axis=0).tolist())


@pytest.mark.skipif(find_spec("SimpleITK") is None, reason="the peers of make bench are not installed")
def test_a_scan_is_prepared_beside_a_peer_that_takes_all_of_it_and_one_that_crops_it() -> None:
    from benchmarks.cases import phantom, preprocessing

    whole, cropped = preprocessing(phantom((340, 340, 190)))
    assert cropped.task == whole.task
    assert cropped.peer == f"{whole.peer}, cropped first"
    ours = whole.ours()
    for pair in (whole, cropped):
        assert "HU RMS apart" in pair.agree(ours, pair.theirs())
