"""first_run: a pack copied to its place by hand ends no window, is tried once on a computer, and is named in its errors."""

from __future__ import annotations

import base64
import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from onnx import helper, numpy_helper

from ankleviewer.core.errors import Cancelled, ModelError
from ankleviewer.inference import adding, first_run, loaded, selection, trial
from ankleviewer.inference.packs import ModelPack, load_pack

TINY = runpy.run_path(str(Path(__file__).parent / "conftest.py"))
gap_detector, phantom, phantom_ankle, write_pack = (
    TINY[name] for name in ("gap_detector", "phantom", "phantom_ankle", "write_pack")
)
ends_the_process, no_map = TINY["ends_the_process"], TINY["no_map"]


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch, shipped: Path) -> None:
    monkeypatch.setattr(first_run, "_known", set())
    monkeypatch.setattr(first_run, "_ending", {})
    monkeypatch.setattr(loaded, "_predictors", type(loaded._predictors)())


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where the packs lie that are tried; all of them pass."""
    made: list[Path] = []
    monkeypatch.setattr(first_run, "try_out", lambda pack, _cancelled: made.append(pack.path))
    monkeypatch.setattr(adding, "try_out", lambda _pack: None)
    return made


def answer(pack: ModelPack, cancelled: Callable[[], bool] | None = None) -> None:
    loaded.predictor_of(pack, "cpu").predict(phantom(), phantom_ankle(), cancelled=cancelled)


def copied(home: Path, change: Callable[..., None] | None = None) -> ModelPack:
    """A pack that somebody has copied into the folder of models."""
    model = gap_detector("lse")
    if change is not None:
        change(model)
    write_pack(home / "models" / "mine", "mine", model=model)
    return load_pack("mine")


def other_map(model) -> None:
    model.graph.output[1].name = "cells"
    model.graph.node[-1].output[0] = "sum 2"
    model.graph.node.append(helper.make_node("Concat", ["sum 2", "sum 2"], ["logit"], axis=0))
    model.graph.output[1].name = "cam"
    del model.graph.output[0].type.tensor_type.shape.dim[:]


def unknown_operator(model) -> None:
    model.graph.node[0].op_type = "Diagnose"


def no_number(model) -> None:
    for tensor in model.graph.initializer:
        if tensor.name == "shift":
            tensor.CopyFrom(numpy_helper.from_array(np.array([np.nan], np.float32), "shift"))


def two_words(model) -> None:
    """The answer is another one than its map adds up to."""
    last = next(node for node in model.graph.node if "logit" in node.output)
    last.output[0] = "told"
    model.graph.node.append(helper.make_node("Add", ["told", "told"], ["logit"]))


@pytest.mark.parametrize(
    ("change", "code", "why"),
    [
        (ends_the_process, "MODEL_FILE_INVALID", "Model mine gave no answer. The model ends the program that runs it"),
        (unknown_operator, "MODEL_FILE_INVALID", "Model mine gave no answer. The engine refuses the model"),
        (no_map, "MODEL_FAILED", "Model mine gave no answer. The model could not be run"),
        (other_map, "MODEL_OUTPUT_INVALID", "Model mine gave no answer. The model answers in shapes"),
        (
            no_number,
            "OUTPUT_NOT_FINITE",
            "Model mine gave no number when it was tried on noise, before its first scan; it is not",
        ),
        (two_words, "OUTPUT_INCONSISTENT", "Model mine contradicts itself when it is tried on noise, before its first scan (map"),
    ],
)
def test_a_broken_pack_copied_by_hand_is_named_with_what_to_do(home, change: Callable[..., None], code: str, why: str) -> None:
    pack = copied(home, change)
    with pytest.raises(ModelError) as caught:
        answer(pack)
    assert caught.value.code == code and caught.value.message.startswith(why)
    assert code.startswith("OUTPUT_") or caught.value.message.endswith("ankleviewer models verify mine")
    assert not first_run.is_known(pack), "what failed is tried again"


def test_one_that_never_answers_is_ended_and_named(home, monkeypatch) -> None:
    monkeypatch.setattr(trial, "_RUN", "import time; time.sleep(600)")
    monkeypatch.setattr(trial, "LIMIT_S", 0.3)
    with pytest.raises(ModelError, match=r"Model mine gave no answer\. The model did not answer within .* models verify mine$"):
        answer(copied(home))


def test_who_does_not_want_to_wait_for_it_stops_it(home, monkeypatch, tmp_path) -> None:
    begun = tmp_path / "begun"
    monkeypatch.setattr(trial, "_RUN", f"import time; open({str(begun)!r}, 'w').close(); time.sleep(600)")
    pack = copied(home)
    with pytest.raises(Cancelled):
        answer(pack, begun.exists)
    assert not first_run.is_known(pack)


def test_a_damaged_file_is_named_too(home) -> None:
    write_pack(home / "models" / "mine", "mine", model=b"\x08\x07nonsense")
    with pytest.raises(ModelError, match=r"MODEL_FILE_INVALID: Model mine gave no answer\. The model file is damaged"):
        answer(load_pack("mine"))


def test_it_is_tried_once_on_a_computer(home, tried, monkeypatch) -> None:
    pack = copied(home)
    for again in range(3):
        answer(pack)
        if again:  # another start of the program
            monkeypatch.setattr(first_run, "_known", set())
            loaded._predictors.clear()
    assert tried == [home / "models" / "mine"]
    monkeypatch.setattr(first_run, "_known", set())
    monkeypatch.setattr(first_run, "version", lambda _name: "99.0")
    assert not first_run.is_known(pack), "another release of the engine may read it otherwise"


def test_what_was_added_is_known(home, tried, tmp_path) -> None:
    answer(adding.add_pack(write_pack(tmp_path / "p", "mine")))
    assert tried == [] and (home / first_run.FILE).exists()


def test_one_that_is_named_by_its_path_is_tried_where_it_lies(tried, tmp_path) -> None:
    answer(load_pack(write_pack(tmp_path / "p", "mine")))
    assert tried == [tmp_path / "p"]


@pytest.mark.parametrize("listed", [True, False])
def test_what_travels_with_the_program_waits_for_nothing(shipped, monkeypatch, listed: bool) -> None:
    """Of an installation by the list of its files, which lacks what was copied beside them; in a checkout by its place."""
    pack = load_pack(write_pack(shipped / "one", "one"))
    assert not first_run.is_known(pack), "copied into a checkout, it did not travel with it"
    monkeypatch.setattr(first_run, "SHIPPED", ("one",))
    assert first_run.is_known(pack), "this is a checkout"
    digest = base64.urlsafe_b64encode(bytes.fromhex(pack.sha256 if listed else "00" * 32)).decode().rstrip("=")
    record = f"ankleviewer/_assets/models/one/model.onnx,sha256={digest},12\n"
    monkeypatch.setattr(first_run, "distribution", lambda _name: SimpleNamespace(read_text=lambda _file: record))
    assert first_run.is_known(pack) is listed


@pytest.mark.parametrize("kept_by", ["folder", "file"])
def test_where_that_cannot_be_remembered_each_process_tries_once(home, tried, monkeypatch, kept_by: str) -> None:
    """The folder is gone and cannot be made, or the file is none that can be written: with "sudo" it becomes root's."""
    pack = copied(home)
    if kept_by == "file":
        (home / first_run.FILE).mkdir()
    else:
        (home / "in the way").touch()
        monkeypatch.setattr(first_run.paths, "home", lambda: home / "in the way" / "home")
    answer(pack)
    answer(pack)
    assert len(tried) == 1


def test_it_is_remembered_once(home) -> None:
    """Each `models verify` is a process of its own; what stands beyond the file's first part is not read."""
    pack = copied(home)
    for _process in range(3):
        first_run._known.clear()
        first_run.remember(pack)
    assert len((home / first_run.FILE).read_text().split("\n\n")) == 1


def test_who_ends_its_process_or_never_answers_is_not_waited_for_again(home, monkeypatch) -> None:
    """On each ankle of each scan, ten minutes at a time."""
    pack, begun = copied(home), []

    def try_out(_pack: ModelPack, _cancelled: object) -> None:
        begun.append(1)
        if (error := errors.pop(0)) is not None:
            raise error

    monkeypatch.setattr(first_run, "try_out", try_out)
    errors = [ModelError("OUT_OF_MEMORY", "Too large."), ModelError("MODEL_FILE_INVALID", "It did not answer."), None]
    for tries, why in ((1, "Too large."), (2, "It did not answer."), (2, "It did not answer.")):
        with pytest.raises(ModelError, match=why):
            first_run.try_once(pack)
        assert len(begun) == tries, "what the computer lacked it may have now"
    first_run._ending.clear()  # the program was started again
    first_run.try_once(pack)
    assert first_run.is_known(pack)
    first_run._ending[first_run._key(pack)] = ModelError("MODEL_FILE_INVALID", "It did not answer.")
    first_run.try_once(pack)  # `models verify` found it sound meanwhile


def test_where_no_process_can_be_started_a_pack_runs_untried(home, tried, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_pack: object, _cancelled: object) -> None:
        raise ModelError("MODEL_FAILED", "No process can be started.") from PermissionError(13, "denied")

    monkeypatch.setattr(first_run, "try_out", none)
    pack = copied(home)
    first_run.try_once(pack)
    assert not first_run.is_known(pack)


@pytest.mark.parametrize("code", ["MODEL_OUTPUT_INVALID", "OUTPUT_NOT_FINITE", "MODEL_FAILED"])
def test_what_is_the_pack_s_fault_is_not_tried_again_for_each_ankle(home, tried, monkeypatch, code: str) -> None:
    begun: list[object] = []

    def fails(pack: object, _cancelled: object) -> None:
        begun.append(pack)
        raise ModelError(code, "It gives no numbers.")

    monkeypatch.setattr(first_run, "try_out", fails)
    pack = copied(home)
    for _ in range(2):
        with pytest.raises(ModelError, match="It gives no numbers") as caught:
            first_run.try_once(pack)
        assert caught.value.code == code
    assert len(begun) == 1


def test_an_error_that_names_its_pack_is_not_its_own_cause(home, tried, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_large(_pack: object, _cancelled: object) -> None:
        raise ModelError("OUT_OF_MEMORY", "Too large.") from MemoryError()

    monkeypatch.setattr(first_run, "try_out", too_large)
    with pytest.raises(ModelError) as caught:
        answer(copied(home))
    assert isinstance(caught.value.__cause__, MemoryError)


@pytest.mark.parametrize("broken", [None, ends_the_process])
def test_one_that_has_taken_the_place_before_the_trial_answers_for_neither(home, broken) -> None:
    """The one that was read would run untried where the other one passes, and be refused for it where that one fails."""
    pack = copied(home)
    other = gap_detector("lse", metadata={"note": "other"})
    if broken is not None:
        broken(other)
    write_pack(home / "models" / "mine", "mine", model=other)
    with pytest.raises(ModelError, match="MODEL_HASH_MISMATCH: Another pack has taken its place"):
        first_run.try_once(pack)
    assert not first_run.is_known(pack) and not first_run.is_known(load_pack("mine")) and not first_run._ending


def test_one_that_takes_the_place_during_the_trial_is_not_known_by_it(home, monkeypatch: pytest.MonkeyPatch) -> None:
    pack, real = copied(home), trial._ended

    def ended(*order: Any) -> Any:
        done = real(*order)
        write_pack(home / "models" / "mine", "mine", model=gap_detector("lse", metadata={"note": "other"}))
        return done

    monkeypatch.setattr(trial, "_ended", ended)
    first_run.try_once(pack)
    assert first_run.is_known(pack) and not first_run.is_known(load_pack("mine"))


def test_what_stands_in_the_file_may_be_anything(home, tried) -> None:
    (home / first_run.FILE).write_bytes(b"\xff\xfe\n\0" * 1000)
    pack = copied(home)
    answer(pack)
    first_run._known.clear()
    assert len(tried) == 1 and first_run.is_known(pack)


@pytest.mark.parametrize("name", ["a", "model", "run", "file"])
def test_a_name_that_is_a_word_of_the_message_too_is_told(home, name: str) -> None:
    pack = load_pack(write_pack(home / "models" / name, name))
    for why in ("The model could not be run (Fail).", "The model file is damaged."):
        assert first_run.told(pack, ModelError("MODEL_FAILED", why)).message.startswith(f"Model {name} gave no answer. {why}")
    for said in (f"model.onnx of model {name} is not what", f"The model pack {name} or its", f"Model {name} takes volumes"):
        own = ModelError("MODEL_HASH_MISMATCH", said)
        assert first_run.told(pack, own) is own, "once"


def test_one_that_lies_elsewhere_is_not_looked_for_by_its_name(home, tmp_path) -> None:
    """`models verify mine` would not find it, or find another one."""
    pack = load_pack(write_pack(tmp_path / "p", "mine"))
    said = first_run.told(pack, ModelError("MODEL_FAILED", "It failed.")).message
    assert said == "Model mine gave no answer. It failed. To try it by itself: ankleviewer models verify PACK"


def test_what_the_computer_lacks_is_no_fault_of_the_pack(home) -> None:
    pack = copied(home)
    for error in (ModelError("OUT_OF_MEMORY", "Too large."), ModelError("ENGINE_MISSING", "No engine.")):
        assert first_run.told(pack, error) is error
    named = first_run.told(pack, ModelError("MODEL_FAILED", "It failed."))
    assert first_run.told(pack, named) is named, "once"
    (finding,) = selection.failures([("mine", named)], set())
    assert "mine" in finding.message and "models verify mine" in finding.message
