"""The feet: every model is asked about each ankle that was found, also one that the viewer withholds."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from benchmarks import feet
from benchmarks.feet import Said, ask, main, table

VOLUME = Volume(np.zeros((4, 4, 4), dtype=np.int16), Grid.axis_aligned((4, 4, 4), 1.0, (0.0, 0.0, 0.0)))


class Stub:
    """Answers with its probability, where the ankle counts as whole."""

    def __init__(self, name: str, probability: float | None) -> None:
        self.name, self.probability = name, probability

    def predict(self, _volume: Volume, ankle: Ankle) -> tuple[SimpleNamespace, SimpleNamespace]:
        assert ankle.complete
        native = SimpleNamespace(cam=np.array([[[-2.0, 3.5]]]))
        answer = SimpleNamespace(name=self.name, probability=self.probability, call="uncertain", boxes=(1, 2))
        return answer, SimpleNamespace(native=native, peak=4.0)


@pytest.fixture(autouse=True)
def two_feet(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Ankle(side, (x, 0.0, 0.0), (0, 0, 0), (1, 1, 1), False, "cut above") for side, x in (("R", -50.0), ("L", 50.0))]
    monkeypatch.setattr(feet, "ankles_in", lambda _volume: tuple(found))


def test_each_model_says_its_word_on_each_foot() -> None:
    said = list(ask(VOLUME, [Stub("one", 0.4), Stub("none", None)]))  # type: ignore[list-item]
    assert said == [Said("one", side, 0.4, "uncertain", 3.5, 2) for side in ("R", "L")]


def test_the_table_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(feet, "open_scan", lambda _path: SimpleNamespace(volume=VOLUME))
    monkeypatch.setattr(feet, "load_pack", lambda name: name)
    monkeypatch.setattr(feet, "Predictor", lambda name, _engine: Stub(name, 0.76))
    assert main(["--scan", "x", "--models", "one"]) == 0
    printed = capsys.readouterr().out
    assert "| one | L | 0.76 | uncertain | 3.5 | 2 |" in printed and printed.strip() == table(
        list(ask(VOLUME, [Stub("one", 0.76)]))
    )  # type: ignore[list-item]
