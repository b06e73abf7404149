"""Reviews: kept by the scan's own bytes, without a name; on the disk at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ankleviewer.core.reading.history import History
from ankleviewer.core.reading.places import Place
from ankleviewer.io import reviews

SCAN, FORMER = "cd" * 32, "ab" * 32


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(tmp_path))
    return tmp_path


def test_a_review_is_there_again(home: Path) -> None:
    assert reviews.read(SCAN) == ([], 0)
    history = History()
    reviews.add(SCAN, history.judge(Place("compact", "ab", 0, 0), "rejected", "Artefact"))
    (record,), damaged = reviews.read(SCAN)
    assert damaged == 0 and record["judgement"] == "rejected" and record["at"].endswith("+00:00")
    assert History([record]).review == history.review
    assert [file.name for file in (home / "reviews").iterdir()] == [SCAN[:32] + ".jsonl"]


def test_a_review_of_an_earlier_release_is_the_scans_own_from_now_on() -> None:
    """It lay under the hash of the folder, in which every file counted; a report that is written later must not lose it again."""

    def steps() -> list[int]:
        return [r["step"] for r in reviews.read(SCAN, FORMER)[0]]

    assert steps() == []  # nothing there: the rule
    reviews.add(FORMER, {"step": 1})
    assert steps() == [1]
    reviews.add(SCAN, {"step": 2})
    reviews.add(FORMER, {"step": 3})  # the other release, once more
    assert steps() == [1, 2] == [r["step"] for r in reviews.read(SCAN)[0]]


WRITER = """
import sys
from ankleviewer.core.reading.measure import Value
from ankleviewer.core.reading.history import History
from ankleviewer.io import reviews

history = History()
while True:
    points = ((0.0, 0.0, 0.0), (float(history.next_measure), 0.0, 0.0))
    record = history.add_measure("distance", points, None, (Value("length", points[1][0], "mm"),))
    reviews.add(sys.argv[1], record)
    print(record["number"], flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_measures_survive_kill_9() -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, SCAN], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if line == "12\n":
                writer.kill()
                break
        written = 12 + len(writer.stdout.readlines())
    assert writer.returncode == -signal.SIGKILL
    measures = History(reviews.read(SCAN)[0]).review.measures
    assert len(measures) in (written, written + 1), "all that was said to be written, at most one more"
    assert [m.values[0].number for m in measures] == [float(n) for n in range(1, len(measures) + 1)]
