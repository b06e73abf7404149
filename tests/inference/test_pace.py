"""pace: shares come from measured times alone, and where there are none no share is told."""

from __future__ import annotations

import math

import pytest

from ankleviewer.inference import pace
from ankleviewer.inference.pace import Pace, Steps, part


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its one number is what time it is."""
    now = [10.0]
    monkeypatch.setattr(pace.time, "perf_counter", lambda: now[0])
    return now


def walk(known: Pace, clock: list[float], times: tuple[float, ...], asks: int = 0) -> list[tuple[float, str]]:
    """Steps that take these times, of which each asks so often whether it shall stop; what they tell."""
    told: list[tuple[float, str]] = []
    steps = Steps(known, lambda share, what: told.append((share, what)), lambda: False)
    for n, seconds in enumerate(times):
        steps.begin(f"step {n}")
        for _ in range(asks):
            clock[0] += seconds / asks
            assert not steps.asked()
        clock[0] += 0 if asks else seconds
    steps.done()
    return told


def test_nothing_is_known_before_the_first_run_and_then_what_was_measured(clock) -> None:
    known = Pace()
    first = walk(known, clock, (1.0, 8.0, 1.0), asks=4)
    assert known.seconds == pytest.approx(10.0)
    assert [what for _, what in first] == ["step 0", "step 1", "step 2", "Done"], "with no share to tell nothing is told anew"
    assert all(math.isnan(share) for share, _ in first[:-1]) and first[-1][0] == 1.0
    again = walk(known, clock, (1.0, 8.0, 1.0))
    assert [share for share, _ in again] == pytest.approx([0.0, 0.1, 0.9, 1.0])


def test_within_a_step_it_goes_with_time_and_waits_at_the_steps_end(clock) -> None:
    known = Pace()
    known.keep((1.0, 8.0, 1.0))
    told = walk(known, clock, (1.0, 16.0, 1.0), asks=4)
    during = [share for share, what in told if what == "step 1"]
    assert during == pytest.approx([0.1, 0.5, 0.9, 0.9, 0.9]), "it takes twice as long as it did"
    shares = [share for share, _ in told]
    assert shares == sorted(shares)


def test_a_run_that_another_one_overtakes_goes_on_by_the_times_that_it_began_with(clock) -> None:
    """A cancelled run may be past the point where it could stop, and ends while the next one is under way."""
    known = Pace()
    known.keep((1.0, 8.0, 1.0))
    told: list[float] = []
    steps = Steps(known, lambda share, _what: told.append(share), lambda: False)
    for n, seconds in enumerate((1.0, 8.0, 1.0)):
        steps.begin(f"step {n}")
        clock[0] += seconds / 2
        known.keep((1.0, 1.0, 8.0))
        steps.asked()
        clock[0] += seconds / 2
    steps.done()
    assert told == pytest.approx([0.0, 0.05, 0.1, 0.5, 0.9, 0.95, 1.0])
    assert known.share(2, 0.0) == pytest.approx(0.9), "what it measured itself is kept"


def test_an_engine_that_asks_often_tells_no_oftener_than_anybody_looks(clock) -> None:
    known = Pace()
    known.keep((2.0,))
    assert len(walk(known, clock, (2.0,), asks=100)) < 14


def test_a_step_counts_as_long_as_it_says_itself(clock) -> None:
    known = Pace()
    steps = Steps(known, lambda _share, _what: None)
    steps.begin("engine starts and runs")
    clock[0] += 30.0
    steps.took(3.0)
    steps.begin("explaining")
    clock[0] += 1.0
    steps.done()
    assert known.seconds == pytest.approx(4.0) and known.share(1, 0.0) == pytest.approx(0.75)


def test_who_is_asked_to_stop_stops() -> None:
    assert Steps(Pace(), lambda _share, _what: None, lambda: True).asked()
    assert not Steps(Pace(), lambda _share, _what: None).asked()


def test_who_cannot_be_told_ends_the_work_and_has_the_blame(clock) -> None:
    known = Pace()
    known.keep((2.0,))
    told: list[float] = []

    def report(share: float, _what: str) -> None:
        told.append(share)
        if len(told) > 1:
            raise OSError("nobody there")

    steps = Steps(known, report)
    steps.begin("engine runs")
    steps.blame()
    clock[0] += 1.0
    assert steps.asked() and steps.asked() and len(told) == 2
    with pytest.raises(OSError, match="nobody there"):
        steps.blame()


def test_several_works_have_shares_by_their_times_and_none_where_one_is_not_known() -> None:
    told: list[float] = []

    def report(share: float, _what: str) -> None:
        told.append(share)

    part(report, [None], 0)(0.3, "")
    part(report, [1.0, 3.0], 0)(0.5, "")
    part(report, [1.0, 3.0], 1)(0.5, "")
    assert told == pytest.approx([0.3, 0.125, 0.625])
    for seconds in ([1.0, None], [None, 1.0], [0.0, 0.0]):
        part(report, seconds, 0)(0.5, "")
        assert math.isnan(told[-1])
