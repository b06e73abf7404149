"""predictor: a real (tiny) network finds a gap in bone, explains it, and is not believed when it contradicts itself."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from onnx import helper, numpy_helper

from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.assessment.explain import paper_map
from ankleviewer.core.errors import Cancelled, ModelError
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.inference import pace
from ankleviewer.inference.packs import load_pack, read_pack
from ankleviewer.inference.predictor import Predictor, pooled

GRID = Grid.axis_aligned((110, 110, 90), (1.0, 1.0, 1.25), (-55.0, -200.0, 30.0))
GAP = (slice(40, 60), slice(50, 70), slice(44, 46))


def leg(gap: bool) -> Volume:
    """A block of bone in soft tissue, with or without a crack 2 slices wide."""
    hu = np.full(GRID.shape, 40, dtype=np.int16)
    hu[30:70, 40:80, 10:80] = 900
    if gap:
        hu[GAP] = 40
    return Volume(hu, GRID)


ANKLE = Ankle("L", tuple(GRID.to_mm([55, 55, 45])), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), True, "")


@pytest.fixture(scope="module", params=["lse", "gap"])
def predictor(request: pytest.FixtureRequest, pack_folder) -> Predictor:
    return Predictor(load_pack(pack_folder / f"tiny-{request.param}"), "cpu")


def test_gap_is_found_where_it_is(predictor: Predictor) -> None:
    steps: list[float] = []
    predictor.predict(leg(True), ANKLE)  # before which no share is known
    answer, heat = predictor.predict(leg(True), ANKLE, lambda share, _: steps.append(share), lambda: False, ankle_index=1)
    centre = GRID.to_mm([49.5, 59.5, 44.5])
    assert answer.call == "fracture" and answer.ankle == 1 and answer.probability > 0.9
    assert (np.array(answer.boxes[0].min_mm) <= centre).all() and (centre <= np.array(answer.boxes[0].max_mm)).all()
    assert answer.boxes[0].min_voxel <= (49, 59, 44) <= answer.boxes[0].max_voxel
    assert answer.runtime.provider == "CPUExecutionProvider" and answer.runtime.seconds > 0
    assert heat.values.shape == (128, 128, 128) and heat.cells == 16 and heat.peak > heat.threshold
    assert steps == sorted(steps) and steps[-1] == 1.0


def test_whole_bone_is_negative_and_dark(predictor: Predictor) -> None:
    answer, heat = predictor.predict(leg(False), ANKLE)
    assert answer.call == "no fracture" and answer.boxes == () and heat.peak < 0.5


@pytest.mark.parametrize("reach", [0.0, 40.0])
def test_the_answer_tells_what_it_speaks_of(predictor: Predictor, reach: float, monkeypatch) -> None:
    spec = predictor.pack.preprocessing
    network = replace(predictor.pack.network, reach=reach)
    pack = replace(predictor.pack, manifest=replace(predictor.pack.manifest, network=network))
    monkeypatch.setattr(predictor, "pack", pack)
    seen = predictor.predict(leg(True), ANKLE)[0].seen
    assert seen is not None and seen.center_mm == pytest.approx(ANKLE.center_mm)
    assert (seen.half_mm, seen.below_mm) == pytest.approx((spec.size * spec.spacing_mm / 2, reach * spec.spacing_mm))


def test_same_scan_same_answer(predictor: Predictor) -> None:
    (first, heat1), (second, heat2) = (predictor.predict(leg(True), ANKLE) for _ in range(2))
    assert first.probability == second.probability and first.boxes == second.boxes
    np.testing.assert_array_equal(heat1.values, heat2.values)


def test_without_an_ankle_the_bones_are_taken(predictor: Predictor) -> None:
    answer, _ = predictor.predict(leg(True), None, ankle_index=None)
    assert answer.call == "fracture" and answer.ankle is None


def test_another_leg_s_fracture_is_not_this_one_s(predictor: Predictor) -> None:
    grid = Grid.axis_aligned((190, 110, 90), (1.0, 1.0, 1.25), (-55.0, -200.0, 30.0))
    hu = np.full(grid.shape, 40, dtype=np.int16)
    hu[:110] = leg(True).hu
    hu[105:135, 40:80, 10:80] = 900  # whole, and so near that the other one's gap lies in its cube
    ankle = replace(ANKLE, center_mm=tuple(grid.to_mm([105, 55, 45])))
    assert predictor.predict(Volume(hu, grid), ankle)[0].call == "fracture"
    answer, _ = predictor.predict(Volume(hu, grid), ankle, others=[replace(ANKLE, center_mm=tuple(grid.to_mm([50, 55, 45])))])
    assert answer.call == "no fracture" and answer.boxes == ()


def test_cancel_before_and_after_preparing(predictor: Predictor) -> None:
    with pytest.raises(Cancelled):
        predictor.predict(leg(True), ANKLE, cancelled=lambda: True)
    assert predictor.predict(leg(True), ANKLE)[0].call == "fracture"


def test_progress_that_raises_is_not_taken_for_the_model_s_fault(predictor: Predictor, monkeypatch) -> None:
    predictor.predict(leg(True), ANKLE)  # before which a run tells nothing while it lasts
    monkeypatch.setattr(pace, "_EVERY_S", 0.0)
    told: list[str] = []

    def report(_share: float, what: str) -> None:
        told.append(what)
        if told.count(f"Running {predictor.pack.title}") == 2:
            raise OSError("nobody there")

    with pytest.raises(OSError, match="nobody there"):
        predictor.predict(leg(True), ANKLE, report)
    assert predictor.engine.note == ""
    assert predictor.predict(leg(True), ANKLE)[0].call == "fracture"


def test_what_a_run_told_stays_although_the_engine_has_measured_since(predictor: Predictor, monkeypatch) -> None:
    run = predictor.engine.run
    monkeypatch.setattr(predictor.engine, "run", lambda *given: replace(run(*given), note="on the processor instead"))
    predictor.predict(leg(True), ANKLE)
    assert (predictor.note, predictor.engine.note) == ("on the processor instead", "")


def test_pooling_is_checked(tmp_path, pack_writer, model_builder) -> None:
    model = model_builder("gap")
    pack = pack_writer(tmp_path / "p", pooling="lse", model=model)  # the manifest says lse, the file sums
    with pytest.raises(ModelError) as error:
        Predictor(read_pack(pack), "cpu").predict(leg(True), ANKLE)
    assert error.value.code == "OUTPUT_INCONSISTENT"


def test_cells_are_checked(tmp_path, pack_writer) -> None:
    pack = pack_writer(tmp_path / "p")
    manifest = json.loads((pack / "manifest.json").read_text())
    manifest["network"]["cam"]["cells"] = 8
    (pack / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="OUTPUT_INCONSISTENT"):
        Predictor(read_pack(pack), "cpu").predict(leg(True), ANKLE)


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_no_number_is_never_no_fracture(tmp_path, pack_writer, model_builder, value) -> None:
    model = model_builder("lse")
    for tensor in model.graph.initializer:
        if tensor.name == "shift":
            tensor.CopyFrom(numpy_helper.from_array(np.array([value], np.float32), "shift"))
    helper.set_model_props(model, {p.key: p.value for p in model.metadata_props})
    with pytest.raises(ModelError) as error:
        Predictor(read_pack(pack_writer(tmp_path / "p", model=model)), "cpu").predict(leg(True), ANKLE)
    assert error.value.code == "OUTPUT_NOT_FINITE"


def test_pooled_is_safe_for_large_scores() -> None:
    cam = np.full((4, 4, 4), 500.0, dtype=np.float32)
    assert pooled(cam, "lse", 0.0) == pytest.approx(500)
    assert pooled(cam / 1000, "gap", -2.0) == pytest.approx(30)


def test_a_model_with_a_finer_map(pack_writer, model_builder, tmp_path) -> None:
    network = {
        "arch": "test",
        "mode": "full",
        "parameters": 2,
        "pooling": "lse",
        "outputs": ["logit", "cam", "finer"],
        "bias": 0.0,
    }
    network |= {"cam": {"cells": 16, "stride": 8, "offset_voxels": 3.5}, "finer": {"cells": 32, "stride": 4, "layer": 1}}
    model = model_builder("lse", finer=True)
    fine = Predictor(read_pack(pack_writer(tmp_path / "fine", "fine", model=model, network=network)), "cpu")
    plain = Predictor(read_pack(pack_writer(tmp_path / "plain", "plain")), "cpu")
    (answer, heat), (same, coarse) = (p.predict(leg(True), ANKLE) for p in (fine, plain))
    assert answer.probability == same.probability and answer.call == "fracture"
    assert heat.cells == 32 and coarse.cells == 16
    height = np.ptp(np.argwhere(heat.values > heat.peak / 2)[:, 2]), np.ptp(np.argwhere(coarse.values > coarse.peak / 2)[:, 2])
    assert height[0] < height[1], "the crack is thin"
    papers = paper_map(heat), paper_map(coarse)
    assert papers[0] is not None and papers[1] is not None
    np.testing.assert_array_equal(papers[0].values, papers[1].values)

    broken = {**network, "finer": {"cells": 64}}
    with pytest.raises(ModelError) as error:
        Predictor(read_pack(pack_writer(tmp_path / "other", "other", model=model, network=broken)), "cpu").predict(
            leg(True), ANKLE
        )
    assert error.value.code == "OUTPUT_INCONSISTENT"
    with pytest.raises(ModelError) as error:
        read_pack(pack_writer(tmp_path / "odd", "odd", model=model, network={**network, "finer": {"cells": 24}}))
    assert error.value.code == "MODEL_MANIFEST_INVALID"


def test_a_device_that_gives_no_number_is_not_the_model_s_fault(pack_folder, monkeypatch) -> None:
    predictor = Predictor(load_pack(pack_folder / "tiny-lse"), "cpu")
    right = predictor.predict(leg(True), ANKLE)[0]
    run, given_up = predictor.engine.run, []

    def answer(*given):
        output = run(*given)
        return output if given_up else replace(output, logit=float("nan"), provider="Device")

    def distrust(provider: str, _cancelled: object) -> bool:
        given_up.append(provider)
        return provider == "Device"

    monkeypatch.setattr(predictor.engine, "run", answer)
    monkeypatch.setattr(predictor.engine, "distrust", distrust)
    found = predictor.predict(leg(True), ANKLE)[0]
    assert given_up == ["Device"] and found.probability == right.probability and found.runtime.provider == right.runtime.provider


def test_preparing_ends_on_request(predictor: Predictor, monkeypatch) -> None:
    held, asked = threading.Event(), []
    monkeypatch.setattr(predictor, "prepare", lambda *_: held.wait(10.0))
    start = time.monotonic()
    with pytest.raises(Cancelled):
        predictor.predict(leg(True), ANKLE, cancelled=lambda: asked.append(1) or len(asked) > 3)
    assert time.monotonic() - start < 5.0
    held.set()


def test_a_model_of_whole_scans_cannot_tell_two_ankles_apart(tmp_path, pack_writer) -> None:
    predictor = Predictor(read_pack(pack_writer(tmp_path / "p")), "cpu")
    pack = predictor.pack
    predictor.pack = replace(pack, manifest=replace(pack.manifest, preprocessing=replace(pack.preprocessing, fit="whole")))
    other = replace(ANKLE, side="R")
    with pytest.raises(ModelError, match="MODEL_SEES_ALL"):
        predictor.predict(leg(True), ANKLE, others=[other])
    assert predictor.predict(leg(True), ANKLE)[0].probability is not None
