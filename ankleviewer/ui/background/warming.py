"""Warming: what the first scan will need is loaded while the start page is looked at, in pieces that hold nobody up.

Libraries and modules come on a thread of their own, then the 3D view is made in steps between the window's own events. Nothing
depends on it: what is not warm yet is loaded when it is needed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from ankleviewer.ui.background import collecting, importing
from ankleviewer.ui.background.jobs import LONGEST_TURN_S, step_back, turn
from ankleviewer.ui.background.opengl import load_driver

_HOLD_S = 0.02
_STEP_MS = 12  # between two steps on the main thread
_RTLD_LAZY = 1

# In the order in which a first scan asks for them; nothing that makes classes of Qt (see qt_classes).
MODULES = (
    "ankleviewer.session", "scipy.ndimage", "ankleviewer.inference.engines.runtime", "openvino", "onnxruntime",
    "skimage.measure._find_contours", "skimage.measure._marching_cubes_lewiner", "ankleviewer.core.display.surface",
    "vtkmodules.vtkCommonCore", "vtkmodules.vtkCommonDataModel", "vtkmodules.vtkRenderingCore", "vtkmodules.vtkFiltersCore",
    "vtkmodules.vtkRenderingOpenGL2", "vtkmodules.vtkRenderingAnnotation", "vtkmodules.vtkInteractionStyle",
    "vtkmodules.vtkInteractionWidgets", "vtkmodules.vtkRenderingUI", "pyvista", "matplotlib.pyplot",
    "matplotlib.backends.backend_agg", "pyvista.plotting", "ankleviewer.ui.view3d.bone3d",
    "ankleviewer.core.anatomy.disarticulate",
)  # fmt: skip

log = logging.getLogger(__name__)


class Warming(QObject):
    """Runs once, from `start` to `ended`.

    Args:
        early: what is done on the main thread piece by piece while the modules come.
        steps: what is done there when they have come.
        hold: whether something else comes before the modules, e.g. the reading of a scan.
    """

    ended = Signal()

    def __init__(
        self,
        early: Iterator[object],
        steps: Iterator[object],
        parent: QObject | None = None,
        modules: tuple[str, ...] = MODULES,
        hold: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(parent)
        self._modules, self._hold = modules, hold
        self._driver, self._loaded, self._stop = threading.Event(), threading.Event(), threading.Event()
        self._turn: threading.Event | None = None
        self._steps: Iterator[object] = chain(_until(self._driver), early, _until(self._loaded), steps)
        self._thread: threading.Thread | None = None
        self._next = QTimer(self, singleShot=True, interval=_STEP_MS)
        self._next.timeout.connect(self._step)
        self.ended.connect(collecting.settle)

    def start(self) -> None:
        """Begin; the window is on the screen."""
        collecting.put_off()
        importing.start()
        self._thread = threading.Thread(target=self._load, name="warming", daemon=True)
        self._thread.start()
        self._next.start()

    def give_way(self) -> None:
        """Load nothing before the main thread has painted what it is about to paint."""
        self._turn = turn()

    def stop(self) -> None:
        """Do no more; what is under way is waited for."""
        self._stop.set()
        self._next.stop()
        if self._thread is not None:
            self._thread.join()
        self._steps = iter(())

    def _load(self) -> None:
        step_back()
        try:
            load_driver()
        finally:
            self._driver.set()
        try:
            preload_libraries(self._stop)
            self._import()
        finally:
            self._loaded.set()

    def _import(self) -> None:
        for name in self._modules:
            while self._hold() and not self._stop.wait(_HOLD_S):
                pass
            if self._stop.is_set():
                return
            try:
                importing.load(name, breath=self._breathe)
            except (Exception, SystemExit):  # whoever needs it meets the same error and says so
                log.info("not warmed: %s", name, exc_info=True)

    def _breathe(self) -> None:
        """Before each module: the window's turn."""
        if self._turn is not None and not self._turn.wait(LONGEST_TURN_S):
            self._turn = None  # perhaps the main thread itself waits for what is imported here
        importing.pause()

    def _step(self) -> None:
        try:
            next(self._steps)
        except StopIteration:
            self.ended.emit()
        except Exception:
            log.exception("warming ended early")
            self.ended.emit()
        else:
            self._next.start()


def _until(event: threading.Event) -> Iterator[None]:
    while not event.is_set():
        yield


def preload_libraries(stop: threading.Event) -> None:
    """Map VTK's shared libraries without the interpreter's lock, which Python holds while it loads an extension.

    An import that comes later finds them there. Not on Windows, which searches for their dependencies in another way.
    """
    if sys.platform == "win32":
        return
    found = importlib.util.find_spec("vtkmodules")
    if found is None or not found.submodule_search_locations:
        return
    system = ctypes.CDLL(None)
    system.dlopen.restype, system.dlopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_int]
    for name in ("RenderingOpenGL2", "RenderingVolumeOpenGL2", "RenderingAnnotation", "InteractionWidgets", "FiltersModeling"):
        for path in sorted(Path(found.submodule_search_locations[0]).glob(f"vtk{name}.*.so")):
            if not stop.is_set():
                system.dlopen(str(path).encode(), _RTLD_LAZY)
