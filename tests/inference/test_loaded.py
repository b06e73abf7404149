"""loaded: a model is loaded once, the oldest goes when too many are kept, and between two scans none holds a run's memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ankleviewer.core import memory
from ankleviewer.core.errors import Cancelled, ModelError
from ankleviewer.inference import loaded
from ankleviewer.inference.engines import runtime
from ankleviewer.inference.packs import load_pack


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch) -> None:
    monkeypatch.setattr(loaded, "_predictors", type(loaded._predictors)())


def test_a_pack_is_loaded_once_for_each_runtime(pack_folder, monkeypatch) -> None:
    monkeypatch.setattr(loaded, "Predictor", lambda pack, runtime, **_: (pack.name, runtime, object()))
    pack = load_pack(pack_folder / "tiny-lse")
    first = loaded.predictor_of(pack, "cpu")
    assert loaded.predictor_of(pack, "cpu") is first
    assert loaded.predictor_of(pack, "openvino") is not first
    other = replace(pack, manifest=replace(pack.manifest, record={**pack.manifest.record, "version": "9"}))
    assert loaded.predictor_of(other, "cpu") is not first, "equal weights, another manifest"


def test_what_a_pack_took_is_known_once_it_has_run(pack_folder) -> None:
    pack = load_pack(pack_folder / "tiny-lse")
    assert loaded.seconds_of(pack, "cpu") is None
    predictor = loaded.predictor_of(pack, "cpu")
    assert loaded.seconds_of(pack, "cpu") is None, "loaded, not run"
    predictor.pace.keep((0.5, 2.0))
    assert loaded.seconds_of(pack, "cpu") == 2.5 and loaded.seconds_of(pack, "openvino") is None


def test_a_pack_that_was_replaced_since_it_was_read_answers_as_the_new_one(tmp_path, pack_writer, model_builder) -> None:
    old = load_pack(pack_writer(tmp_path / "p", "tiny"))
    pack_writer(tmp_path / "p", "tiny", model=model_builder("lse", metadata={"note": "other bytes"}), version="2.0.0")
    predictor = loaded.predictor_of(old, "cpu")
    assert predictor.pack.version == "2.0.0" and loaded.predictor_of(old, "cpu") is predictor
    with (tmp_path / "p" / "model.onnx").open("ab") as stream:
        stream.write(b"x")
    loaded._predictors.clear()
    for pack in (old, load_pack(tmp_path / "p")):
        with pytest.raises(ModelError) as error:
            loaded.predictor_of(pack, "cpu")
        assert error.value.code == "MODEL_HASH_MISMATCH", "a damaged file is none that was replaced"


def test_nothing_is_measured_while_others_wait_for_their_models(pack_folder, monkeypatch) -> None:
    monkeypatch.setattr(runtime, "_open", lambda *_: pytest.fail("many seconds in which nobody can be asked to stop"))
    monkeypatch.setattr(runtime, "available", lambda name: name != "cuda")
    assert loaded.predictor_of(load_pack(pack_folder / "tiny-lse"), "auto")


def test_the_one_that_was_asked_for_longest_ago_goes(pack_folder, monkeypatch) -> None:
    monkeypatch.setattr(loaded, "Predictor", lambda pack, runtime, **_: object())
    pack = load_pack(pack_folder / "tiny-lse")
    names = [f"runtime {n}" for n in range(loaded.KEPT)]
    kept = [loaded.predictor_of(pack, name) for name in names]
    assert loaded.predictor_of(pack, names[0]) is kept[0]
    loaded.predictor_of(pack, "one more")
    assert loaded.predictor_of(pack, names[0]) is kept[0]
    assert loaded.predictor_of(pack, names[1]) is not kept[1]


def test_rest_reaches_every_engine_and_the_heap(pack_folder, monkeypatch) -> None:
    rested: list[str] = []
    monkeypatch.setattr(memory, "trim", lambda: rested.append("heap"))
    for name in ("tiny-lse", "tiny-gap"):
        predictor = loaded.predictor_of(load_pack(pack_folder / name), "cpu")
        monkeypatch.setattr(predictor.engine, "rest", lambda name=name: rested.append(name))
    loaded.rest()
    assert rested == ["tiny-lse", "tiny-gap", "heap"]


@pytest.mark.parametrize("other", [True, False])
def test_a_faster_engine_that_was_found_meanwhile_is_for_the_next_scan(pack_folder, monkeypatch, other: bool) -> None:
    monkeypatch.setattr(memory, "trim", lambda: None)
    pack = load_pack(pack_folder / "tiny-lse")
    first = loaded.predictor_of(pack, "cpu")
    monkeypatch.setattr(first.engine, "measure", lambda _cancelled: other)
    assert loaded.rest() == ()
    assert (loaded.predictor_of(pack, "cpu") is first) is not other


def test_an_engine_whose_answers_do_not_count_is_told(pack_folder, monkeypatch) -> None:
    monkeypatch.setattr(memory, "trim", lambda: None)
    monkeypatch.setattr(loaded, "_odd", {})
    predictors = [loaded.predictor_of(load_pack(pack_folder / name), "cpu") for name in ("tiny-lse", "tiny-gap")]
    for predictor in predictors:
        monkeypatch.setattr(predictor.engine, "measure", lambda _cancelled: True)
        predictor.engine.disagreed = "OpenVINO CPU"
    both = tuple((predictor.pack.sha256, "OpenVINO CPU") for predictor in predictors)
    assert loaded.rest() == both == loaded.rest()


def test_what_was_found_before_somebody_came_back_is_not_lost(pack_folder, monkeypatch) -> None:
    monkeypatch.setattr(memory, "trim", lambda: None)
    monkeypatch.setattr(loaded, "_odd", {})

    def stopped(_cancelled: object) -> bool:
        raise Cancelled

    first, second = (loaded.predictor_of(load_pack(pack_folder / name), "cpu") for name in ("tiny-lse", "tiny-gap"))
    monkeypatch.setattr(first.engine, "measure", lambda _cancelled: True)
    first.engine.disagreed = "OpenVINO CPU"
    monkeypatch.setattr(second.engine, "measure", stopped)
    with pytest.raises(Cancelled):
        loaded.rest()
    monkeypatch.setattr(second.engine, "measure", lambda _cancelled: False)
    assert loaded.rest() == ((first.pack.sha256, "OpenVINO CPU"),)
