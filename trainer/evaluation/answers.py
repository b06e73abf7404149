"""What models answered, scan by scan, kept on the disk from the first scan on: an evaluation that was cut goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ankleviewer.core.geometry import Point
from trainer.evaluation.localise import Pointing

NAME = "answers.jsonl"
SCHEMA = "ankleviewer.answers/1"

Places = Sequence[Mapping[str, Any]]  # fractures, as `marked_fractures` gives them


@dataclass(frozen=True)
class Prediction:
    """A model's answer for one scan: that of its most suspicious complete ankle.

    Attributes:
        probability: None where there is no answer.
        call: in the viewer's words.
        reason: code of why there is no answer, "" otherwise.
        lasting: another run would say the same. A file that could not be read, or an engine that failed, is tried again.
        pixels: of the scan, see `trainer.scans.example.pixels_of`; "" where it was not read.
    """

    probability: float | None
    call: str
    pointing: Pointing
    reason: str = ""
    lasting: bool = True
    pixels: str = ""

    def to_json(self) -> dict[str, Any]:
        """Everything but `lasting`."""
        return {
            "probability": self.probability,
            "call": self.call,
            "reason": self.reason,
            "pixels": self.pixels,
            "boxes": self.pointing.boxes,
            "peak_mm": self.pointing.peak_mm,
            "paper_peak_mm": self.pointing.paper_peak_mm,
            "ankles_mm": self.pointing.ankles_mm,
        }

    @staticmethod
    def from_json(record: Mapping[str, Any]) -> Prediction:
        """Inverse of `to_json`.

        Raises:
            KeyError, TypeError, ValueError: it is none, or one of before pixels were kept.
        """
        boxes = tuple((_place(low), _place(high)) for low, high in record["boxes"])
        peak, by_paper = (None if record[name] is None else _place(record[name]) for name in ("peak_mm", "paper_peak_mm"))
        value = record["probability"]
        return Prediction(
            None if value is None else float(value),
            str(record["call"]),
            Pointing(boxes, peak, by_paper, tuple(_place(ankle) for ankle in record.get("ankles_mm", ()))),
            str(record["reason"]),
            pixels=str(record["pixels"]),
        )


def _place(values: Sequence[float]) -> Point:
    x, y, z = (float(v) for v in values)
    return x, y, z


class Answers:
    """answers.jsonl: a line for each scan and model, another for each scan's marks.

    A line counts for the state of scan, marks and model file under which it was written (`source`, `model`), and the whole file
    for one set of rules: another release of the program starts a new one. A torn last line is left out, and so is an answer of
    before pixels were kept: without them nobody would see that the model has learnt from the scan.

    Args:
        folder: where the file lies or will lie.
        rules: under which all of it holds.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, folder: Path, rules: str) -> None:
        from ankleviewer.io.atomic import write_text

        self._path = folder / NAME
        self._known: dict[tuple[str, str, str], Any] = {}
        head = json.dumps({"schema": SCHEMA, "rules": rules})
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            lines = []
        good = [line for line in lines[1:] if self._learn(line)] if lines[:1] == [head] else []
        write_text(self._path, "\n".join([head, *good]) + "\n")

    def _learn(self, line: str) -> bool:
        try:
            record = json.loads(line)
            key = record["scan"], record["source"], record["model"]
            value = record["fractures"] if not record["model"] else Prediction.from_json(record)
        except (ValueError, KeyError, TypeError):
            return False
        self._known[key] = value
        return True

    def prediction(self, scan: str, source: str, model: str) -> Prediction | None:
        """What a model (the SHA-256 of its file) said of a scan in this state, None where nothing is kept."""
        found: Prediction | None = self._known.get((scan, source, model))
        return found

    def fractures(self, scan: str, source: str) -> Places | None:
        """What the scan's marks hold, None where nothing is kept."""
        found: Places | None = self._known.get((scan, source, ""))
        return found

    def add(self, scan: str, source: str, found: Mapping[str, Prediction], fractures: Places | None = None) -> None:
        """Keep what is lasting, by model.

        Raises:
            OSError: it cannot be written.
        """
        records: list[dict[str, Any]] = [{"model": model} | p.to_json() for model, p in found.items() if p.lasting]
        if fractures is not None:
            records.append({"model": "", "fractures": fractures})
        lines = [json.dumps({"scan": scan, "source": source} | record) for record in records]
        if not lines:
            return
        with open(self._path, "a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        for line in lines:
            self._learn(line)
