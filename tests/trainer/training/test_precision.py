"""Where half precision is used by itself."""

from __future__ import annotations

import pytest
import torch

from trainer.training.precision import bf16_pays


@pytest.mark.parametrize(
    ("known", "pays"),
    [({"avx512_bf16": True}, True), ({"amx_bf16": True, "avx512_bf16": False}, True), ({"avx2": True}, False), ({}, False)],
)
def test_a_cpu_is_asked_what_it_can(known: dict[str, bool], pays: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: known)
    assert bf16_pays(torch.device("cpu")) is pays


@pytest.mark.parametrize(("capability", "pays"), [((7, 5), False), ((8, 0), True), ((9, 0), True)])
def test_a_gpu_does_from_ampere_on(capability: tuple[int, int], pays: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert bf16_pays(torch.device("cuda")) is pays
