"""Marks3D: boxes of model and reader, the reader's marks and the crosshair in the 3D view; remade only when they change.

Colours, lines and signs are those of the slices: the model's boxes solid or dotted with number and judgement, the reader's box in
the reader's colour with the word "edited", a missed place as a ring (here three, so that it is one from every side). The
crosshair alone differs: on a slice a line has the colour of the plane that it is the trace of, but here each lies in two planes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvista as pv

from ankleviewer.core.display.scene import FoundBox, Scene
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.geometry import Grid, Point
from ankleviewer.core.imaging.oblique import Turn, frames_of, line_on
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.ui.look import theme
from ankleviewer.ui.view3d.labels3d import Labels3D
from ankleviewer.ui.words.translate import tr

if TYPE_CHECKING:
    from pyvistaqt import QtInteractor

_ARM = np.array([-16.0, -4.0, 4.0, 16.0])  # mm: two strokes of a line of the crosshair
_RING_MM = 3.0
_NEARER = -400.0
_BEFORE_ALL = -66000.0  # so much that bone hides nothing of it
_REJECTED = 0.5  # opacity of a rejected box
_THROUGH, _CURSOR_THROUGH = 0.3, 0.4  # opacity of what shows through the bone
SIGNS = {"accepted": " ✓", "rejected": " ✕"}


class Marks3D:
    """Owns the actors of boxes and crosshair of a plotter.

    Args:
        scale: VTK's pixels for each px, by which lines are wider.
    """

    def __init__(self, plotter: QtInteractor, scale: float = 1.0) -> None:
        self._plotter, self._scale = plotter, scale
        self._boxes: list[Any] = []
        self.readers: list[Any] = []
        self.labels = Labels3D(plotter)
        self._faint: list[Any] = []  # lines that show through the bone
        self._cursor: list[Any] = []  # its edge, what shows through the bone, and its light line
        self._cursor_shown, self._quick = False, False
        self._cursor_along: tuple[Any, ...] = ()
        self.edited: Mapping[int, BoxMm] = {}  # the reader's boxes by finding, as they are now
        self._drawn: tuple[Any, ...] = ()

    def show(self, state: ViewState, scene: Scene) -> None:
        """Boxes, marks and crosshair as the state asks."""
        shown = state.boxes and not state.hide_ai
        edited = tuple(sorted(self.edited.items())) if shown else ()
        # of another ankle there is no bone here, and from some side a mark of it would seem to lie on this one
        missed = tuple(mark for mark in scene.missed if scene.region is None or _inside(scene.region, mark[1]))
        wanted = (scene.boxes if shown else (), scene.firm, state.selected, scene.judged, edited, missed)
        if wanted != self._drawn:
            self._drawn = wanted
            self._draw(*wanted)
        self._show_cursor(state, scene.volume.grid)

    def _draw(
        self,
        boxes: tuple[FoundBox, ...],
        firm: bool,
        selected: int,
        judged: tuple[str, ...],
        edited: tuple[tuple[int, BoxMm], ...],
        missed: tuple[tuple[int, Point], ...],
    ) -> None:
        for actor in (*self._boxes, *self.readers):
            self._plotter.remove_actor(actor, render=False)
        self._boxes, self.readers, self._faint = [], [], []
        self.labels.clear()
        for n, box in enumerate(boxes):
            low, high = np.asarray(box.min_mm), np.asarray(box.max_mm)
            lines = edges(low, high) if firm else dotted(low, high)
            sign = _sign(judged, n)
            rejected = sign == "rejected"  # thin and dim, as on the slices
            width = (2.0 if n == selected else 1.2) if rejected else (3.0 if n == selected else 1.8)
            # faint lines of both boxes at one place would mix to a third colour
            through, shown = n not in dict(edited), _REJECTED if rejected else 1.0
            self._boxes += self._lines(lines, theme.BOX, width, through=through, shown=shown)
            self.labels.add(f"{n + 1}{SIGNS.get(sign, '')}", _end(low, high, 1), theme.BOX)
        for n, box in edited:
            low, high = np.asarray(box.min_mm), np.asarray(box.max_mm)
            width, shown = (1.6, _REJECTED) if _sign(judged, n) == "rejected" else (2.4, 1.0)
            self.readers += self._lines(edges(low, high), theme.READER, width, _NEARER, shown=shown)
            self.labels.add(tr("{number} edited", number=n + 1), _end(low, high, 0), theme.READER, below=True)
        for number, mm in missed:
            self.readers += self._lines(rings(np.asarray(mm)), theme.READER, 2.4)
            self.labels.add(f"M{number}", np.add(mm, [0.0, 0.0, _RING_MM]), theme.READER)

    def _lines(
        self, lines: pv.PolyData, colour: str, width: float, nearer: float = 0.0, through: bool = True, shown: float = 1.0
    ) -> list[Any]:
        """Actors of lines.

        Args:
            nearer: how much the depth is cheated, so that of two lines at one place this is the one seen.
            through: whether they show, faintly, through the bone.
            shown: opacity where no bone lies before them.
        """
        actors = [self._add(lines, colour, width, shown, nearer)]
        if through:
            actors.append(self._add(lines, colour, width, _THROUGH * shown, _BEFORE_ALL + nearer))
            self._faint.append(actors[-1])
        return actors

    def _add(self, lines: pv.PolyData, colour: str, width: float, opacity: float, nearer: float) -> Any:
        actor = self._plotter.add_mesh(
            lines.copy(), color=colour, line_width=width * self._scale, lighting=False, opacity=opacity,
            reset_camera=False, render=False, pickable=False,
        )  # fmt: skip
        if nearer:
            actor.mapper.SetResolveCoincidentTopologyToPolygonOffset()
            actor.mapper.SetRelativeCoincidentTopologyLineOffsetParameters(0.0, nearer)
        return actor

    def _show_cursor(self, state: ViewState, grid: Grid) -> None:
        along = (grid, state.shown_turn)
        if along != self._cursor_along:
            for actor in self._cursor:
                self._plotter.remove_actor(actor, render=False)
            lines = pv.line_segments_from_points(crosshair(*along))
            # Light, with a dark edge: seen on bone and beside it. Behind bone it shows through, dark and faint: else the end of a
            # stroke would lie on the bone by itself, and nobody knew of what. The light one comes last, over the faint one.
            edge = self._add(lines, theme.PANE, 3.0, 1.0, 0.0)
            faint = self._add(lines, theme.PANE, 2.0, _CURSOR_THROUGH, _BEFORE_ALL)
            light = self._add(lines, theme.TEXT, 1.5, 1.0, _NEARER)
            self._cursor, self._cursor_along = [edge, faint, light], along
        self._cursor_shown = state.crosshair
        for actor in self._cursor:
            actor.SetPosition(*state.cursor_mm)
            actor.SetVisibility(state.crosshair)
        self._be_quick_with_cursor()

    def _be_quick_with_cursor(self) -> None:
        if self._cursor:
            _, faint, light = self._cursor
            faint.SetVisibility(self._cursor_shown and not self._quick)
            light.SetForceTranslucent(not self._quick)  # drawn in the pass of the faint one

    def clear(self) -> None:
        """Let go of every actor."""
        self.labels.clear()
        self._boxes, self.readers, self._faint, self._drawn = [], [], [], ()
        self._cursor, self._cursor_along = [], ()

    def be_quick(self, quick: bool) -> None:
        """Leave out what is seen through the bone: it takes a pass of its own over the whole picture."""
        self._quick = quick
        for actor in self._faint:
            actor.SetVisibility(not quick)
        self._be_quick_with_cursor()


def _sign(judged: tuple[str, ...], index: int) -> str:
    """What the reader says of a finding, "" for nothing."""
    return judged[index] if index < len(judged) else ""


def _inside(region: tuple[np.ndarray, np.ndarray], mm: Sequence[float]) -> bool:
    return bool((region[0] <= mm).all() and (mm <= region[1]).all())


def crosshair(grid: Grid, turn: Turn | None) -> np.ndarray:
    """Ends (12, 3) of the strokes of a crosshair at the origin, LPS mm: along each line in which two planes of a scan cut."""
    axial, coronal, sagittal = frames_of(grid, turn)
    ends = []
    for frame, other in ((axial, coronal), (axial, sagittal), (coronal, sagittal)):
        right, down = (frame.grid.affine[:3, n] / frame.grid.spacing[n] for n in range(2))
        x, y = line_on(frame, other)
        line = x * right + y * down
        ends.append(_ARM[:, None] * line / np.linalg.norm(line))
    return np.concatenate(ends)


def edges(low: np.ndarray, high: np.ndarray) -> pv.PolyData:
    """The twelve edges of a box, LPS mm."""
    found: pv.PolyData = pv.Box(bounds=np.stack([low, high]).T.ravel()).extract_all_edges()
    return found


def rings(mm: np.ndarray) -> pv.PolyData:
    """Three circles about a place, one across each axis."""
    turn = np.linspace(0.0, 2 * np.pi, 37)
    circle = np.stack([np.cos(turn), np.sin(turn), np.zeros_like(turn)], axis=1) * _RING_MM
    points = [np.repeat(np.roll(circle, axis, axis=1) + mm, 2, axis=0)[1:-1] for axis in range(3)]
    return pv.line_segments_from_points(np.concatenate(points))


def _end(low: np.ndarray, high: np.ndarray, top: int) -> np.ndarray:
    """The middle of a box's upper (1) or lower (0) face."""
    middle = (low + high) / 2
    return np.array([middle[0], middle[1], (low, high)[top][2]])


def dotted(low: np.ndarray, high: np.ndarray, dash_mm: float = 1.5) -> pv.PolyData:
    """Edges of a box as short dashes (line stipple is gone from modern OpenGL)."""
    points = []
    for axis in range(3):
        others = [a for a in range(3) if a != axis]
        for ends in np.ndindex(2, 2):
            start = np.array(low, dtype=float)
            for other, end in zip(others, ends, strict=True):
                start[other] = high[other] if end else low[other]
            length = float(high[axis] - low[axis])
            for at in np.arange(0.0, length, 2 * dash_mm):
                a, b = start.copy(), start.copy()
                a[axis], b[axis] = low[axis] + at, low[axis] + min(at + dash_mm, length)
                points += [a, b]
    return pv.line_segments_from_points(np.array(points))
