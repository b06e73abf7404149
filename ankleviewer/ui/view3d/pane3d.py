"""Pane3D: the fourth pane. Makes the bone surface in the background and the VTK window when first needed.

A coarse surface comes first, the fine one follows. Where a processor draws, the coarse one is also what moves: the fine one takes
longer than a reader should wait for the slices, so it is drawn when all is quiet.
"""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QShowEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from ankleviewer.core.anatomy.cast import Cast
from ankleviewer.core.display.scene import same_region
from ankleviewer.core.display.view3d import View3D
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.ui.background import qt_classes
from ankleviewer.ui.background.jobs import Job
from ankleviewer.ui.background.opengl import drawn_by_processor, opengl_missing
from ankleviewer.ui.keyboard.focus import KeptFocus, in_turn
from ankleviewer.ui.look import theme
from ankleviewer.ui.look.parts import Modest
from ankleviewer.ui.state.model import ViewModel
from ankleviewer.ui.view3d.bone_work import Bones, BonesKey, bone_work
from ankleviewer.ui.view3d.broken3d import unless_broken
from ankleviewer.ui.view3d.clicks3d import Clicks3D
from ankleviewer.ui.view3d.handover3d import hand_over
from ankleviewer.ui.view3d.header3d import header
from ankleviewer.ui.view3d.painted3d import paint
from ankleviewer.ui.view3d.redraw import redraw
from ankleviewer.ui.view3d.tools3d import Tools3D
from ankleviewer.ui.words.translate import noop, tr

if TYPE_CHECKING:
    from ankleviewer.core.anatomy.finder import Ankle
    from ankleviewer.core.errors import AnkleViewerError
    from ankleviewer.core.reading.review import BoxMm
    from ankleviewer.ui.view3d.canvas3d import Canvas3D
    from ankleviewer.ui.view3d.render3d import Render3D

_SOONEST_MS, _LATEST_MS = 15, 250
_BREATH_MS = 5  # between two pieces of work: a timer of 0 ms would come before the window's own timers
_SOONEST_SOFTWARE_MS = 100  # the slices come first where both share the processor
_QUIET_MS = 300  # without a move, before the fine surface is drawn where that is slow
_QUICK_MS, _NEVER_MS = 20.0, 1e9  # a rendering that takes no longer needs no coarse one; none has been made
PREPARING = noop("Preparing the 3D view")
_WITH_QT = ("qtpy.QtWidgets", "pyvistaqt", "ankleviewer.ui.view3d.render3d")  # on the main thread only: see qt_classes


class Pane3D(Modest):
    """Header with the standard views, and below it a message or the VTK window.

    Signals:
        first_shown(): the coarse surface is on the screen.
        settled(): the surface is shown, or there is none to show.
        options_changed(): what `options` holds is another.
    """

    first_shown = Signal()
    settled = Signal()
    options_changed = Signal()
    _first = Signal(object, object)

    def __init__(self, model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.render3d: Render3D | None = None
        self._spare: Render3D | None = None  # made before there is anything to show
        self._canvas: Canvas3D | None = None  # its widget, before that
        self._steps = unless_broken(self._make(), self._on_broken)
        self._coarse_drawn = threading.Event()
        self._awaited = False  # a surface waits for the 3D view and takes the steps itself
        self.options = View3D()
        self.busy: Callable[[], bool] = lambda: False  # whether reading or analysis is under way, the window knows
        self.ankle: Callable[[], Ankle | None] = lambda: None  # the ankle shown
        self.edited: Callable[[], Mapping[int, BoxMm]] = dict  # the reader's boxes by finding
        self.pending = self._coarse_shown = False
        self._fine_ms = _NEVER_MS
        self._moves = True  # something moves since the last picture
        self._at_once = False  # nothing does, but the next picture must not wait
        self._clicks = Clicks3D(model)
        self.job = Job(self)
        self.job.done.connect(self._on_surface)
        self.job.failed.connect(self._on_failed)
        self._shown: BonesKey | None = None  # volume, region, whether with its cast
        self._boneless = False  # there is no bone in it
        self.cast: Cast | None = None  # what is left out of the surface
        self._turn = True  # to the front, for another scan's bones
        self._missing: str | None = None
        self._closed = False
        # Many moves in a row (a fast wheel) are one rendering, which waits where it is slow, so as not to hold up the slices.
        self._later = QTimer(self, singleShot=True, interval=_SOONEST_MS)
        self._later.timeout.connect(self.refresh)
        self._quiet = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._quiet.timeout.connect(self._draw_finely)
        self._first.connect(self._on_first)
        self.tools = Tools3D(self)
        self._build()
        model.changed.connect(self._on_changed)
        model.scene_changed.connect(self._on_scene)

    def _build(self) -> None:
        self.setMinimumSize(120, 100)
        self._message = QLabel("", alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._message.setStyleSheet(f"background: {theme.PANE}; color: {theme.SECONDARY}; font-size: 12px; padding: 16px;")
        body = QWidget(self)
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self._message)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._header = header(self, self.look_from, self.tools.button)
        column.addWidget(self._header)
        column.addWidget(self.tools.line)
        column.addWidget(body, 1)

    def _on_scene(self) -> None:
        scene = self.model.scene
        if scene is None or self._closed:
            return
        if missing := self.missing():
            self._give_up(missing)
            return
        key = (scene.volume, scene.region, self.options.cast)
        same_bone = self._shown is not None and self._shown[0] is key[0] and same_region(self._shown[1], key[1])
        same = self._shown is not None and same_bone and self._shown[2] == key[2]
        if same and (self.pending or self.render3d is not None or self._boneless):
            if not self.pending:
                self.tools.on_answer()
                self._later.start()
            return
        self._turn = self._turn if self.pending and same_bone else not same_bone
        if not same_bone:
            self.tools.on_other_bones()
        self._shown, self._boneless = key, False
        self.pending = True
        if self.render3d is None or not same_bone:  # never the last one's bones under this one's boxes
            self._say(tr(PREPARING))
        self._coarse_shown = False
        drawn = self._coarse_drawn = threading.Event()
        self.job.start(bone_work(*key, lambda bones: self._first.emit(key, bones), drawn), after_events=True)

    def _on_first(self, key: BonesKey, bones: Bones) -> None:
        """The coarse surface is there: show it, unless another scan has come in the meantime."""
        wanted = not self._closed and key is self._shown and self.pending and not self.missing()
        self._awaited = wanted and self.render3d is None
        if not wanted:
            return
        if self._awaited and next(self._steps, "done") is None:
            # Making VTK's window takes as long as all the rest: the slices get a turn in between.
            QTimer.singleShot(_BREATH_MS, self, lambda: self._on_first(key, bones))
            return
        if (render := self._show_window()) is None:
            return
        self._awaited = True  # until it is drawn
        self.cast = bones.cast
        render.show_mesh("coarse", bones.mesh, first=True, turn=self._turn)
        self._coarse_shown = True
        self._face_finding(self._turn)
        QTimer.singleShot(_BREATH_MS, self, self._draw_first)

    def _draw_first(self) -> None:
        self._awaited = False
        self.refresh()
        self._coarse_drawn.set()
        self.first_shown.emit()

    def missing(self) -> str:
        """Why 3D cannot be shown, "" if it can."""
        if self._missing is None:
            self._missing = opengl_missing()
        return self._missing

    def warm(self) -> Iterator[None]:
        """Make the 3D view in steps, once pyvista is loaded; where a scan comes first, its surface takes the rest of them."""
        for _ in self._steps:
            yield
            while self._awaited:
                yield

    def early(self) -> Iterator[None]:
        """What can be made of it before pyvista is loaded."""
        if not self.missing():
            yield
            drawn_by_processor()
            yield from qt_classes.made()

    def _make(self) -> Generator[None]:
        yield from self.early()
        if self.missing():
            return
        for name in _WITH_QT:
            importlib.import_module(name)
            yield
        if not drawn_by_processor():  # a graphics card is quick, and its widget has to wait for its place in the window
            return
        from ankleviewer.ui.view3d.canvas3d import Canvas3D
        from ankleviewer.ui.view3d.rehearsal3d import rehearse

        self._canvas = Canvas3D(self)
        yield
        self._canvas.make_context()
        yield
        self._spare = self._made()
        yield
        yield from rehearse(self._spare, lambda: self._spare is None)

    def _made(self) -> Render3D:
        from ankleviewer.ui.view3d.render3d import Render3D

        canvas, self._canvas = self._canvas, None
        return Render3D(self, self._clicks.pick, self._clicks.maximise, canvas)

    def _show_window(self) -> Render3D | None:
        self._awaited = False
        if self._spare is None and self.render3d is None and not self._missing:
            self._spare = next(unless_broken((self._made() for _ in range(1)), self._on_broken), None)
        if self._spare is not None and not self._missing:
            KeptFocus(self.window())
            self.render3d, self._spare = self._spare, None
            self._steps.close()  # nothing more to make
            self.render3d.rested.connect(self._quiet.start)
            self.render3d.pressed.connect(self._clicks.press)
            self.render3d.cropped.connect(self.tools.on_cropped)
            self._stack.addWidget(self.render3d.widget)
            in_turn(*self._header.findChildren(QToolButton), self.render3d.widget)
        if self.render3d is not None:
            self._stack.setCurrentWidget(self.render3d.widget)
        return self.render3d

    def _on_broken(self) -> None:
        """VTK or its window could not be made: there is no 3D view, and no second try."""
        self._missing, self._awaited = tr("The 3D view failed ({code})", code="INTERNAL_ERROR"), False
        self.job.cancel()
        if self._shown is not None:
            self._give_up(self._missing)

    def _on_surface(self, bones: Bones) -> None:
        if self._awaited and not self._closed:  # the coarse one still waits for the view, and is drawn sooner than this one
            QTimer.singleShot(_BREATH_MS, self, lambda key=self._shown: self._on_surface(bones) if key is self._shown else None)
            return
        self.pending = False
        if self._closed:
            return
        mesh, self.cast = bones.mesh, bones.cast
        if mesh is None and not self._coarse_shown:
            self._boneless = True
            if self.render3d is not None:  # of the scan before
                self.render3d.show_mesh("fine", None, first=True)
                self.tools.on_scene()
            self._give_up(tr("No bone to show in 3D"))
            return
        if mesh is not None and (render := self._show_window()) is not None:
            render.show_mesh("fine", mesh, first=not self._coarse_shown, turn=self._turn)
            self._face_finding(self._turn and not self._coarse_shown)
        self._fine_ms = _NEVER_MS
        self.tools.on_scene()
        self.refresh()
        self.settled.emit()

    def _on_failed(self, error: AnkleViewerError) -> None:
        self._shown, self.cast = None, self.cast if self._coarse_shown else None
        self.tools.forget()
        if self.render3d is not None and not self._coarse_shown:  # never another scan's bones under this one's boxes
            self.render3d.show_mesh("fine", None, first=True)
        self._give_up(tr("The 3D view failed ({code})", code=error.code))

    def _say(self, text: str) -> None:
        self._message.setText(text)
        self._stack.setCurrentWidget(self._message)

    def _give_up(self, text: str) -> None:
        """There is nothing to show for this scene, and why."""
        self._say(text)
        self.pending = False
        self.settled.emit()

    def _on_changed(self, old: ViewState, new: ViewState) -> None:
        if new.selected >= 0 and (new.selected, new.ankle, new.model) != (old.selected, old.ankle, old.model):
            self._face_finding()
        asked = redraw(old, new, self.options.planes)
        self._moves |= asked.moves
        self._at_once |= asked.at_once
        if asked.at_once:
            self._later.setInterval(_SOONEST_MS)
        if asked.wanted:
            self._later.start()

    def refresh(self) -> None:
        """Draw the state: finely where that is quick, else coarsely now and finely when all is quiet. A fine picture in which
        nothing moves stays until then: a coarse one closes the gaps of fractures. What may not wait is drawn finely at once.
        """
        if self.render3d is None or self.model.scene is None or self._closed or not self.isVisible():
            return
        quick = not self.render3d.by_processor or self._fine_ms < _QUICK_MS
        stays = not quick and not self._moves and self._fine_ms < _NEVER_MS and self.render3d.bone.is_fine
        if stays and not self._at_once:
            self._quiet.start()
            return
        spent = self.draw(fine=quick or stays)
        soonest = _SOONEST_MS if quick and not self.render3d.by_processor else _SOONEST_SOFTWARE_MS
        self._later.setInterval(round(min(max(2 * spent, soonest), _LATEST_MS)))
        if not quick and not stays:
            self._quiet.start()

    def _draw_finely(self) -> None:
        if self.render3d is None or self.model.scene is None or self._closed or not self.isVisible():
            return
        if self.busy() or self.pending or self._later.isActive() or self.render3d.moving or self.options.spin:
            self._quiet.start()
        else:
            self._fine_ms = self.draw(fine=True)

    def draw(self, fine: bool) -> float:
        """Draw the state; returns the ms it took."""
        start = time.perf_counter()
        self._moves = self._at_once = False
        render = self.render3d
        assert render is not None  # who asks has looked
        render.marks.edited = self.edited()
        render.show_state(self.model.state, self.model.open_scene, self.options, fine)
        return 1000 * (time.perf_counter() - start)

    def draw_soon(self) -> None:
        """Draw once the moves of this moment are over."""
        self._moves = True
        self._later.start()

    def set_options(self, **fields: Any) -> None:
        """Change how the 3D view shows the scan (fields of View3D)."""
        options = replace(self.options, **fields)
        if options != self.options:
            other_bone, self.options = options.cast != self.options.cast, options
            if other_bone:
                self._on_scene()
            self.tools.on_options()
            self.options_changed.emit()
            self._later.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while the pane was hidden is drawn now."""
        super().showEvent(event)
        self._later.start()

    def _face_finding(self, wanted: bool = True) -> None:
        """Turn to the side from which the selected finding is seen."""
        scene, selected = self.model.scene, self.model.state.selected
        if wanted and self.render3d is not None and scene is not None and 0 <= selected < len(scene.boxes):
            self.render3d.standard_view(self.render3d.best_view(np.asarray(scene.boxes[selected].center_mm)))

    def take_over(self, other: Pane3D) -> None:
        """Show the scan as another pane does: its options, and its camera once there is something to see."""
        hand_over(other, self)

    @property
    def preparing(self) -> bool:
        """Whether nothing of the scene's bones is there yet."""
        return self.pending and not self._coarse_shown

    def look_from(self, view: str) -> None:
        """A standard view: L, R, A, P, S or I."""
        if self.render3d is not None:
            self._moves = True
            self.render3d.standard_view(view)
            self.refresh()

    @property
    def jobs(self) -> list[Job]:
        """All background work of the 3D view."""
        return [self.job, self.tools.job]

    def paint_into(self, painter: QPainter, window: QWidget) -> None:
        """Paint VTK's own picture where QWidget.grab leaves a hole (a native OpenGL child)."""
        if self.render3d is None or not self.render3d.widget.isVisible():
            return
        self.draw(fine=True)
        paint(self.render3d, painter, window)

    def shut(self) -> None:
        """Free VTK; the pane shows nothing afterwards."""
        self._closed = True
        self._later.stop()
        self._quiet.stop()
        self._steps.close()
        self.tools.stop()
        for render in (self.render3d, self._spare):
            if render is not None:
                render.close()
        if self._canvas is not None:
            self._canvas.plotter.close()
            self._canvas.close()
        self.render3d = self._spare = self._canvas = None
