"""Measuring: the tool in hand, the points set so far, and the measures that stand. What panes, keys and list share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Signal

from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.geometry import Point
from ankleviewer.core.imaging.planes import PLANES, Frame
from ankleviewer.core.reading.ankle_measures import SYNDESMOSIS_MM, level_above, towards
from ankleviewer.core.reading.measure import Measure, distance_mm, point, unit
from ankleviewer.core.reading.measure_marks import (
    MeasureMark,
    common_normal,
    measure_marks,
    normal_of,
    rows_and_columns,
    with_depth_of,
)
from ankleviewer.core.reading.measure_planes import fits, height_on, may_move
from ankleviewer.core.reading.measure_tools import BY_NAME, Step, Tool, moved, stored
from ankleviewer.ui.state.measure_checks import caution, misplaced, objection, with_height_of
from ankleviewer.ui.state.model import ViewModel
from ankleviewer.ui.state.reviewing import Reviewing
from ankleviewer.ui.words.translate import said, tr

PENDING = 0  # number of the measure that is being set; kept ones count from 1


@dataclass(frozen=True)
class Grip:
    """A point of a measure that is being dragged: measure as it was, index of the point, measure as it would be."""

    before: Measure
    index: int
    now: Measure


class Measuring(QObject):
    """Tool, points, selection.

    Signals:
        changed(): any of them, or what stands.
        going(place): every view is about to go to a measure at this LPS position, mm.
        leg_wanted(index): a measure is set or changed by which the leg of this ankle lies matters.
    """

    changed, leg_wanted, going = Signal(), Signal(int), Signal(object)

    def __init__(self, view: ViewModel, reviewing: Reviewing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view, self.reviewing = view, reviewing
        self.tool: Tool | None = None
        self.points: list[Point] = []
        self.selected = PENDING
        self.note = ""
        self.plane = "axial"  # the pane that was used last
        self._hover: tuple[str, Point] | None = None
        self._grip: Grip | None = None
        self._volume: object = None
        self._planes: list[str] = []
        reviewing.changed.connect(self._on_review)
        view.scene_changed.connect(self._on_scene)
        view.changed.connect(self._on_view)

    def take_over(self, other: Measuring) -> None:
        """Go on with another one's tool, the points set so far, and its selection, on the same scan."""
        self.tool, self.points, self._planes = other.tool, other.points, other._planes
        self.selected, self.plane = other.selected, other.plane
        self.changed.emit()

    # ---------------------------------------------------------------------------------------------------------------- the tool
    def start(self, name: str) -> None:
        """Take a tool in hand; the same one again puts it away."""
        if self.view.scene is None:
            return
        again = self.tool is not None and self.tool.name == name
        self._reset()
        if not again:
            self.tool = BY_NAME[name]
            self._show_pane()
            if self.tool.reported:
                self.leg_wanted.emit(self.view.state.ankle)
        self.changed.emit()

    def stop(self) -> bool:
        """Put the tool away with what it has set so far; False where none was in hand."""
        if self.tool is None and self._grip is None:
            return False
        self._reset()
        self.changed.emit()
        return True

    @property
    def said(self) -> str:
        """What the card says beside the guide: of the last point, else of what is shown."""
        return self.note or caution(self)

    @property
    def step(self) -> Step | None:
        """The point to set next."""
        return self.tool.steps[len(self.points)] if self.tool is not None else None

    def accepts(self, plane: str) -> bool:
        """Whether the next point may be set in a plane's pane."""
        step, locked = self.step, self.locked()
        if step is None:
            return False
        return plane == self._planes[locked[0]] if locked else not step.planes or plane in step.planes

    def best_plane(self, plane: str) -> str:
        """The pane in which the next point is set from the keyboard: the one named, if it may be there."""
        return plane if self.accepts(plane) else next((p for p in PLANES if self.accepts(p)), plane)

    def locked(self) -> list[int]:
        """Indices of the points set that must share their slice with the next one."""
        step = self.step
        if self.tool is None or step is None or step.group is None:
            return []
        return [n for n in range(len(self.points)) if self.tool.steps[n].group == step.group]

    def _reset(self) -> None:
        self.tool, self._hover, self._grip, self.note = None, None, None, ""
        self.points, self._planes = [], []

    # --------------------------------------------------------------------------------------------------------------- the points
    def frame(self, plane: str) -> tuple[Frame, int]:
        """A plane's frame and the slice shown in it."""
        frame = self.view.frame(plane)
        return frame, frame.slice_at(self.view.state.cursor_mm)

    def crosshair(self, plane: str) -> Point:
        """The crosshair on the slice that a pane shows, LPS mm."""
        frame, index = self.frame(plane)
        x, y, _ = frame.grid.to_voxel(self.view.state.cursor_mm)
        return point(frame.grid.to_mm((x, y, index)))

    def set_point(self, plane: str, mm: ArrayLike) -> bool:
        """Set the next point in a plane's pane; False, and why in `note`, where it cannot be there."""
        tool, step = self.tool, self.step
        if tool is None or step is None or self.view.scene is None:
            return False
        self.plane, new = plane, point(mm)
        self.note = objection(self, plane, new)
        if not self.note:
            try:
                # a region's rectangle may still be flat; its area is what counts when the last corner is set
                tool.read(self.view.scene.volume, self._stored(tool, [*self.points, new], plane), self.along(plane, tool, new))
            except ValueError as error:
                told = said(str(error))
                self.note = told[:1].upper() + told[1:]
        if self.note:
            self.changed.emit()
            return False
        self.view.touched.emit()
        if tool.reported:
            self.leg_wanted.emit(self.reviewing.leg_of(new, self.view.state.ankle))
        self.points.append(new)
        self._planes.append(plane)
        self._hover = None
        if len(self.points) == len(tool.steps):
            self._keep(tool, plane)
        else:
            self._after(tool)
            self._show_pane()
            self.changed.emit()
        return True

    def _after(self, tool: Tool) -> None:
        """The syndesmosis is read on a slice of its own height: go there."""
        if tool.name == "tibiofibular" and len(self.points) == 1:
            up = self.along("axial", tool, self.points[0])
            self.view.move_cursor(level_above(self.points[0], up, up))
            shown, index = self.frame("axial")
            height = height_on(shown.grid.to_mm((0, 0, index)), normal_of(shown), self.points[0], up)
            slant = abs(float(np.dot(normal_of(shown), up)))  # half a slice along the normal is more along the shaft
            if abs(height - SYNDESMOSIS_MM) > 0.5 * shown.grid.spacing[2] / slant + 0.01:
                self.note = tr("The scan ends {mm} mm above the joint", mm=f"{height:.0f}")

    def _show_pane(self) -> None:
        """A pane that fills the window gives way to the one that is needed."""
        layout = self.view.state.layout
        if layout in PLANES:
            self.plane = self.best_plane(layout)
            self.view.update(layout=self.plane)
        elif layout != "grid":
            self.view.update(layout="grid")

    def _on_view(self, old: ViewState, new: ViewState) -> None:
        if new.layout != old.layout and new.layout in PLANES:
            self.plane = new.layout
        if new.slab != old.slab and self.tool is not None:
            self.changed.emit()  # what is said beside the guide
        if new.ankle != old.ankle and self.tool is not None and self.tool.reported:
            if self.points:
                self.points, self._planes = [], []  # of a guided measure no half may be of another ankle
                self.note = tr("Another ankle is shown: begin again")
                self.changed.emit()
            self.leg_wanted.emit(new.ankle)

    def hover(self, plane: str, mm: ArrayLike | None) -> None:
        """Where the next point would be: the mouse, or the crosshair moved by keys; None: nowhere."""
        if self.tool is None:
            return
        if mm is not None:
            self.plane = plane
        self._hover = (plane, point(mm)) if mm is not None and self.accepts(plane) else None
        self.changed.emit()

    def back(self) -> bool:
        """Take the last point set back."""
        if self.tool is None or not self.points:
            return False
        self.points.pop()
        self._planes.pop()
        self.note = ""
        self._show_pane()
        self.changed.emit()
        return True

    def _normal(self, plane: str, tool: Tool, place: Point) -> Point:
        """The normal of a plane's slices; that of the syndesmosis, which has an above, points to the shaft of the leg there."""
        normal = normal_of(self.view.frame(plane))
        if tool.name != "tibiofibular":
            return normal
        return point(towards(self.reviewing.shaft_of(place, self.view.state.ankle), normal) + 0.0)

    def along(self, plane: str, tool: Tool, place: Point) -> Point:
        """What a tool reads along: the slices' normal, of the syndesmosis, which has a height, the shaft of the leg there."""
        if tool.name != "tibiofibular":
            return self._normal(plane, tool, place)
        x, y, z = unit(self.reviewing.shaft_of(place, self.view.state.ankle)).tolist()
        return x, y, z

    def _stored(self, tool: Tool, points: Sequence[Point], plane: str) -> tuple[Point, ...]:
        across, down = rows_and_columns(self.view.frame(plane))
        return stored(tool, points, (across.tolist(), down.tolist()))

    def _keep(self, tool: Tool, plane: str) -> None:
        points = self._stored(tool, self.points, plane)
        normal = self._normal(plane, tool, points[0])
        values = tool.read(self.view.open_scene.volume, points, self.along(plane, tool, points[0]))
        kept = normal if tool.name == "tibiofibular" else common_normal(points, normal)
        self._reset()
        self.selected = self.reviewing.history.next_measure
        self.reviewing.add_measure(tool.name, points, kept, values)

    # ---------------------------------------------------------------------------------------------------------- what is shown
    @property
    def pending(self) -> Measure | None:
        """The measure being set, with the point under the mouse."""
        tool, points, scene = self.tool, list(self.points), self.view.scene
        if tool is None or scene is None:
            return None
        plane = self._planes[-1] if self._planes else self.plane
        if self._hover is not None and len(points) < len(tool.steps):
            plane = self._hover[0]
            points.append(self._hover[1])
        if not points:
            return None
        normal = self._normal(plane, tool, points[0])
        try:
            kept = self._stored(tool, points, plane)
            return Measure(PENDING, tool.name, kept, normal, tool.read(scene.volume, kept, self.along(plane, tool, points[0])))
        except ValueError:
            return Measure(PENDING, "", tuple(points), normal, ())

    def shown(self) -> tuple[Measure, ...]:
        """All measures as they are to be drawn now."""
        kept = self.reviewing.review.measures
        if self._grip is not None:
            kept = tuple(self._grip.now if m.number == self._grip.now.number else m for m in kept)
        return (*kept, *filter(None, [self.pending]))

    def marks(self, plane: str) -> tuple[MeasureMark, ...]:
        """What a plane's pane shows of the measures; the one being set counts as selected."""
        selected = self.selected or -1 if self.pending is None else PENDING
        return measure_marks(*self.frame(plane), self.shown(), selected)

    # ------------------------------------------------------------------------------------------------- selecting and changing
    def select(self, number: int) -> None:
        """Select a measure; PENDING: none."""
        if number != self.selected:
            self.selected = number
            self.changed.emit()

    def go_to(self, number: int) -> None:
        """Select a measure and show it in every view."""
        measure = self._find(number)
        if measure is not None and self.view.scene is not None:
            points = measure.points[1:] if measure.kind == "tibiofibular" and len(measure.points) > 1 else measure.points
            flat = measure.normal is not None and common_normal(points, measure.normal) is not None
            place = point(np.mean(points, axis=0)) if flat else points[0]
            self.going.emit(place)
            self.view.go_to(place, self.view.state.selected)
            self.select(number)

    def remove(self, number: int | None = None) -> None:
        """Take a measure away; None: the selected one."""
        number = self.selected if number is None else number
        if self._find(number) is not None:
            self.reviewing.remove_measure(number)

    def can_grip(self, plane: str, number: int, index: int) -> bool:
        """Whether a point may be dragged in a plane's pane: see `may_move`."""
        measure = self._find(number)
        return measure is not None and may_move(measure, index, plane, *self.frame(plane))

    def grip(self, number: int, index: int) -> None:
        """Begin to drag a point."""
        if (measure := self._find(number)) is not None:
            self.selected = number
            if measure.kind == "tibiofibular":
                self.leg_wanted.emit(self.reviewing.leg_of(measure.points[0], self.view.state.ankle))
            self._grip = Grip(measure, index, measure)
            self.changed.emit()

    def drag(self, plane: str, mm: ArrayLike) -> None:
        """Drag it to a place of a plane's pane."""
        if self._grip is None or self.view.scene is None:
            return
        before, index = self._grip.before, self._grip.index
        frame, tool = self.view.frame(plane), BY_NAME[before.kind]
        if not fits(tool, before, index, plane, frame):
            return
        try:
            points = moved(tool, before.points, index, with_depth_of(frame, mm, before.points[index]))
            if misplaced(self, tool, points, index):
                return
            normal = before.normal or normal_of(frame)
            along = self.along(plane, tool, points[0]) if tool.name == "tibiofibular" else normal
            values = tool.read(self.view.scene.volume, points, along)
        except ValueError:  # no direction, or no voxel inside: it stays where it was
            return
        leg = self.reviewing.leg_of(points[0], self.view.state.ankle)
        if tool.name == "tibiofibular" and leg not in self.reviewing.directions:
            if index == 0:  # the height changes with it, and along what is not known yet
                return
            values = with_height_of(before.values, values)
        kept = before.normal if tool.name == "tibiofibular" else common_normal(points, normal)
        self._grip = replace(self._grip, now=replace(before, points=points, normal=kept, values=values))
        self.changed.emit()

    def drop(self) -> None:
        """The drag is over: one step that can be undone."""
        grip, self._grip = self._grip, None
        if grip is not None and grip.now != grip.before:
            self.reviewing.change_measure(grip.now)
        self.changed.emit()

    def let_go(self) -> None:
        """The drag ended elsewhere: the point is where it was."""
        self._grip = None
        self.changed.emit()

    def move_nearest(self, plane: str) -> bool:
        """Move the selected measure's nearest point to the crosshair; False where none may be moved in the plane."""
        measure, here = self._find(self.selected), self.crosshair(plane)
        if measure is None or self.tool is not None:
            return False
        held = [n for n in range(len(measure.points)) if self.can_grip(plane, measure.number, n)]
        if not held:
            return False
        self.grip(measure.number, min(held, key=lambda n: distance_mm(measure.points[n], here)))
        self.drag(plane, here)
        self.drop()
        return True

    def _find(self, number: int) -> Measure | None:
        return next((m for m in self.reviewing.review.measures if m.number == number), None)

    # ------------------------------------------------------------------------------------------------------------------ undo
    @property
    def can_undo(self) -> bool:
        """Whether there is a point or a step to take back."""
        return bool(self.tool is not None and self.points) or self.reviewing.history.can_undo

    def undo(self) -> None:
        """Take the last point of the tool in hand back, or the last step of the review."""
        if not self.back():
            self.reviewing.undo()

    def _on_review(self) -> None:
        if self._find(self.selected) is None:
            self.selected = PENDING
        self._grip = None
        self.changed.emit()

    def _on_scene(self) -> None:
        volume = self.view.scene.volume if self.view.scene is not None else None
        if volume is not self._volume:
            self._volume = volume
            self._reset()
            self.selected = PENDING
            self.changed.emit()
