"""As many scans at a time as the memory holds, and the whole batch where it does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trainer.networks.registry import NETWORKS
from trainer.training import room
from trainer.training.room import KEPT, free_memory, most_rows

GIB = 2**30


def test_every_network_is_known() -> None:
    assert KEPT.keys() == NETWORKS.keys() and room.ANEW.keys() <= KEPT.keys()


def test_less_memory_holds_fewer_scans_but_always_one() -> None:
    held = [most_rows("compact", 192, 8, True, free=n * GIB) for n in (64, 24, 16, 8, 4, 1)]
    assert held[0] is None and held[-1] == 1
    known = [n for n in held if n is not None]
    assert known == sorted(known, reverse=True) and all(1 <= n < 8 for n in known)
    assert most_rows("compact", 96, 8, True, free=16 * GIB) is None, "a smaller cube needs an eighth"


@pytest.mark.parametrize("arch", sorted(KEPT))
def test_what_it_says_fits(arch: str) -> None:
    for half in (True, False):
        for anew in (True, False):
            rows = most_rows(arch, 128, 16, half, anew, free=12 * GIB)
            kept = (room.ANEW.get(arch) if anew else None) or KEPT[arch]
            need = 128**3 * ((rows or 16) * kept[0 if half else 1] + 16 * room.BATCH)
            assert need <= room.SHARE * 12 * GIB or rows == 1
    single, halved = (most_rows("efficientnet_b7", 128, 16, half, free=24 * GIB) for half in (False, True))
    assert single is not None and halved is not None and single < halved
    anew = most_rows("efficientnet_b7", 128, 16, True, True, free=24 * GIB)
    assert anew is None or anew > halved


def test_processes_share_the_memory() -> None:
    alone, both = (most_rows("compact", 192, 8, True, free=12 * GIB, copies=n) for n in (1, 2))
    assert alone is not None and both is not None and both < alone


def test_nothing_is_chosen_where_nothing_is_known() -> None:
    assert most_rows("another", 192, 8, True, free=GIB) is None
    assert most_rows("compact", 192, 8, True, free=None) is None


def test_linux_tells_what_is_free_and_a_container_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(room, "_CGROUP", tmp_path)
    monkeypatch.setattr(room, "_OWN_GROUP", tmp_path / "cgroup")
    assert room._linux() is None
    (tmp_path / "meminfo").write_text("MemTotal:       100 kB\nMemFree: 10 kB\nMemAvailable:    40 kB\n")
    assert room._linux() == 40 * 1024
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("5000\n")
    (tmp_path / "memory.stat").write_text("anon 3000\ninactive_file 2000\n")
    assert room._linux() == 40 * 1024
    (tmp_path / "memory.max").write_text("8000\n")
    assert room._linux() == 5000
    inner = tmp_path / "jobs" / "7"
    inner.mkdir(parents=True)
    (tmp_path / "cgroup").write_text("0::/jobs/7\n")
    for name, value in (("max", "4000"), ("current", "3000"), ("stat", "inactive_file 500")):
        (inner / f"memory.{name}").write_text(f"{value}\n")
    assert room._linux() == 1500, "the job has less than what is around it"
    (inner / "memory.max").write_text("max\n")
    assert room._linux() == 5000
    (tmp_path / "meminfo").write_text("MemTotal: 100 kB\n")
    assert room._linux() is None


@pytest.mark.skipif(sys.platform not in ("linux", "win32"), reason="this system does not tell")
def test_this_computer_tells() -> None:
    assert (free_memory() or 0) > 2**20
