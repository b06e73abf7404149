"""Pane3D: the fourth pane. Makes the bone surface in the background and the VTK window when first needed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QOpenGLContext, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from ankleviewer.core.viewstate import ViewState
from ankleviewer.ui import theme
from ankleviewer.ui.jobs import Job
from ankleviewer.ui.model import ViewModel

if TYPE_CHECKING:
    from ankleviewer.core.surface import Surface
    from ankleviewer.ui.render3d import Render3D

VIEW_TIPS = {
    "L": "From the left",
    "R": "From the right",
    "A": "From the front",
    "P": "From behind",
    "S": "From above (right side on screen right)",
    "I": "From the feet",
}
_SOONEST_MS, _LATEST_MS = 15, 250
_DRAWN = ("heat", "boxes", "hide_ai", "crosshair", "threshold", "selected", "cursor_mm")


def opengl_missing() -> str:
    """Why 3D cannot be shown on this machine, "" if it can. Asks Qt for a context, which fails softly where VTK would abort."""
    if os.environ.get("ANKLEVIEWER_NO_3D"):
        return "The 3D view is switched off (ANKLEVIEWER_NO_3D)."
    if QGuiApplication.platformName() in ("offscreen", "minimal", "vnc"):
        return "The 3D view needs a screen with OpenGL."
    context = QOpenGLContext()
    if not context.create() or context.format().version() < (3, 2):
        return "The 3D view needs OpenGL 3.2; the slices work without it."
    return ""


class Pane3D(QWidget):
    """Header with the standard views, and below it a message or the VTK window.

    Signals:
        settled(): the surface is shown, or there is none to show.
    """

    settled = Signal()

    def __init__(self, model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.render3d: Render3D | None = None
        self.pending = False
        self.job = Job(self)
        self.job.done.connect(self._on_surface)
        self.job.failed.connect(self._on_failed)
        self._shown: tuple[Any, Any] | None = None
        self._missing: str | None = None
        self._closed = False
        # Many moves in a row (a fast wheel) are one rendering; where rendering is slow it waits until the moves pause, so that
        # it never holds up the slices.
        self._later = QTimer(self, singleShot=True, interval=_SOONEST_MS)
        self._later.timeout.connect(self._draw)
        self._build()
        model.changed.connect(self._on_changed)
        model.scene_changed.connect(self._on_scene)

    def _build(self) -> None:
        self.setMinimumSize(120, 100)
        header = QWidget(self)
        header.setObjectName("panel")
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(header)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(2)
        tab = QLabel("3D")
        tab.setStyleSheet(f"background: {theme.PLANE['3d']}; color: #0b0d10; font-size: 11px; font-weight: 700; padding: 0 8px;")
        tab.setFixedHeight(20)
        tab.setMinimumWidth(tab.sizeHint().width())
        row.addWidget(tab)
        row.addStretch(1)
        for name, tip in VIEW_TIPS.items():
            button = QToolButton()
            button.setText(name)
            button.setToolTip(f"{tip}  (Shift+{name})")
            button.setAccessibleName(f"3D view {tip.lower()}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setStyleSheet(
                "padding: 0; font-size: 11px; min-width: 20px; max-width: 20px; min-height: 16px; max-height: 16px;"
            )
            button.clicked.connect(lambda _checked=False, view=name: self.look_from(view))
            row.addWidget(button)
        header.setFixedHeight(20)
        self._message = QLabel("")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setStyleSheet(f"background: {theme.PANE}; color: {theme.SECONDARY}; font-size: 12px; padding: 16px;")
        body = QWidget(self)
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self._message)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(body, 1)

    # ------------------------------------------------------------------------------------------------------------- content
    def _on_scene(self) -> None:
        scene = self.model.scene
        if scene is None or self._closed:
            return
        if self._missing is None:
            self._missing = opengl_missing()
        if self._missing:
            self._give_up(self._missing)
            return
        key = (scene.volume, scene.region)
        same = self._shown is not None and self._shown[0] is key[0] and _same_region(self._shown[1], key[1])
        if same and self.render3d is not None and not self.pending:
            self.render3d.show_answer(scene)
            self._later.start()
            return
        if same and self.pending:
            return
        self._shown = key
        self.pending = True
        if self.render3d is None:
            self._say("Preparing the 3D view")
        volume, region = key

        def work(_progress: Callable[[float, str], None], cancelled: Callable[[], bool]) -> Any:
            from ankleviewer.core.surface import bone_surface

            surface = bone_surface(volume, region, cancelled=cancelled)
            import ankleviewer.ui.render3d  # noqa: F401 - the slow import of VTK happens here, off the main thread

            return surface

        self.job.start(work)

    def _on_surface(self, surface: Surface | None) -> None:
        self.pending = False
        if self._closed:
            return
        if surface is None and self.render3d is None:
            self._give_up("No bone to show in 3D")
            return
        if self.render3d is None:
            from ankleviewer.ui.render3d import Render3D

            self.render3d = Render3D(self, self.model.move_cursor, lambda: self.model.toggle_layout("3d"))
            self._stack.addWidget(self.render3d.widget)
        self._stack.setCurrentWidget(self.render3d.widget)
        self.render3d.show_surface(surface)
        if self.model.scene is not None:
            self.render3d.show_answer(self.model.scene)
            self._face_finding()
        self._draw()
        self.settled.emit()

    def _on_failed(self, error: Any) -> None:
        self._give_up(f"The 3D view failed ({error.code})")

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
        if any(getattr(old, name) != getattr(new, name) for name in _DRAWN):
            self._later.start()

    def _draw(self) -> None:
        if self.render3d is not None and self.model.scene is not None and not self._closed:
            start = time.perf_counter()
            self.render3d.show_state(self.model.state, self.model.scene)
            spent = 1000 * (time.perf_counter() - start)
            self._later.setInterval(round(min(max(2 * spent, _SOONEST_MS), _LATEST_MS)))

    def _face_finding(self) -> None:
        """Turn to the side from which the selected finding is seen."""
        scene, selected = self.model.scene, self.model.state.selected
        if self.render3d is not None and scene is not None and 0 <= selected < len(scene.boxes):
            self.render3d.standard_view(self.render3d.best_view(np.asarray(scene.boxes[selected].center_mm)))

    def look_from(self, view: str) -> None:
        """A standard view: L, R, A, P, S or I."""
        if self.render3d is not None:
            self.render3d.standard_view(view)
            self._draw()

    # -------------------------------------------------------------------------------------------------------------- output
    def paint_into(self, painter: QPainter, window: QWidget) -> None:
        """Paint VTK's own picture where QWidget.grab leaves a hole (a native OpenGL child)."""
        if self.render3d is None or not self.render3d.widget.isVisible():
            return
        self._draw()
        rgb = np.ascontiguousarray(self.render3d.picture())
        image = QImage(rgb.data, rgb.shape[1], rgb.shape[0], 3 * rgb.shape[1], QImage.Format.Format_RGB888)
        corner = self.render3d.widget.mapTo(window, self.render3d.widget.rect().topLeft())
        painter.drawImage(QRectF(corner, self.render3d.widget.size()), image)

    def shut(self) -> None:
        """Free VTK; the pane shows nothing afterwards."""
        self._closed = True
        self._later.stop()
        if self.render3d is not None:
            self.render3d.close()
            self.render3d = None


def _same_region(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
