"""An exported file on the other engines of a computer: what is asked of them, and what a difference is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from ankleviewer.core.assessment.decision import Decision
from ankleviewer.inference.engines import runtime
from ankleviewer.inference.engines.ort_session import CPU
from ankleviewer.inference.engines.runtime import Engine
from tests.trainer.packs.conftest import DECISION
from trainer.networks.head import FractureNet
from trainer.networks.registry import build
from trainer.packs import engines
from trainer.packs.deploy import deployed
from trainer.packs.onnx_file import ExportError, to_onnx
from trainer.packs.parity import check_parity


@pytest.fixture(scope="module")
def net() -> FractureNet:
    torch.manual_seed(1)
    made = build("compact", width=0.25).eval()
    with torch.no_grad():
        made.head.weight.mul_(100)
    return made


def test_how_far_places_move() -> None:
    one = np.array([[0, 0, 0, 4, 4, 4], [10, 10, 10, 12, 12, 12]])
    assert engines.moved(one, one[::-1], 32) == 0, "their order does not matter"
    assert engines.moved(one, one + np.array([0, 0, 0, 0, 0, 1]), 32) == 1
    assert engines.moved(one, one[:1], 32) == 32, "a box more or less is as far as can be"
    assert engines.moved(one[:0], one[:0], 32) == 0


def test_a_call_may_change_near_a_threshold_only() -> None:
    decision = Decision.from_json(DECISION)
    exact = np.array([0.305, 0.32, 0.59, 0.9])
    assert engines.calls_changed(exact, [exact, exact], decision) == 0
    assert engines.calls_changed(exact, [np.array([0.295, 0.32, 0.59, 0.9])], decision) == 0, "within a hundredth"
    assert engines.calls_changed(exact, [exact, np.array([0.305, 0.29, 0.59, 0.59])], decision) == 2


class Bent:
    """An engine of another kind that gives a little more, or its map turned round."""

    note, provider = "", "Bent"

    def __init__(self, model: bytes, _name: str) -> None:
        self.right = Engine(model, "cpu")

    def run(self, x: Any) -> Any:
        output = self.right.run(x)
        return replace(output, logit=output.logit + self.more, cam=output.cam[::-1] if self.turned else output.cam)

    more, turned = 0.0, False


@pytest.mark.parametrize(("more", "turned", "gate"), [(0.0, False, ""), (0.1, False, "engine"), (0.0, True, "place")])
def test_other_engines_are_asked_too(
    net: FractureNet, volumes: list[Any], monkeypatch: pytest.MonkeyPatch, more: float, turned: bool, gate: str
) -> None:
    monkeypatch.setattr(engines, "available", lambda name: name == "cuda")
    monkeypatch.setattr(engines, "Engine", Bent)
    monkeypatch.setattr(Bent, "more", more)
    monkeypatch.setattr(Bent, "turned", turned)
    plain = deployed(net)
    decision = {**DECISION, "cam_floor": 0.0, "sens_threshold": 0.0}
    arguments = (net, plain, to_onnx(plain, 32, {}), decision, volumes)
    if gate:
        with pytest.raises(ExportError, match=rf"another engine .*\({gate}: .*is allowed\)"):
            check_parity(*arguments)
    else:
        assert check_parity(*arguments).engines == ("Bent",)


def test_an_engine_that_does_not_start_is_left_out(net: FractureNet, volumes: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "available", lambda _name: True)
    monkeypatch.setattr(Bent, "note", "cuda did not start; the CPU was used.")
    monkeypatch.setattr(engines, "Engine", Bent)
    plain = deployed(net)
    assert check_parity(net, plain, to_onnx(plain, 32, {}), DECISION, volumes).engines == ()


@pytest.mark.parametrize(("starts", "runs"), [(False, []), (True, ["cuda", "cpu"])])
def test_no_volume_is_run_where_the_cpu_answers_in_an_engines_place(
    monkeypatch: pytest.MonkeyPatch, volumes: list[Any], starts: bool, runs: list[str]
) -> None:
    ran: list[str] = []

    class Session:
        input_shape = (1, 1, 32, 32, 32)

        def __init__(self, _model: bytes, name: str) -> None:
            if name != "cpu" and not starts:
                raise RuntimeError("no driver")
            self.name, self.provider = name, CPU if name == "cpu" else "Bent"

        def run(self, _tensor: Any, _cancelled: Any) -> Any:
            ran.append(self.name)
            if self.name != "cpu":
                raise RuntimeError("the device is lost")
            return np.array([[0.5]], np.float32), np.zeros((1, 1, 2, 2, 2), np.float32), None

    monkeypatch.setattr(runtime, "_open", Session)
    for module in (runtime, engines):
        monkeypatch.setattr(module, "available", lambda name: name in ("cpu", "cuda"))
    answers = [(0.5, volume, None) for volume in volumes]
    assert engines.other_engines(build("compact", width=0.25), b"", Decision.from_json(DECISION), volumes, answers) == ({}, 0.0)
    assert ran == runs
