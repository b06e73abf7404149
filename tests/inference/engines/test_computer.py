"""What of a computer decides how fast an engine is."""

from __future__ import annotations

import ctypes
import math
import os
import platform
from pathlib import Path
from typing import Any

import pytest

from ankleviewer.inference.engines import computer
from ankleviewer.inference.engines.computer import cores, identity, nvidia, quota


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


@pytest.mark.parametrize(
    ("groups", "files", "granted"),
    [
        ("0::/", {"cpu.max": "150000 100000"}, 1.5),  # a container that sees its own group as the root
        ("0::/user.slice/a", {"user.slice/cpu.max": "200000 100000", "user.slice/a/cpu.max": "max 100000"}, 2),
        ("0::/user.slice/a", {"user.slice/cpu.max": "800000 100000", "user.slice/a/cpu.max": "50000 100000"}, 0.5),
        ("0::/a", {"cpu.max": "max 100000"}, math.inf),
        ("0::/../../host", {"cpu.max": "300000 100000"}, 3),
        (
            "5:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n0::/",
            {"cpu/cpu.cfs_quota_us": "400000", "cpu/cpu.cfs_period_us": "100000"},
            4,
        ),  # the host's path, which leads nowhere in the container
        ("4:cpu:/", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, math.inf),
        ("4:cpuset:/", {"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, math.inf),
        ("0::/", {"cpu.max": "1 0"}, math.inf),
        ("0::/", {"cpu.max": "what"}, math.inf),
        ("nothing", {}, math.inf),
        (None, {}, math.inf),
    ],
)
def test_a_container_s_quota_is_found(groups: str | None, files: dict[str, str], granted: float, tmp_path: Path) -> None:
    if groups is not None:
        (tmp_path / "proc/self").mkdir(parents=True)
        (tmp_path / "proc/self/cgroup").write_text(f"{groups}\n")
    for name, text in files.items():
        file = tmp_path / "sys/fs/cgroup" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")
    assert quota(tmp_path) == granted


def test_no_more_cores_than_a_quota_pays_for(monkeypatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    for granted, used in ((math.inf, 8), (2.5, 3), (0.2, 1), (64, 8)):
        monkeypatch.setattr(computer, "quota", lambda granted=granted: granted)
        assert cores() == used
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1
