"""Tools3D: the menu of the 3D view (volume, slice planes, crop box, disarticulation, spin, box from three sides) and its work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QToolButton

from ankleviewer.core.display.scene import same_region
from ankleviewer.core.display.view3d import PLANES_SHOWN
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.ui.background.jobs import Job
from ankleviewer.ui.keyboard.keymap import mark
from ankleviewer.ui.look import theme
from ankleviewer.ui.words.translate import noop, tr

if TYPE_CHECKING:
    from ankleviewer.ui.view3d.pane3d import Pane3D

VOLUME_MM, VOLUME_VOXELS = 0.6, 8e6
SPIN_MS, SPIN_DEGREES_A_SECOND = 30, 40.0
LINE_MS = 9000
PLANE_WORDS = {
    "off": noop("No slice planes"),
    "frames": noop("Frames of the slice planes"),
    "slices": noop("Slice planes with their pictures"),
}
IN_SOFTWARE = noop("Volume rendering in software too")
SOFTWARE = noop("No graphics card: the surface stays. “{entry}” in the 3D menu shows the volume all the same.")

WITHOUT_CAST = noop("Without cast, splint and table; bone that touches them may lack a little of its surface.")
NO_CAST = noop("No cast or splint was found around this leg.")
NOT_TOLD_APART = noop("Leg and foot could not be told apart in this scan.")
NO_BOX = noop("There is no box to show.")
SEPARATING = noop("Separating the foot; it is still shown.")
WITHOUT_FOOT = noop("Without the foot; pieces of the malleoli may be missing with it.")
LOST = noop("Finding {number} lies in the part that is left out.")
LOST_PART = noop("Part of finding {number} lies in what is left out.")
LOST_SHARE, PART_SHARE = 0.5, 0.05  # of the bone's surface in a finding's box; less is its rim


class Tools3D(QObject):
    """What the 3D view can do besides showing the bone surface."""

    def __init__(self, pane: Pane3D) -> None:
        super().__init__(pane)
        self.pane = pane
        self.in_software = False  # the reader wants volume rendering though a processor draws
        self.job = Job(self)
        self.job.done.connect(self._on_done)
        self.job.failed.connect(self._on_failed)
        self._making = ""  # what the job makes, "voxels" or "foot"
        self._made: dict[str, Any] = {}
        self._lost_of: tuple[Any, Any, Any] | None = None  # surface, foot and boxes that `_lost_now` holds for
        self._lost_now: dict[int, float] = {}
        self._told_of: Any = ()  # boxes of the answer before
        self._cropped = False
        self._asked_without_cast = False
        self._spin = QTimer(self, interval=SPIN_MS, timerType=Qt.TimerType.PreciseTimer)
        self._spin.timeout.connect(self._turn)
        self.line = QLabel("", pane)
        self.line.setWordWrap(True)
        self.line.setStyleSheet(f"background: {theme.RAISED}; color: {theme.TEXT}; font-size: 11px; padding: 3px 8px;")
        self.line.hide()
        pane.model.changed.connect(self._on_state)
        self._hide = QTimer(self, singleShot=True, interval=LINE_MS)
        self._hide.timeout.connect(self.line.hide)
        self.button = QToolButton(pane)
        self.button.setText("☰")
        self.button.setToolTip(tr("What the 3D view shows"))
        self.button.setAccessibleName(tr("3D menu"))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setStyleSheet(
            "QToolButton { padding: 0; font-size: 12px; min-width: 22px; max-width: 22px; min-height: 16px; max-height: 16px; }"
            "QToolButton::menu-indicator { image: none; }"
        )
        self._menu = QMenu(self.button)
        self.fill(self._menu, keys=False)
        self.button.setMenu(self._menu)

    # ---------------------------------------------------------------------------------------------------------------- menu
    def fill(self, menu: QMenu, keys: bool) -> None:
        """Add the entries; shortcuts with `keys` (they may exist once in a window)."""
        pane = self.pane
        checks: list[tuple[QAction, Callable[[], bool]]] = []

        def add(text: str, key: str, act: Callable[[], object], checked: Callable[[], bool] | None = None) -> QAction:
            action = QAction(tr(text), menu)
            if keys:  # a command of the window: its key can be changed, and is nobody else's
                action.setShortcuts([QKeySequence(key)] if key else [])
                mark(action, "3D: " + text.removesuffix("…"), (key,) if key else (), "3D: " + tr(text).removesuffix("…"))
            action.triggered.connect(lambda _checked=False: act())
            if checked is not None:
                action.setCheckable(True)
                checks.append((action, checked))
            menu.addAction(action)
            return action

        def shows(how: str) -> bool:
            return pane.options.planes == how

        menu.addSeparator()
        add("Volume rendering", "Shift+V", self.toggle_volume, lambda: pane.options.volume)
        add(IN_SOFTWARE, "", self.toggle_in_software, lambda: self.in_software)
        add("Without the foot (disarticulate)", "Shift+X", self.toggle_foot, lambda: not pane.options.foot)
        add("Without cast and splint", "Shift+K", self.toggle_cast, lambda: not pane.options.cast)
        menu.addSeparator()
        group = QActionGroup(menu)
        for how in PLANES_SHOWN:
            entry = add(PLANE_WORDS[how], "", partial(pane.set_options, planes=how), partial(shows, how))
            group.addAction(entry)
        add("Next way to show the slice planes", "Shift+Q", lambda: pane.set_options(planes=pane.options.next_planes().planes))
        menu.addSeparator()
        add("Crop box", "Shift+C", lambda: pane.set_options(crop=not pane.options.crop), lambda: pane.options.crop)
        add("Reset the crop box", "Shift+Z", self.reset_crop)
        add("Spin", "Shift+T", lambda: pane.set_options(spin=not pane.options.spin), lambda: pane.options.spin)
        menu.addSeparator()
        add("Box from three sides…", "Shift+B", self.show_box_views)

        def show() -> None:
            for action, checked in checks:
                action.setChecked(checked())

        menu.aboutToShow.connect(show)

    def say(self, text: str) -> None:
        """One line above the picture, for a while."""
        self.line.setText(text)
        self.line.show()
        self._hide.start()

    # ------------------------------------------------------------------------------------------------------------- switches
    def toggle_volume(self) -> None:
        """Volume rendering or surface."""
        render = self.pane.render3d
        if render is None:
            return
        if not self.pane.options.volume and render.by_processor and not self.in_software:
            self.say(tr(SOFTWARE, entry=tr(IN_SOFTWARE)))
            return
        self.pane.set_options(volume=not self.pane.options.volume)

    def toggle_in_software(self) -> None:
        """Allow volume rendering where a processor draws; it is slow there."""
        self.in_software = not self.in_software
        render = self.pane.render3d
        if render is not None and render.by_processor:
            if self.in_software:
                self.say(tr("In software: slow, and without the heat map's colours."))
            self.pane.set_options(volume=self.in_software)

    def toggle_foot(self) -> None:
        """Hide or show everything below the ankle joint."""
        if self.pane.options.foot and "foot" in self._made and self._made["foot"] is None:
            self.say(tr(NOT_TOLD_APART))
        elif self.pane.render3d is not None:
            self.pane.set_options(foot=not self.pane.options.foot)
            if self.without_foot:
                self.say(self._foot_told())
            elif not self.pane.options.foot:  # what is being made already comes first
                self._say_separating()
            elif self.line.text().startswith((tr(WITHOUT_FOOT), tr(SEPARATING))):
                self.line.hide()

    @property
    def without_foot(self) -> bool:
        """Whether the foot is left out, not only asked to be."""
        return not self.pane.options.foot and not self.pane.pending and self._made.get("foot") is not None

    def _say_separating(self) -> None:
        """A line that stays until it is done."""
        self.say(tr(SEPARATING))
        self._hide.stop()

    def _foot_told(self) -> str:
        """What is missing without the foot, and the findings that are."""
        lost = [tr(LOST if share > LOST_SHARE else LOST_PART, number=n + 1) for n, share in self._lost().items()]
        return " ".join([tr(WITHOUT_FOOT), *lost])

    def _on_state(self, old: ViewState, new: ViewState) -> None:
        """Of findings that are hidden nothing is said."""
        if (old.boxes, old.hide_ai) != (new.boxes, new.hide_ai) and self.without_foot:
            self._tell_missing()
            if self.line.text().startswith(tr(WITHOUT_FOOT)):
                self.line.setText(self._foot_told())

    def _lost(self) -> dict[int, float]:
        """Findings by index, as far as they are shown, whose bone is left out with the foot, and the share of it that is."""
        render, scene, state = self.pane.render3d, self.pane.model.scene, self.pane.model.state
        if render is None or scene is None or render.bone.mesh is None or state.hide_ai or not state.boxes:
            return {}
        of = (render.bone.mesh, self._made["foot"], scene.boxes)
        if self._lost_of is None or any(new is not old for new, old in zip(of, self._lost_of, strict=True)):
            points = np.asarray(render.bone.mesh.points)
            within = [points[((points >= box.min_mm) & (points <= box.max_mm)).all(axis=1)] for box in scene.boxes]
            shares = {n: float(of[1].at(bone).mean()) for n, bone in enumerate(within) if len(bone)}
            self._lost_now = {n: share for n, share in shares.items() if share > PART_SHARE}
            self._lost_of = of
        return self._lost_now

    def toggle_cast(self) -> None:
        """Show or leave out what lies around the leg and is as dense as bone."""
        self._asked_without_cast = self.pane.options.cast
        self.pane.set_options(cast=not self.pane.options.cast)

    def reset_crop(self) -> None:
        """Take the crop box's cut away."""
        if self.pane.render3d is not None:
            self.pane.render3d.crop.reset()
            self.pane.draw_soon()

    def on_cropped(self, cut: bool) -> None:
        """Part of the bone is cut away, or is no more."""
        self._cropped = cut
        self._tell_missing()

    def _tell_missing(self) -> None:
        """Say that part of the bone is not shown."""
        foot, cast = self.without_foot, self.pane.cast is not None
        cut = self._cropped or foot or cast
        self.button.setText("✂" if cut else "☰")
        self.button.setProperty("cut", cut)
        self.button.style().polish(self.button)
        told = {
            tr("Cropped: not all bone is shown"): self._cropped,
            (self._foot_told() if foot else ""): foot,
            tr(WITHOUT_CAST): cast,
        }
        self.button.setToolTip("\n".join(why for why, so in told.items() if so) or tr("What the 3D view shows"))

    def on_options(self) -> None:
        """Start or stop what the options ask for."""
        options = self.pane.options
        if options.spin and not self._spin.isActive():
            self._spin.start()
        elif not options.spin:
            self._spin.stop()
        self._tell_missing()
        self._prepare()

    def on_other_bones(self) -> None:
        """Another scan or ankle has come, its surface is still to be made: what the line says is of the last one."""
        self._hide.stop()
        self.line.hide()
        self._tell_missing()

    def on_scene(self) -> None:
        """Another scan or ankle, or the cast switched: what was made for the last one is let go, and what is being made."""
        self.forget()
        if self.pane.cast is not None:
            self.say(tr(WITHOUT_CAST))
        elif self.line.text() == tr(WITHOUT_CAST):
            self.line.hide()
        elif self._asked_without_cast:
            self.say(tr(NO_CAST))
        self._asked_without_cast = False
        self._told_of = self.pane.model.scene.boxes if self.pane.model.scene is not None else ()
        self._tell_missing()
        self._prepare()

    def forget(self) -> None:
        """Let go of what was made, and of what is being made."""
        self.job.cancel()
        self._made = {}
        self._lost_of = None
        if self.line.text() == tr(SEPARATING):
            self.line.hide()

    def on_answer(self) -> None:
        """Another answer or judgement for the same bone: another heat map has to be read anew, and there may be boxes."""
        scene = self.pane.model.open_scene
        if scene.boxes and self.line.text() == tr(NO_BOX):
            self.line.hide()
        voxels = self._made.get("voxels")
        if voxels is not None and voxels.heat is not scene.heat:  # a judgement leaves map and voxels as they are
            del self._made["voxels"]
        self._tell_missing()
        boxes, before = scene.boxes, self._told_of
        self._told_of = boxes
        if self.without_foot and boxes != before and self._lost():  # a judgement changes nothing of where they lie
            self.say(self._foot_told())
        elif self.without_foot and self.line.text().startswith(tr(WITHOUT_FOOT)):
            self.line.setText(self._foot_told())
        self._prepare()

    def _turn(self) -> None:
        render = self.pane.render3d
        if render is None or not self.pane.isVisible() or self.pane.window().isMinimized() or render.moving:
            return
        render.turn(SPIN_DEGREES_A_SECOND * SPIN_MS / 1000)

    # ------------------------------------------------------------------------------------------------------------- slow work
    def _prepare(self) -> None:
        """Make in the background what the options need and nobody has made yet."""
        scene, options = self.pane.model.scene, self.pane.options
        if scene is None or self.pane.render3d is None or self.pane.pending or self.job.running:
            return
        volume, region, heat, cast = scene.volume, scene.region, scene.heat, self.pane.cast
        if options.volume and "voxels" not in self._made:

            def voxels(_progress: Any, _cancelled: Callable[[], bool]) -> Any:
                from ankleviewer.core.imaging.bonefield import bone_field
                from ankleviewer.ui.view3d.volume3d import Voxels

                field = bone_field(volume, region, VOLUME_MM, VOLUME_VOXELS)
                return "voxels", scene, Voxels.of(field if cast is None else cast.left_out(field), heat)

            self._making = "voxels"
            self.job.start(voxels)
        elif not options.foot and "foot" not in self._made:
            ankle = self.pane.ankle()

            def foot(_progress: Any, _cancelled: Callable[[], bool]) -> Any:
                from ankleviewer.core.anatomy.disarticulate import split_foot

                return "foot", scene, split_foot(volume, region, ankle.center_mm) if ankle is not None else None

            self._making = "foot"
            self.job.start(foot)
            self._say_separating()

    def _on_failed(self, error: AnkleViewerError) -> None:
        """What was asked for cannot be shown: the options say again what is; asking once more tries once more."""
        wanted = self.pane.options.volume if self._making == "voxels" else not self.pane.options.foot
        if wanted:
            self.pane.set_options(**({"volume": False} if self._making == "voxels" else {"foot": True}))
            self.say(tr("That failed ({code})", code=error.code))
        elif self.line.text() == tr(SEPARATING):
            self.line.hide()
        self._prepare()  # what was asked for meanwhile has waited for it

    def _on_done(self, result: Any) -> None:
        kind, scene, made = result
        now, render = self.pane.model.scene, self.pane.render3d
        if now is None or render is None:
            return
        same_bone = now.volume is scene.volume and same_region(now.region, scene.region)
        if same_bone and (kind == "foot" or now.heat is scene.heat):
            self._made[kind] = made
            if kind == "voxels":
                render.show_voxels(made)
            elif made is None:
                self.say(tr(NOT_TOLD_APART))
                self.pane.set_options(foot=True)
            else:
                render.show_foot(made)
                if self.without_foot:  # it may be wanted again by now
                    self.say(self._foot_told())
                self._tell_missing()
            self.pane.draw_soon()
        self._prepare()

    def show_box_views(self) -> None:
        """The box of the selected finding from above, the front and the left, with its coordinates."""
        from ankleviewer.ui.view3d.box_views import box_views_dialog

        if self.pane.preparing:
            self.say(tr("Preparing the 3D view"))
            return
        dialog = box_views_dialog(self.pane)
        if dialog is None:
            self.say(tr(NO_BOX))
        else:
            dialog.show()

    def stop(self) -> None:
        """End timers; work is waited for by the window."""
        self._spin.stop()
        self._hide.stop()
