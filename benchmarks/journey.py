"""A reader's journey through the program, by key presses alone, on a virtual screen of its own (Linux, Xvfb).

Opens the sample scan from the start page, waits for the answer, steps and judges findings, measures, turns the planes, looks at
slabs, lightbox and 3D, hides names, saves report, result, picture and session, restores the session and quits. Every step asserts
what must be true after it, and with --pictures leaves a numbered picture of the whole screen.

    python -m benchmarks.journey --screen 2560x1600 --scale 2 --theme light --pictures out/journey

Status: 0, or 1 with the step that failed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.screen import virtual_screen

WAIT_S = 90.0  # for an answer on a busy machine


class Journey:
    """One window, its keyboard and its camera.

    Args:
        window: the program's window, shown.
        folder: where files are saved.
        pictures: where numbered pictures go, None for none.
    """

    def __init__(self, window: Any, folder: Path, pictures: Path | None) -> None:
        self.window, self.folder, self.pictures = window, folder, pictures
        self.steps: list[tuple[str, float]] = []
        self._began = time.monotonic()

    # ------------------------------------------------------------------------------------------------- keyboard and patience
    def press(self, keys: str, times: int = 1) -> None:
        """Press a key as Qt writes it ("Ctrl+Shift+S") where the keyboard is: an open menu, a dialog, or the window."""
        from PySide6.QtGui import QKeySequence
        from PySide6.QtTest import QTest

        combined = QKeySequence(keys)[0]  # type: ignore[index]  # the stubs lack it
        for _ in range(times):
            QTest.keyClick(self._target(), combined.key(), combined.keyboardModifiers())
            self.settle()

    def hold(self, keys: str, meanwhile: Callable[[], None]) -> None:
        """Press a key, look, let go."""
        from PySide6.QtGui import QKeySequence
        from PySide6.QtTest import QTest

        target, key = self._target(), QKeySequence(keys)[0].key()  # type: ignore[index]  # the stubs lack it
        QTest.keyPress(target, key)
        self.settle()
        meanwhile()
        QTest.keyRelease(target, key)
        self.settle()

    def _target(self) -> Any:
        from PySide6.QtWidgets import QApplication

        self._wake()
        top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        focused = QApplication.focusWidget()
        if top is not None:
            return focused if focused is not None and focused.window() is top else top
        return focused or QApplication.activeWindow() or self.window

    def _wake(self) -> None:
        """A virtual screen has no window manager to give the keyboard to a new dialog, and back when it is closed."""
        from PySide6.QtWidgets import QApplication, QDialog

        if QApplication.activePopupWidget() is not None:
            return
        dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        top = QApplication.activeModalWidget() or (dialogs[-1] if dialogs else self.window)
        if not top.isActiveWindow() and top.isVisible():
            top.activateWindow()
            self.until(top.isActiveWindow, "the keyboard", 20)

    def settle(self, ms: int = 40) -> None:
        """Let the event loop turn, and the program's threads work (QTest.qWait would hold the interpreter meanwhile)."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def until(self, true: Callable[[], bool], what: str, seconds: float = WAIT_S) -> None:
        """Wait for something to become true."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
            self.settle(60)

    def type_path(self, keys: str, path: Path, picture: str = "") -> None:
        """Press keys that open a file dialog, type a path into it and press Enter."""
        from PySide6.QtCore import Qt, QTimer
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication, QLineEdit

        trouble: list[BaseException] = []

        def fill() -> None:
            try:
                self.until(lambda: QApplication.activeModalWidget() is not None, "the file dialog", 20)
                self._wake()
                self.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit), "the dialog's line", 20)
                QTest.keyClicks(self._target(), str(path))
                if picture:
                    self.settle(200)
                    self.shoot(picture)
                QTest.keyClick(self._target(), Qt.Key.Key_Return)
            except BaseException as error:  # noqa: BLE001 - an exception would be lost in the dialog's own event loop
                trouble.append(error)
                dialog = QApplication.activeModalWidget()
                if dialog is not None:
                    dialog.close()

        QTimer.singleShot(300, fill)
        self.press(keys)
        if trouble:
            raise trouble[0]

    # -------------------------------------------------------------------------------------------------------------- pictures
    def shoot(self, name: str) -> None:
        """A step is done: remember its time, and save the screen as it is seen."""
        self.steps.append((name, time.monotonic() - self._began))
        if self.pictures is not None:
            self.settle(150)
            target = self.pictures / f"{len(self.steps):02d}-{name}.png"
            assert self.window.screen().grabWindow(0).save(str(target)), f"{target} could not be written"

    @property
    def state(self) -> Any:
        """The view state."""
        return self.window.view.state

    @property
    def controller(self) -> Any:
        """The open case and its answers."""
        return self.window.controller

    # --------------------------------------------------------------------------------------------------------------- the way
    def travel(self) -> None:
        """All steps in order."""
        self.open_sample()
        self.read_answer()
        self.judge()
        self.measure()
        self.turn_planes()
        self.slabs()
        self.lightbox()
        self.view_3d()
        self.hide_names()
        self.look_up()
        self.save()
        self.restore()
        self.quit()

    def open_sample(self) -> None:
        """From the start page, by Tab and Enter."""
        from PySide6.QtWidgets import QApplication

        self.shoot("start-page")
        assert self.window.pages.currentIndex() == 0, "the start page is not what is shown first"
        for _ in range(8):
            focused = QApplication.focusWidget()
            if focused is self.window.empty.buttons[-1]:
                break
            self.press("Tab")
        assert QApplication.focusWidget() is self.window.empty.buttons[-1], "Tab does not reach 'Open the sample scan'"
        self.press("Return")
        self.until(lambda: self.controller.case is not None, "the sample's slices")
        self.shoot("slices")
        assert QApplication.focusWidget() is self.window.panes["axial"], "the axial view does not have the keyboard"

    def read_answer(self) -> None:
        """The answer, and every view at its strongest finding."""
        from ankleviewer.ui.state.phase import Phase

        self.until(lambda: self.controller.phase is Phase.ANSWER, "the answer")
        self.until(lambda: self.window.pane3d.render3d is not None and not self.window.pane3d.pending, "the 3D view")
        self.settle(700)
        self.shoot("answer")
        assert self.controller.answer.call == "fracture", f"the sample's answer is {self.controller.answer.call}"
        assert self.state.selected == 0 and self.controller.boxes
        self._at(self.controller.boxes[0].center_mm)

    def _at(self, mm: Any) -> None:
        away = max(abs(a - b) for a, b in zip(self.state.cursor_mm, mm, strict=True))
        assert away < 0.01, f"the crosshair is {away:.2f} mm off"

    def judge(self) -> None:
        """Step through the findings; accept, take back, again; mark a missed place and take it back; hide all for a moment."""
        count = len(self.controller.boxes)
        self.press("N")
        assert self.state.selected == 1 % count
        self._at(self.controller.boxes[1 % count].center_mm)
        self.press("Shift+N")
        assert self.state.selected == 0
        self.press("A")
        assert self._judged() == "accepted"
        self.shoot("accepted")
        self.press("Ctrl+Z")
        assert self._judged() == ""
        self.press("Ctrl+Shift+Z")
        assert self._judged() == "accepted"
        self.press("M")
        assert len(self.controller.reviewing.review.missed) == 1
        self.shoot("missed-one")
        self.press("Ctrl+Z")
        assert not self.controller.reviewing.review.missed
        self.hold("Space", self._hidden)
        assert not self.state.hide_ai

    def _judged(self) -> str:
        mark = self.controller.reviewing.mark(self.controller.answer, 0)
        return mark.judgement if mark is not None else ""

    def _hidden(self) -> None:
        assert self.state.hide_ai
        self.shoot("space-held")

    def measure(self) -> None:
        """A distance from the crosshair to where Ctrl + arrows take it; edit the box and leave it by Esc."""
        before = self.state.cursor_mm
        self.press("I")
        assert self.controller.measuring.tool.name == "distance"
        self.shoot("measure-begun")
        self.press("Return")
        self.press("Ctrl+Shift+Right", 12)
        self.press("Ctrl+Down", 10)
        moved = [a - b for a, b in zip(self.state.cursor_mm, before, strict=True)]
        self.press("Return")
        (measure,) = self.controller.reviewing.review.measures
        wanted = sum(d * d for d in moved) ** 0.5
        assert abs(measure.values[0].number - wanted) < 0.05, f"{measure.values[0]} for {wanted:.2f} mm"
        assert self.controller.measuring.tool is None
        self.shoot("measured")
        self.settle(300)
        self.press("E")
        assert self.window.editing.active
        self.shoot("box-edited")
        self.press("Esc")
        assert not self.window.editing.active

    def turn_planes(self) -> None:
        """Oblique planes and back, then the mortise view."""
        self.press("D")
        self.press("Alt+Right", 5)
        assert self.state.oblique and self.state.turn is not None
        self.shoot("oblique")
        self.press("Shift+D")
        assert self.state.shown_turn is None and self.state.turn is None
        self.press("V")
        self.until(lambda: self.state.shown_turn is not None, "the mortise view")
        self.settle(500)
        self.shoot("mortise")

    def slabs(self) -> None:
        """Thicker slabs over the mortise view, another mode, and one slice again."""
        self.press("S", 3)
        assert self.state.slab.mm == 10.0
        self.shoot("slab-mortise")
        self.press("I")
        self.shoot("measure-in-slab")
        self.press("Esc")
        self.press("Alt+S")
        assert self.state.slab.mode == "min"
        self.press("Alt+S", 2)
        self.press("S", 2)
        assert self.state.slab.mm == 0.0 and self.state.slab.mode == "max"
        self.press("Shift+D")

    def lightbox(self) -> None:
        """Sequential slices, on by five, and back."""
        self.press("L")
        assert self.state.layout == "lightbox" and self.window.tiles["lightbox"].isVisible()
        self.shoot("lightbox")
        first = self.window.tiles["lightbox"].tiles.slices()[0]
        self.press("PgDown")
        assert self.window.tiles["lightbox"].tiles.slices()[0] != first
        self.press("S")
        self.shoot("lightbox-slab")
        self.press("S", 4)
        self.press("Esc")
        assert self.state.layout == "grid" and self.window.panes["axial"].isVisible()

    def view_3d(self) -> None:
        """One view alone, the 3D view alone, standard views, crop box, frames of the slices, the box from three sides."""
        pane = self.window.pane3d
        self.press("Ctrl+2")
        assert self.state.layout == "coronal" and not self.window.panes["axial"].isVisible()
        self.shoot("coronal-only")
        self.press("Ctrl+4")
        assert self.state.layout == "3d" and pane.isVisible()
        self.press("Shift+L")
        self.press("Shift+C")
        assert pane.options.crop
        self.settle(900)
        self.shoot("3d-crop")
        self.press("Shift+C")
        for key, option in (("Shift+Q", "planes"), ("Shift+T", "spin")):
            before = getattr(pane.options, option)
            self.press(key)
            assert getattr(pane.options, option) != before, f"{key} changes nothing"
        self.press("Shift+T")
        assert not pane.options.spin
        self.press("Shift+X")
        self.until(lambda: not pane.tools.job.running, "leg and foot")
        self.settle(900)
        self.shoot("3d-without-foot")
        self.press("Shift+X")
        self.press("Shift+V")
        self.settle(600)
        self.shoot("3d-volume")
        self.press("Ctrl+0")
        self.press("Shift+B")
        self.settle(600)
        self.shoot("box-from-three-sides")
        self.press("Esc")
        assert self.state.layout == "grid"

    def hide_names(self) -> None:
        """P, twice."""
        series = self.controller.case.scan.series[:48]
        assert series in self.window.facts.text()
        self.press("P")
        assert self.window.privacy.hidden and series not in self.window.facts.text()
        self.shoot("names-hidden")

    def look_up(self) -> None:
        """Keys, and every menu by Alt and its letter."""
        from PySide6.QtWidgets import QApplication, QDialog

        self.press("F1")
        self.settle(300)
        (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        assert dialog.width() <= self.window.screen().geometry().width(), "the keys are wider than the screen"
        assert dialog.height() <= self.window.screen().geometry().height(), "the keys are higher than the screen"
        self.shoot("keys")
        self.press("Esc")
        assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        for letter, name in zip("FVPIMH", ("file", "view", "planes", "findings", "measure", "help"), strict=True):
            self.press(f"Alt+{letter}")
            menu = QApplication.activePopupWidget()
            assert menu is not None, f"Alt+{letter} opens no menu"
            screen = self.window.screen().geometry()
            assert screen.contains(menu.geometry()), f"the menu {name} is larger than the screen: {menu.geometry()}"
            self.shoot(f"menu-{name}")
            self.press("Esc")
            while QApplication.activePopupWidget() is not None:
                self.press("Esc")
        self.window.panes["axial"].setFocus()

    def save(self) -> None:
        """Report, result, picture and session, each through its dialog."""
        report, result = self.folder / "report.pdf", self.folder / "result.json"
        picture, session = self.folder / "picture.png", self.folder / "view.ankle"
        self.type_path("Ctrl+R", report, "report-dialog")
        self.until(report.exists, "the report")
        self.settle(300)
        self.shoot("report-saved")
        assert report.read_bytes().startswith(b"%PDF")
        self.type_path("Ctrl+S", result)
        self.until(result.exists, "the result")
        text = result.read_text(encoding="utf-8")
        assert json.loads(text) and "accepted" in text and "distance" in text and "esearch use" in text
        self.type_path("Ctrl+P", picture)
        self.until(picture.exists, "the picture")
        self.press("L")
        self.press("S", 2)
        self.press("D")
        self.press("Alt+Right", 3)
        self.saved = self.state
        self.type_path("Ctrl+Shift+S", session)
        self.until(lambda: any(self.folder.glob("view*")), "the session")

    def restore(self) -> None:
        """Another look, then the session's own again, lightbox, slab and turned planes included."""
        from ankleviewer.ui.state.phase import Phase

        (session,) = self.folder.glob("view*")
        self.press("L")
        self.press("S", 3)
        self.press("Shift+D")
        assert self.state != self.saved
        self.type_path("Ctrl+O", session)
        self.until(lambda: self.controller.phase in (Phase.READING, Phase.ANALYSING), "the scan to be read again", 20)
        self.until(lambda: self.controller.phase is Phase.ANSWER and self.state.layout == "lightbox", "the session")
        self.settle(500)
        self.shoot("restored")
        assert replace(self.state, model="") == replace(self.saved, model=""), "the session's view is another"
        assert self._judged() == "accepted" and len(self.controller.reviewing.review.measures) == 1
        self.press("L")
        assert self.window.panes["axial"].isVisible()
        self.shoot("restored-grid")

    def quit(self) -> None:
        """Ctrl+Q; nothing runs on."""
        self.press("Ctrl+Q")
        assert not self.window.isVisible()
        jobs = (self.controller.reading, self.controller.analysing, self.controller.listing, self.window.pane3d.job)
        assert not any(job.running for job in jobs)
        self.steps.append(("quit", time.monotonic() - self._began))


def run(theme: str, pictures: Path | None, folder: Path) -> Journey:
    """The journey in this process; the screen and ANKLEVIEWER_HOME are set."""
    from PySide6.QtCore import QTimer

    from ankleviewer.ui.app import application
    from ankleviewer.ui.main_window import MainWindow
    from ankleviewer.ui.state import settings

    settings.save(settings.Settings(theme=theme, language="en"))
    app = application()
    window = MainWindow()
    window.setGeometry(window.screen().geometry())
    window.show()
    window.activateWindow()
    QTimer.singleShot(0, window.controller.list_models)
    journey = Journey(window, folder, pictures)
    try:
        journey.until(window.isActiveWindow, "the window", 30)
        journey.travel()
    except BaseException:
        if pictures is not None:
            journey.shoot("FAILED")
        raise
    finally:
        window.close()
        window.deleteLater()
        app.processEvents()
    return journey


def main() -> int:
    """Returns 0, or 1 where a step failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--screen", default="1280x800", help="size of the virtual screen in its own px")
    parser.add_argument("--scale", default="1", help="size of everything: 2 = 200 %%")
    parser.add_argument("--theme", default="dark", choices=("dark", "light"))
    parser.add_argument("--pictures", type=Path, help="folder for the numbered pictures")
    options = parser.parse_args()
    if options.pictures is not None:
        options.pictures.mkdir(parents=True, exist_ok=True)
    os.environ["QT_SCALE_FACTOR"] = options.scale
    with tempfile.TemporaryDirectory() as home, virtual_screen(f"{options.screen}x24") as surroundings:
        os.environ.pop("WAYLAND_DISPLAY", None)
        os.environ |= {**surroundings, "ANKLEVIEWER_HOME": home}
        files = Path(home) / "saved"
        files.mkdir()
        try:
            journey = run(options.theme, options.pictures, files)
        except AssertionError as error:
            import traceback

            traceback.print_exc()
            print(f"The journey ended early: {error}", file=sys.stderr)
            return 1
    for name, seconds in journey.steps:
        print(f"{seconds:7.1f} s  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
