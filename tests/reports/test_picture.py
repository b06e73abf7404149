"""picture: the box is drawn where it lies, the wording never claims more than the model said, the disclaimer is always there."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.explain import HeatMap
from ankleviewer.core.assessment.result import Box, ModelAnswer, Runtime
from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.geometry import Grid
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.core.volume import Volume
from ankleviewer.reports.picture import BOX_LINE, HEAD, HEAT_LINE, NOTE, PANE, READER_LINE, _subline, headline, pane, picture, png

GRID = Grid.axis_aligned((80, 80, 80), 1.0, (0.0, 0.0, 0.0))
BOX = Box(0.9, (50.0, 40.0, 30.0), (40.0, 30.0, 20.0), (60.0, 50.0, 40.0), *[(50, 40, 30)] * 4)


def answer(call: str, probability: float | None) -> ModelAnswer:
    boxes = (BOX,) if call in ("fracture", "uncertain") else ()
    return ModelAnswer("compact", "1", "x", "released", 0, probability, call, boxes, Runtime("CPUExecutionProvider", 0.1))


def scene(with_heat: bool = True, firm: bool = True) -> Scene:
    volume = Volume(np.full(GRID.shape, -1000, dtype=np.int16), GRID)
    values = np.zeros(GRID.shape, dtype=np.float32)
    values[44:57, 34:47, 24:37] = 6.0
    heat = HeatMap(values, GRID, 3.0, 8.0, 1.0, 16)
    return Scene(volume, heat if with_heat else None, (BOX,) if with_heat else (), firm)


def part(image: Image.Image, n: int) -> np.ndarray:
    return np.asarray(image)[HEAD : HEAD + PANE, n * (PANE + 8) : n * (PANE + 8) + PANE].astype(int)


def where(pixels: np.ndarray, colour) -> np.ndarray:
    return np.argwhere((pixels == colour).all(axis=-1))


def test_box_and_outline_lie_where_they_are() -> None:
    image = picture(scene(), answer("fracture", 0.97), BOX.center_mm, "Left ankle")
    axial = part(image, 0)
    scale = PANE / 80
    rows, columns = where(axial, BOX_LINE)[:, 0], where(axial, BOX_LINE)[:, 1]
    # LPS 40..60 along x, 30..50 along y; a voxel's centre lies half a voxel from its edge
    near = (np.abs(columns / scale - 0.5 - 40) < 1) | (np.abs(columns / scale - 0.5 - 60) < 1)
    near |= (np.abs(rows / scale - 0.5 - 30) < 1) | (np.abs(rows / scale - 0.5 - 50) < 1)
    assert len(rows) > 100 and near.mean() > 0.95
    line = where(axial, HEAT_LINE)
    assert len(line) > 50 and np.abs(line[:, 1].mean() / scale - 0.5 - 50) < 1.5


def test_dotted_when_uncertain() -> None:
    solid = where(part(picture(scene(), answer("fracture", 0.9), BOX.center_mm), 1), BOX_LINE)
    dotted = where(part(picture(scene(firm=False), answer("uncertain", 0.5), BOX.center_mm), 1), BOX_LINE)
    assert 0.3 * len(solid) < len(dotted) < 0.8 * len(solid)


def test_the_readers_box_lies_where_the_reader_drew_it() -> None:
    state = ViewState(cursor_mm=BOX.center_mm)
    own = BoxMm((20.0, 10.0, 20.0), (70.0, 70.0, 40.0))
    seen = where(np.asarray(pane(state, scene(), "axial", PANE, [own])), READER_LINE)
    assert np.allclose(seen.min(axis=0) / (PANE / 80) - 0.5, (10, 20), atol=1)
    assert np.allclose(seen.max(axis=0) / (PANE / 80) - 0.5, (70, 70), atol=1)
    away = BoxMm((20.0, 10.0, 60.0), (70.0, 70.0, 70.0))
    assert not len(where(np.asarray(pane(state, scene(), "axial", PANE, [away])), READER_LINE))


def test_scan_alone_without_an_answer() -> None:
    image = picture(scene(with_heat=False), None, (40.0, 40.0, 40.0))
    assert not len(where(part(image, 0), HEAT_LINE))
    assert image.size == (3 * PANE + 16, HEAD + PANE + 40)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (("fracture", 0.974), "Left ankle: fracture (fracture probability 0.97)"),
        (("fracture", 0.9999), "Left ankle: fracture (fracture probability > 0.99)"),
        (("uncertain", 0.5), "Left ankle: uncertain (fracture probability 0.50)"),
        (("no fracture", 0.001), "Left ankle: no fracture found (fracture probability < 0.01)"),
        (("not assessed", None), "Left ankle: not assessed"),
    ],
)
def test_wording(given, text) -> None:
    assert headline(answer(*given), "Left ankle") == text
    assert headline(None) == "Ankle: not assessed"


def test_a_probability_beside_a_threshold_is_written_as_in_the_report() -> None:
    decision = Decision(1.0, 0.0, 0.29, 0.527, 8.0, 0.5)
    assert headline(answer("fracture", 0.528), "", decision) == "Ankle: fracture (fracture probability 0.528)"


def test_the_line_below_names_an_outline_only_where_one_is_drawn() -> None:
    assert _subline(answer("fracture", 0.9), BOX.center_mm).endswith("mm. The outline is where the model looked.")
    assert _subline(answer("no fracture", 0.1), BOX.center_mm).endswith(" mm.")
    assert _subline(answer("not assessed", None), BOX.center_mm).endswith(" mm.")
    assert _subline(None, BOX.center_mm).startswith("planes at")


def test_png_is_stable_and_carries_the_disclaimer() -> None:
    shown = picture(scene(), answer("fracture", 0.9), BOX.center_mm)
    assert png(shown) == png(shown)
    back = Image.open(BytesIO(png(shown)))
    assert back.format == "PNG" and back.size == shown.size
    foot = np.asarray(shown)[HEAD + PANE :, :300]
    assert (foot > 200).any()


def test_notes_stand_above_the_planes_and_the_reader_s_box_beside_the_model_s() -> None:
    plain = picture(scene(), answer("fracture", 0.97), BOX.center_mm, "Left ankle")
    own = BoxMm((42.0, 32.0, 22.0), (70.0, 60.0, 45.0))
    long = "Rejected by the reader: finding 1. " + "Remark: a vessel. " * 12
    noted = picture(
        scene(), answer("fracture", 0.97), BOX.center_mm, "Left ankle", notes=[long, "Also: right ankle."], readers=[own]
    )
    assert noted.height - plain.height == 3 * NOTE, "a long note takes two lines"
    axial = np.asarray(noted)[HEAD + 3 * NOTE : HEAD + 3 * NOTE + PANE, :PANE].astype(int)
    assert len(where(axial, READER_LINE)) and not len(where(part(plain, 0), READER_LINE))
    assert (np.asarray(noted)[HEAD - 4 : HEAD + 3 * NOTE - 4].max(axis=(1, 2)) > 200).any()
