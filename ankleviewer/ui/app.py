"""run(): the window's life from the command line to the exit code. Imports Qt; everything heavy comes later."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from ankleviewer.core.errors import AnkleViewerError, ModelError, ScanError
from ankleviewer.io.atomic import write_bytes
from ankleviewer.ui.background import collecting, importing, interrupting, opengl, qt_classes, screen
from ankleviewer.ui.files import log_saving
from ankleviewer.ui.files.exporting import is_of_scan, png
from ankleviewer.ui.files.leaving import leave
from ankleviewer.ui.look import theme
from ankleviewer.ui.main_window import MainWindow
from ankleviewer.ui.state import settings
from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.succession import Keeper
from ankleviewer.ui.words import translate

_FAILED, _USAGE, _REFUSED, _BAD_PACK = 1, 2, 3, 4
_GIVE_UP_S = 600
_DRIVER_S = 10.0  # a driver that takes longer is not waited for
WARM_AFTER_MS = 100  # the window has been painted by then


def application() -> QApplication:
    """The one QApplication, dressed."""
    # A thread that computes in Python gives way to the window after 1 ms instead of 5.
    sys.setswitchinterval(0.001)
    importing.start()
    app = QApplication.instance()
    if app is None:
        with screen.told():
            app = QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)  # nobody else makes a lesser one
    app.setApplicationName("AnkleViewer")
    app.setDesktopFileName("ankleviewer")
    qt_classes.early()
    translate.install(settings.load().language)
    theme.apply(app)
    return app


def run(
    path: str | None,
    model: str | None = None,
    screenshot: str | None = None,
    pick: str = "",
    hints: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Show the window until it is closed.

    Args:
        path: scan to open at once, or None.
        model: name of the model that answers ("all" for every one), None = the default.
        screenshot: PNG to write, in a folder that exists, once the answer is there; the window then closes by itself.
        pick: key of the series to open where `path` holds several, "" to ask.
        hints: with `screenshot`, what the command line adds to a refusal, by its code.

    Returns:
        0; 1 after Ctrl-C; with `screenshot` also 1 (failed, picture not written, or took longer than ten minutes), 2 (unknown
        model), 3 (scan refused), 4 (model refused, or one of several failed: the picture shows the others' answers).
    """
    collecting.put_off()  # until all is warm
    app = application()
    driver = threading.Thread(target=opengl.load_driver, name="driver", daemon=True)
    driver.start()  # while the window is made
    window = MainWindow(model=model)
    shot = Screenshot(window, screenshot, path, hints) if screenshot else None
    window.show()
    # One turn of the event loop first: the window is on the screen before anything heavy is imported.
    QTimer.singleShot(0, window.controller.list_models)
    QTimer.singleShot(WARM_AFTER_MS, window, window.warm)
    if path:
        QTimer.singleShot(0, lambda: window.open(path, pick))
    QTimer.singleShot(0, window.tell_of_settings)  # after that, since a scan that is opened takes earlier notices away
    keeper = Keeper(window)
    with log_saving.watched(), interrupting.closing(lambda: leave(keeper.window)) as interrupted:
        app.exec()
    window = keeper.window
    window.close()
    code = shot.code if shot is not None else _FAILED if interrupted.told else 0
    window.deleteLater()
    app.processEvents()
    driver.join(_DRIVER_S)  # its context must be gone before the connection to the screen is
    return code


class Screenshot(QObject):
    """Waits for the answer and the 3D view, saves the picture of the window and closes it."""

    def __init__(
        self, window: MainWindow, target: str, path: str | None, hints: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        super().__init__(window)
        self.window, self.target, self.code, self._hints = window, target, _FAILED, hints
        self._analysed, self._taken = path is None, False
        window.controller.settled.connect(self._on_settled)
        window.pane3d.settled.connect(self._later)
        QTimer.singleShot(_GIVE_UP_S * 1000, self, window.close)
        if path is None:
            self._later()

    def _on_settled(self, ok: bool) -> None:
        controller = self.window.controller
        failure = controller.failure
        if not ok and failure is not None:
            self.code = _told(failure)
            if failure.code in self._hints:
                print(self._hints[failure.code], file=sys.stderr)  # noqa: T201 - the command line's own words
            QTimer.singleShot(0, self.window.close)
            return
        self._analysed = True
        self._later()

    def _later(self) -> None:
        # Layout, the surface's first rendering and the last change of state all settle within this time.
        QTimer.singleShot(300, self, self._take)

    def _take(self) -> None:
        busy = self.window.controller.phase in (Phase.READING, Phase.ANALYSING)
        if not self._analysed or busy or self.window.pane3d.pending or self._taken:
            return
        self._taken = True
        try:
            if is_of_scan(self.window.controller.case, Path(self.target)):  # the command line knows no scan of a session
                raise FileExistsError
            write_bytes(self.target, png(self.window.picture()))
            analysis = self.window.controller.analysis
            errors = {str(error): error for error in analysis.errors.values()} if analysis is not None else {}  # each once
            self.code = max(map(_told, errors.values()), default=0)
        except OSError:
            print(f"The picture could not be written: {self.target}", file=sys.stderr)  # noqa: T201 - the same
        self.window.close()


def _told(error: AnkleViewerError) -> int:
    """Say what did not work; the exit code that it means."""
    print(error, file=sys.stderr)  # noqa: T201 - the command line's own words
    if isinstance(error, ModelError):
        return _USAGE if error.code == "MODEL_UNKNOWN" else _BAD_PACK
    return _REFUSED if isinstance(error, ScanError) else _FAILED
