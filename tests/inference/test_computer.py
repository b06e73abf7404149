"""What of a computer decides how fast an engine is."""

from __future__ import annotations

import ctypes
import platform
from pathlib import Path
from typing import Any

import pytest

from ankleviewer.inference import computer
from ankleviewer.inference.computer import identity, nvidia


class Driver:
    """libcuda as far as it is asked."""

    def __init__(self, cards: list[bytes], version: int = 12080, fault: int = 0) -> None:
        self.cards, self.version, self.fault = cards, version, fault

    def cuInit(self, flags: int) -> int:  # noqa: N802 (the driver's names)
        return self.fault

    def cuDeviceGetCount(self, count: Any) -> int:  # noqa: N802
        count._obj.value = len(self.cards)
        return 0

    def cuDriverGetVersion(self, version: Any) -> int:  # noqa: N802
        version._obj.value = self.version
        return 0

    def cuDeviceGet(self, device: Any, number: int) -> int:  # noqa: N802
        device._obj.value = number
        return 0

    def cuDeviceGetName(self, name: Any, size: int, device: Any) -> int:  # noqa: N802
        name.value = self.cards[device.value]
        return 0


def test_cards_and_driver_by_the_drivers_own_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: Driver([b"NVIDIA A", b"NVIDIA B"]))
    assert nvidia() == ("CUDA 12080", "NVIDIA A", "NVIDIA B")
    assert identity()[-3:] == nvidia()


@pytest.mark.parametrize("driver", [Driver([]), Driver([b"A"], fault=3), object()])
def test_without_a_card_that_works_there_is_none(driver: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: driver)
    assert nvidia() == ()


def test_two_computers_differ_and_containers_of_one_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computer, "_MACHINE_ID", tmp_path / "machine-id")
    without = identity()
    assert without == identity() and all(isinstance(part, str) for part in without)
    found = set()
    for text in ("0123abcd\n", "4567efab\n"):
        (tmp_path / "machine-id").write_text(text)
        here = identity()
        found.add(here)
        monkeypatch.setattr(platform, "node", lambda: "the next container")
        assert identity() == here
    assert len(found | {without}) == 3


def test_the_processor_has_a_name_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computer.Path, "read_text", lambda *_: "processor : 0\nmodel name\t: Some CPU @ 2 GHz\n")
    assert computer._processor() == "Some CPU @ 2 GHz"
    monkeypatch.setattr(computer.Path, "read_text", lambda *_: "nothing of that kind")
    assert computer._processor() == platform.processor()
