"""SessionFiles: saves how a scan is looked at, and brings it back once the scan is open and analysed again."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ankleviewer.core import paths
from ankleviewer.core.display.savedview import SUFFIX, SavedView
from ankleviewer.ui.files.exporting import ask_place
from ankleviewer.ui.state.controller import ALL_MODELS
from ankleviewer.ui.state.phase import that_is_open
from ankleviewer.ui.words.translate import said, tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow

_MAX_BYTES = 1_000_000  # a session is some kilobytes


class SessionFiles(QObject):
    """Of one window. A session names the scan by its path and the hash of its bytes; the scan itself is not in it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: tuple[SavedView, str] | None = None  # and the path that is being opened for it
        self._there = False  # its scan is open
        self._partly = False  # restored but for what needs an answer
        self._chosen_before = ""
        self._lacking = ""  # name of the session's model, where it is not installed
        window.controller.settled.connect(self._on_settled)
        window.controller.opened.connect(self._on_opened)
        window.controller.changed.connect(self._check_model)  # the packs may be known only later

    # --------------------------------------------------------------------------------------------------------------- saving
    def choose(self) -> None:
        """Ask where to save the session."""
        case = self._window.controller.case
        if case is None:
            return
        asked = self._saved()
        kind = f"{tr('Session')} (*{SUFFIX})"
        path = ask_place(self._window, tr("Save the session"), f"ankle{SUFFIX}", kind, SUFFIX)
        if path:  # while it was asked for, another scan may have come, which was not meant
            self.save(path, self._saved() if self._window.controller.case is case else asked)

    def _saved(self) -> SavedView:
        """How the open scan is looked at now."""
        controller = self._window.controller
        opened = that_is_open(controller.case).scan
        scan, sha256 = Path(opened.path).absolute(), opened.sha256
        if ".." in scan.parts:  # which has no name; after a link it leads elsewhere than the words say
            scan = scan.resolve()
        return SavedView(str(scan), scan.name, sha256, self._window.view.state, controller.chosen, controller.pick)

    def save(self, path: str, saved: SavedView | None = None) -> None:
        """Write the session, atomically; None: of what is shown."""
        from ankleviewer.io.atomic import write_text

        controller, saved = self._window.controller, saved or self._saved()
        try:
            write_text(path, json.dumps(saved.to_json(), indent=1, ensure_ascii=False) + "\n")
        except OSError as error:
            why = error.strerror or type(error).__name__
            controller.notify(
                "FILE_NOT_WRITTEN", tr("The session could not be written ({why}). Choose another place.", why=said(why))
            )
            return
        self._window.toast.say(tr("Session saved"))

    # -------------------------------------------------------------------------------------------------------------- restoring
    def open(self, path: str) -> None:
        """Open the scan of a session; the view follows when it is there. What cannot be read is told, and the open case stays."""
        controller = self._window.controller
        try:
            file = Path(path)
            about = file.stat()
            if not stat.S_ISREG(about.st_mode) or about.st_size > _MAX_BYTES:  # a pipe would be waited for
                raise ValueError("no session")
            saved = SavedView.from_json(json.loads(file.read_bytes()))
        except OSError as error:
            why = error.strerror or type(error).__name__
            controller.notify("SESSION_UNREADABLE", tr("The session cannot be read ({why}).", why=said(why)))
            return
        except (ValueError, RecursionError):
            controller.notify("SESSION_INVALID", tr("This is no session that this version of the program can read."))
            return
        places = [Path(saved.path)]
        if saved.name:  # a drive has none
            places.append(file.absolute().parent / saved.name)  # moved together with the session
        scan = next((p for p in places if paths.is_there(p)), None)
        if scan is None:
            controller.notify(
                "SESSION_SCAN_MISSING", tr("The scan of this session is neither at its place nor beside the session.")
            )
            return
        if self._waiting is None:
            self._chosen_before = controller.chosen
        controller.chosen, self._lacking = saved.chosen, ""
        controller.open(str(scan), saved.pick)
        self._waiting, self._there, self._partly = (saved, str(scan)), False, False
        self._check_model()

    def _check_model(self) -> None:
        """A session may come from a computer with other models: a name that is unknown here would cost every scan its answer."""
        controller = self._window.controller
        known = {m.name for m in controller.models or ()} | {"", ALL_MODELS}
        if self._waiting is not None and controller.models and controller.chosen not in known:
            self._lacking, controller.chosen = controller.chosen, ""

    def _on_opened(self, path: str) -> None:
        self._there, self._partly = True, False
        if self._waiting is not None and self._waiting[1] != path:
            self._waiting = None  # the reader opened another scan meanwhile
            self._window.controller.chosen = self._chosen_before

    def _on_settled(self, ok: bool) -> None:
        if self._waiting is None:
            return
        saved, controller = self._waiting[0], self._window.controller
        if not ok:
            if not self._there or not self._of_this_scan(saved):
                self._waiting = None
                controller.chosen = self._chosen_before
            elif not self._partly:  # there is no answer: all but the model and the threshold, which wait for one
                self._partly = True
                self._restore(saved)
            return
        again, self._waiting, self._partly = self._partly, None, False
        if not self._of_this_scan(saved):
            controller.notify(
                "SESSION_SCAN_CHANGED",
                tr("The scan is not the one that this session was saved with: its content differs. It is shown from the start."),
            )
            return
        if again:
            self._restore_answer(saved)
        else:
            self._restore(saved)
        if self._lacking:
            name = self._lacking[:80]
            controller.notify("SESSION_MODEL_MISSING", tr("The model of this session ({name}) is not installed here.", name=name))

    def _of_this_scan(self, saved: SavedView) -> bool:
        scan = that_is_open(self._window.controller.case).scan
        return bool(saved.sha256) and saved.sha256 in (scan.sha256, scan.former_sha256)

    def _restore(self, saved: SavedView) -> None:
        controller, view = self._window.controller, self._window.view
        if saved.state.ankle < len(that_is_open(controller.case).ankles):
            controller.choose_ankle(saved.state.ankle)
        self._show_model(saved)
        shown = view.state
        selected = saved.state.selected if saved.state.selected < len(controller.boxes) else -1
        state = replace(saved.state, ankle=shown.ankle, model=shown.model, selected=selected)
        if shown.model != saved.state.model:  # neither a threshold nor a number of a finding means anything on another's map
            state = replace(state, threshold=None, selected=-1)
        view.set_state(state)
        view.set_state(state)  # turning to another map puts the threshold back to that map's own, so it comes last

    def _show_model(self, saved: SavedView) -> None:
        analysis = self._window.controller.analysis
        if analysis is not None and any(a.name == saved.state.model for a in analysis.result.models):
            self._window.controller.show_answer(saved.state.model)

    def _restore_answer(self, saved: SavedView) -> None:
        """What could not be restored before there was an answer; the reader, who goes on meanwhile, is left where they are."""
        view = self._window.view
        self._show_model(saved)
        if (view.state.model, view.state.ankle, view.state.paper_map) == (
            saved.state.model, saved.state.ankle, saved.state.paper_map,
        ):  # fmt: skip
            view.update(threshold=saved.state.threshold)
