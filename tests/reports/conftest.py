"""What the tests of reports share: a small case whose answer is known, and a reader for the text of our own PDFs."""

from __future__ import annotations

import base64
import re
import zlib
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.assessment.decision import CalibrationBin, Decision
from ankleviewer.core.assessment.explain import HeatMap
from ankleviewer.core.assessment.result import AnkleInfo, Box, ModelAnswer, ModelFacts, Result, Runtime, ScanInfo
from ankleviewer.core.display.scene import Scene
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import Grid
from ankleviewer.core.reading.history import History
from ankleviewer.core.reading.measure import Value
from ankleviewer.core.reading.places import Place
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.core.volume import Volume
from ankleviewer.reports.content import Report

GRID = Grid.axis_aligned((60, 60, 60), 1.0, (0.0, 0.0, 0.0))
BOX = Box(
    0.71, (40.0, 30.0, 20.0), (34.0, 25.0, 15.0), (46.0, 35.0, 25.0), (40, 30, 20), (34, 25, 15), (46, 35, 25), (76, 90, 22)
)
DECISION = Decision(1.0, 0.0, 0.2, 0.8, 8.0, 0.5, 134, (CalibrationBin(0.0, 0.5, 70, 6), CalibrationBin(0.5, 1.0, 64, 61)))
PATH = "/home/clinic/Mueller_Anna.nii.gz"


def answer(
    call: str = "fracture", chance: float | None = 0.93, ankle: int = 0, name: str = "compact", **more: object
) -> ModelAnswer:
    """One model's answer with the box where its call has one."""
    fields = {"status": "released", "boxes": (BOX,) if call in ("fracture", "uncertain") else ()} | more
    runtime = Runtime("CPUExecutionProvider" if chance is not None else None, 0.1)
    return ModelAnswer(name, "3", "ab" * 32, ankle=ankle, probability=chance, call=call, runtime=runtime, **fields)


def report(*answers: ModelAnswer, **more: object) -> Report:
    """A report on one right ankle."""
    given = answers or (answer(),)
    result = Result(
        ScanInfo(PATH, "12" * 32, "nifti", GRID.shape, GRID.spacing, "LPS"),
        "caveat",
        more.pop("findings", (Finding("caveat", "GANTRY_TILT", "The gantry was tilted by 18.5 degrees."),)),
        (AnkleInfo("R", (5.0, 5.0, 5.0), (55.0, 55.0, 55.0)),) * (1 + max(a.ankle or 0 for a in given)),
        given,
        software={"version": "9.9", "python": "3.11", "onnxruntime": "1.31"},
    )
    facts = {"compact": ModelFacts("Compact 3D CNN", DECISION, "simulated ankles")}
    history = History()
    history.judge(Place("compact", "ab" * 32, 0, 0), "rejected", "Growth plate or its scar")
    history.add_missed((10.0, 12.0, 30.0))
    history.edit_box(Place("compact", "ab" * 32, 0, 0), BoxMm((30.0, 24.0, 14.0), (50.0, 36.0, 28.0)))
    history.add_measure("medial clear space", ((1.0, 2.0, 3.0), (1.0, 6.1, 3.0)), None, (Value("width", 4.1, "mm"),))
    fields = {"review": history.review, "shown": given[0], "written": datetime(2026, 2, 3, 4, 5, tzinfo=UTC)} | more
    return Report(result, "CT ankle, bone kernel", facts, outline=(3.2, 8.0, 6.0), **fields)


def scene() -> Scene:
    """A column of bone with a hot place."""
    hu = np.full(GRID.shape, -1000, dtype=np.int16)
    hu[20:45, 20:40, :] = 1000
    values = np.zeros(GRID.shape, dtype=np.float32)
    values[36:45, 27:34, 17:24] = 6.0
    heat = HeatMap(values, GRID, 3.2, 8.0, 1.0, 16)
    return Scene(Volume(hu, GRID), heat, (BOX,), True, (np.full(3, 2.0), np.full(3, 58.0)))


def pdf_text(data: bytes) -> list[str]:
    """The text of each page of a PDF that ReportLab wrote, one line a show operator."""
    pages = []
    for body in re.findall(rb"/ASCII85Decode /FlateDecode[^>]*/Length \d+\s*>>\s*stream\r?\n(.*?)endstream", data, re.DOTALL):
        content = zlib.decompress(base64.a85decode(body.strip(), adobe=False) if not body.strip().endswith(b"~>") else
                                  base64.a85decode(b"<~" + body.strip(), adobe=True))  # fmt: skip
        if b" Tj" in content:
            shown = re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", content)
            pages.append("\n".join(_plain(part) for part in shown))
    return pages


def _plain(part: bytes) -> str:
    octal = re.sub(rb"\\(\d{3})", lambda m: bytes([int(m[1], 8)]), part)
    return re.sub(rb"\\(.)", rb"\1", octal).decode("cp1252")


@pytest.fixture
def made() -> SimpleNamespace:
    """The builders above."""
    return SimpleNamespace(report=report, answer=answer, scene=scene, pdf_text=pdf_text, BOX=BOX, PATH=PATH, GRID=GRID)
