"""What the window's tests share: a small phantom case, a backend without files or models, and the leak watch."""

from __future__ import annotations

import functools
import gc
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np
import pytest
import scipy.ndimage  # noqa: F401  reading a scan has brought it before anything is painted
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QThreadPool, SignalInstance
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from ankleviewer.core.assessment.decision import CalibrationBin, Decision
from ankleviewer.core.assessment.explain import HeatMap, Native
from ankleviewer.core.assessment.result import AnkleInfo, Box, ModelAnswer, ModelFacts, Result, Runtime, ScanInfo, consensus
from ankleviewer.core.errors import Cancelled, ModelError, ScanError
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import Grid
from ankleviewer.core.serieschoice import Series
from ankleviewer.core.volume import Volume
from ankleviewer.ui.look import theme
from ankleviewer.ui.main_window import MainWindow
from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.words import translate

_VTK = ("vtkXOpenGLRenderWindow", "vtkGenericOpenGLRenderWindow", "vtkRenderWindow", "QtInteractor", "_Hidden")
GRID = Grid.axis_aligned((64, 72, 80), (1.0, 1.0, 1.0), (-32.0, -40.0, 100.0))
HEAT_GRID = Grid.axis_aligned((128, 128, 128), 1.0, (-64.0, -64.0, 76.0))
_LONGEST_MS = 60_000  # what must happen is waited for; below the time that pytest gives a test
T = TypeVar("T", bound=np.generic)
FIRST, SECOND = (-6.0, 4.0, 140.0), (12.0, -10.0, 150.0)


def phantom() -> Volume:
    """Two shafts and a block, HU as in bone, soft tissue and air; read only."""
    return Volume(_phantom_hu(), GRID)


@functools.cache
def _phantom_hu() -> NDArray[np.int16]:
    x, y, z = np.moveaxis(GRID.to_mm(np.stack(np.meshgrid(*map(np.arange, GRID.shape), indexing="ij"), axis=-1)), -1, 0)
    hu = np.where((x / 26) ** 2 + (y / 30) ** 2 < 1, 50, -1000)
    hu[np.hypot(x - 4, y) < 12] = 1100
    hu[np.hypot(x + 14, y - 8) < 5] = 1200
    hu[(np.hypot(x - 4, y) < 15) & (z < 125)] = 500
    return _shared(hu.astype(np.int16))


def box_around(mm: tuple[float, float, float], score: float) -> Box:
    """A box of 12 mm around a position."""
    low, high = (tuple(float(v + d) for v in mm) for d in (-6, 6))
    voxel = GRID.to_voxel(np.array([mm, low, high])).round().astype(int)
    centre, start, stop = (tuple(int(n) for n in row) for row in voxel)
    return Box(score, mm, low, high, centre, start, stop, (76, 90, 22))


def heat_around(mm: tuple[float, float, float]) -> HeatMap:
    """A round map that peaks at a position; read only."""
    values = _heat_values(mm)
    cells = values[3::8, 3::8, 3::8] - 4.0  # about what a network's own map would be
    return HeatMap(values, HEAT_GRID, threshold=3.2, reference=8.0, floor=0.5, cells=16, native=Native(cells, "lse", 8.0, 3.5))


@functools.cache
def _heat_values(mm: tuple[float, float, float]) -> NDArray[np.float32]:
    positions = HEAT_GRID.to_mm(np.stack(np.meshgrid(*map(np.arange, HEAT_GRID.shape), indexing="ij"), axis=-1))
    return _shared(np.maximum(8.0 - np.linalg.norm(positions - mm, axis=-1) * 0.6, 0).astype(np.float32))


def _shared(values: NDArray[T]) -> NDArray[T]:
    """Made once for all tests, of which none may change it."""
    values.setflags(write=False)
    return values


def answer(call: str = "fracture", boxes: tuple[Box, ...] | None = None, name: str = "compact", **more: object) -> ModelAnswer:
    """One model's answer."""
    chance = {"fracture": 0.93, "uncertain": 0.48, "no fracture": 0.04, "not assessed": None}[call]
    if boxes is None:
        boxes = (box_around(FIRST, 0.71), box_around(SECOND, 0.22)) if call in ("fracture", "uncertain") else ()
    fields: dict[str, object] = {"version": "1.0", "sha256": "0" * 64, "status": "released", "ankle": 0, "probability": chance}
    fields |= {"call": call, "boxes": boxes, "runtime": Runtime("CPUExecutionProvider", 1.2)} | more
    return ModelAnswer(name=name, **fields)


def ankle(side: str = "R", complete: bool = True, reason: str = "") -> SimpleNamespace:
    """An ankle of the phantom."""
    low, high = (-24.0, -28.0, 104.0), (24.0, 28.0, 176.0)
    place = {"center_mm": (0.0, 0.0, 130.0), "min_mm": low, "max_mm": high, "up": (0.0, 0.0, 1.0)}
    return SimpleNamespace(side=side, complete=complete, reason=reason, **place)


@dataclass
class FakeBackend:
    """The use cases without files or models; every part can be replaced by a test. `gate` holds work until it is set."""

    answers: tuple[ModelAnswer, ...] = field(default_factory=lambda: (answer(),))
    findings: tuple[Finding, ...] = ()
    ankles: tuple[SimpleNamespace, ...] = field(default_factory=lambda: (ankle(),))
    verdict: str = "accept"
    read_error: Exception | None = None
    analyse_error: Exception | None = None
    volume: Volume = field(default_factory=phantom)
    heat: HeatMap | None = field(default_factory=lambda: heat_around(FIRST))
    models: tuple[SimpleNamespace, ...] = (
        SimpleNamespace(
            name="compact",
            title="Compact 3D-CNN",
            status="released",
            default=True,
            data="simulated ankles",
            hu_range=(-200, 1500),
        ),
        SimpleNamespace(
            name="mobilenet", title="3D-MobileNet", status="preliminary", default=False, data="", hu_range=(-1000, 400)
        ),
    )
    decision: Decision = field(
        default_factory=lambda: Decision(
            1.0, 0.0, 0.2, 0.8, 8.0, 0.5, 134, (CalibrationBin(0.0, 0.5, 70, 6), CalibrationBin(0.5, 1.0, 64, 61))
        )
    )
    model_errors: dict[str, ModelError] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    opened: list[str] = field(default_factory=list)
    series: tuple[Series, ...] = ()
    series_error: Exception | None = None
    picked: list[str] = field(default_factory=list)
    journal: list[dict[str, object]] = field(default_factory=list)
    journal_error: OSError | None = None
    damaged: int = 0
    saved: list[tuple[object, object, str]] = field(default_factory=list)
    sha256: str = "ab" * 32
    former_sha256: str = ""
    reported: list[tuple[object, object, object, str]] = field(default_factory=list)
    analysed: list[list[str]] = field(default_factory=list)
    format: str = "nifti"
    sent: list[tuple[object, object, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def _wait(self, progress: Callable[[float, str], None], cancelled: Callable[[], bool], text: str) -> None:
        progress(0.4, text)
        while not self.gate.wait(0.01):
            if cancelled():
                raise Cancelled

    def open_case(
        self, path: str, progress: Callable[[float, str], None], cancelled: Callable[[], bool], pick: str = ""
    ) -> SimpleNamespace:
        """A case, or the error set by the test; of several series the picked one."""
        self._wait(progress, cancelled, "Reading slices")
        self.opened.append(path)
        if self.read_error is not None:
            raise self.read_error
        if self.series and not pick:
            raise ScanError("SERIES_AMBIGUOUS", "The folder holds several series.")
        self.picked.append(pick)
        scan = SimpleNamespace(
            volume=self.volume,
            path=path,
            series="CT ankle, bone kernel",
            format=self.format,
            sha256=self.sha256,
            former_sha256=self.former_sha256,
        )
        return SimpleNamespace(scan=scan, findings=self.findings, verdict=self.verdict, ankles=self.ankles)

    def analyse(
        self, case: SimpleNamespace, models: list[str], progress: Callable[[float, str], None], cancelled: Callable[[], bool]
    ) -> SimpleNamespace:
        """An analysis of the prepared answers; by no name the default model's, as `session.analyse` has it."""
        self._wait(progress, cancelled, "Model 1 of 1")
        self.analysed.append(models)
        if self.analyse_error is not None:
            raise self.analyse_error
        asked = models or [model.name for model in self.models if model.default]
        wanted = tuple(a for a in self.answers if a.name in asked or models == ["all"])
        infos = tuple(AnkleInfo(a.side, a.min_mm, a.max_mm) for a in case.ankles)
        result = Result(ScanInfo(case.scan.path), "accept", tuple(case.findings), infos, wanted, consensus(wanted))
        heat = {(a.name, a.ankle): self.heat for a in wanted if a.boxes and self.heat is not None}
        facts = {m.name: ModelFacts(m.title, self.decision, m.data) for m in self.models if m.name in {a.name for a in wanted}}
        return SimpleNamespace(result=result, heatmaps=heat, facts=facts, errors=dict(self.model_errors))

    def list_series(self, path: str, progress: Callable[[float, str], None], cancelled: Callable[[], bool]) -> tuple[Series, ...]:
        """The series prepared by the test."""
        self._wait(progress, cancelled, "Reading headers")
        if self.series_error is not None:
            raise self.series_error
        return self.series

    def read_review(self, case: SimpleNamespace) -> tuple[list[dict[str, object]], int]:
        """What was written before, and the number of lines that are damaged."""
        return list(self.journal), self.damaged

    def add_to_review(self, sha256: str, record: dict[str, object]) -> None:
        """Write a record, or fail as the test wants."""
        if self.journal_error is not None:
            raise self.journal_error
        self.journal.append(record)

    def save_review(self, case: SimpleNamespace, analysis: SimpleNamespace, review: object, path: str) -> None:
        """Remember what was saved, or fail as the test wants."""
        if self.journal_error is not None:
            raise self.journal_error
        self.saved.append((analysis, review, path))

    def save_report(self, case: SimpleNamespace, analysis: SimpleNamespace, review: object, shown: object, path: str) -> None:
        """Remember what was reported, or fail as the test wants."""
        if self.journal_error is not None:
            raise self.journal_error
        self.reported.append((analysis, review, shown, path))

    def save_dicom(
        self,
        case: SimpleNamespace,
        analysis: SimpleNamespace,
        review: object,
        shown: object,
        folder: str,
        progress: Callable[[float, str], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Remember what was sent, or fail as the test wants."""
        if self.journal_error is not None:
            raise self.journal_error
        self.sent.append((review, shown, folder))

    def rest(self, cancelled: Callable[[], bool]) -> tuple[tuple[str, str], ...]:
        """Nothing is held, and no engine answered otherwise than the CPU."""
        return ()

    def list_models(self) -> list[SimpleNamespace]:
        """The packs."""
        return list(self.models)


def refusal() -> ScanError:
    """What the reader says of uneven slices."""
    return ScanError("SPACING_UNEVEN", "The slices are 0.5 and 1.0 mm apart. Export the series again without gaps.")


@pytest.fixture(scope="session", autouse=True)
def what_was_there_is_no_leak(qapp: QApplication) -> None:
    """Objects from before the first window (torch, VTK, the other tests) are not searched after every test; each search took
    longer than many a test.
    """
    gc.collect()
    gc.freeze()


class PatientBot(QtBot):
    """pytest-qt's, but a machine that is busy with other things fails no test: a wait ends when what it is for has happened."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = _LONGEST_MS) -> None:  # noqa: N802  pytest-qt's name
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: SignalInstance, *, timeout: int = _LONGEST_MS, **more: Any) -> Any:  # noqa: N802
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitSignals(self, signals: list[SignalInstance], *, timeout: int = _LONGEST_MS, **more: Any) -> Any:  # noqa: N802
        return super().waitSignals(signals, timeout=timeout, **more)

    def waitExposed(self, widget: QWidget, *, timeout: int = _LONGEST_MS) -> Any:  # noqa: N802
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: QWidget, *, timeout: int = _LONGEST_MS) -> Any:  # noqa: N802
        return super().waitActive(widget, timeout=timeout)

    def waitCallback(self, *, timeout: int = _LONGEST_MS, **more: Any) -> Any:  # noqa: N802
        return super().waitCallback(timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    """As pytest-qt's own, which closes at the test's end what `addWidget` was told of."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def no_leaks(qapp: QApplication) -> Iterator[None]:
    """Nothing survives a test: no window, no job, no VTK render window."""
    theme.apply(qapp, "dark")
    yield
    assert QThreadPool.globalInstance().waitForDone(_LONGEST_MS), "a job is still running"
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    gc.collect()
    left = [w for w in qapp.topLevelWidgets() if w.isVisible()]
    assert not left, f"windows left open: {left}"
    vtk_left = [o for o in gc.get_objects() if type(o).__name__ in _VTK]
    assert not vtk_left, f"VTK windows left: {vtk_left}"


@pytest.fixture
def backend() -> FakeBackend:
    """A backend that answers at once."""
    return FakeBackend()


@pytest.fixture
def two_unknown() -> tuple[SimpleNamespace, SimpleNamespace]:
    """Two ankles of unknown side, the patient's right one first."""
    right, left = ankle("unknown"), ankle("unknown")
    right.max_mm, left.min_mm = (-2.0, 28.0, 176.0), (2.0, -28.0, 104.0)
    return right, left


@pytest.fixture
def make_window(qtbot: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., MainWindow]]:
    """Builds windows and closes them; without 3D unless asked."""
    made: list[MainWindow] = []

    def make(backend: FakeBackend, path: str | None = "scan.nii.gz", gl: bool = False) -> MainWindow:
        if not gl:
            monkeypatch.setenv("ANKLEVIEWER_NO_3D", "1")
        window = MainWindow(backend)
        made.append(window)
        window.resize(1280, 800)
        window.show()
        window.controller.list_models()
        if path is not None:
            window.controller.open(path)
            if backend.gate.is_set():
                qtbot.waitUntil(lambda: window.controller.phase is not Phase.READING and not busy(window), timeout=20000)
        return window

    yield make
    for window in made:
        if isValid(window):  # another language makes another window
            window.close()
            window.deleteLater()


@pytest.fixture
def speak(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Installs a language; English, and the font that was, afterwards."""
    monkeypatch.delenv(translate.VARIABLE)
    font = qapp.font()
    yield translate.install
    translate.install("en")
    qapp.setFont(font)


def busy(window: MainWindow) -> bool:
    """True while any job of the window runs."""
    controller = window.controller
    return any(j.running for j in (controller.reading, controller.analysing, controller.listing, window.pane3d.job))


@pytest.fixture
def fakes() -> SimpleNamespace:
    """The builders above, for tests that vary them."""
    return SimpleNamespace(
        Backend=FakeBackend, answer=answer, ankle=ankle, box=box_around, heat=heat_around, refusal=refusal, phantom=phantom,
        busy=busy, grid=GRID, first=FIRST, second=SECOND,
    )  # fmt: skip
