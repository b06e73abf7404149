"""Menus and shortcuts: every command of the window, by name and key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from ankleviewer.core.display.viewstate import PRESETS
from ankleviewer.core.imaging.planes import PLANES
from ankleviewer.core.reading.conclusion import VERDICTS, Verdict
from ankleviewer.ui import language, plane_actions
from ankleviewer.ui.files import log_saving
from ankleviewer.ui.files.leaving import leave
from ankleviewer.ui.keyboard import keys as held_keys
from ankleviewer.ui.keyboard import mouse_menu
from ankleviewer.ui.keyboard.help_dialog import about_dialog, keys_dialog
from ankleviewer.ui.keyboard.keymap import mark
from ankleviewer.ui.keyboard.keys_editor import KeysEditor
from ankleviewer.ui.look.dialogs import once
from ankleviewer.ui.measure_actions import build_measures
from ankleviewer.ui.slices.slice_paint import PLANE_NAMES
from ankleviewer.ui.state import judging
from ankleviewer.ui.view3d.header3d import VIEW_TIPS
from ankleviewer.ui.words.translate import said, tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow


_SCAN = "needsScan"


def _add(
    menu: QMenu,
    text: str,
    keys: str | tuple[str, ...],
    act: Callable[[], object],
    checkable: bool = False,
    shown: str = "",
    repeats: bool = False,
    scan: bool = False,
) -> QAction:
    """A command by its English text, its stable name; `shown` where it is not one string that can be translated; `repeats` where
    it steps, and goes on while its key is down; `scan` where it does nothing, or nothing that is seen, before a scan is open.
    """
    shown = shown or tr(text)
    action = QAction(shown, menu)
    shortcuts = (keys,) if isinstance(keys, str) else keys
    action.setShortcuts([QKeySequence(k) for k in shortcuts if k])
    mark(action, _plain(text), shortcuts, _plain(shown), repeats)
    action.setCheckable(checkable)
    action.setProperty(_SCAN, scan)
    action.triggered.connect(lambda _checked=False: act())
    menu.addAction(action)
    return action


def _follow(window: MainWindow) -> None:
    needing = [action for action in window.findChildren(QAction) if action.property(_SCAN)]

    def enable() -> None:
        for action in needing:
            action.setEnabled(window.controller.case is not None)

    window.controller.changed.connect(enable)
    enable()


def _plain(text: str) -> str:
    return " ".join(text.replace("&", "").split())


def build(window: MainWindow) -> None:
    """Fill the window's menu bar."""
    held_keys.build(window)
    _file(window)
    _view(window)
    plane_actions.build(window, _add)
    _findings(window)
    build_measures(window, _add)
    menu = window.menuBar().addMenu(tr("&Help"))
    _add(menu, "Keys and mouse", ("F1", "?"), lambda: once(window, "keys", lambda: keys_dialog(window)))
    _add(menu, "Change keys…", "", lambda: once(window, "editor", lambda: KeysEditor(window)))
    _add(menu, "Save log…", "", lambda: log_saving.choose(window))
    _add(menu, "About AnkleViewer", "", lambda: once(window, "about", lambda: about_dialog(window)))
    _follow(window)


def _file(window: MainWindow) -> None:
    menu = window.menuBar().addMenu(tr("&File"))
    _add(menu, "Open file…", "Ctrl+O", window.choose_file)
    _add(menu, "Open folder…", "Ctrl+Shift+O", window.choose_folder)
    _add(menu, "Other series of this folder…", "Ctrl+E", window.series.choose)
    sample = _add(menu, "Open the sample scan", "", window.open_sample)
    sample.setEnabled(window.sample is not None)
    recent = menu.addMenu(tr("Recent scans"))

    def fill() -> None:
        recent.clear()
        paths = window.settings.recent
        for path, (name, tip) in zip(paths, window.privacy.recent(paths), strict=True):
            # & marks a shortcut in menus and is doubled to be seen.
            entry = recent.addAction(name.replace("&", "&&"))
            entry.setToolTip(tip)
            entry.triggered.connect(lambda _checked=False, chosen=path: window.controller.open(chosen))
        if not window.settings.recent:
            recent.addAction(tr("None yet")).setEnabled(False)

    recent.aboutToShow.connect(fill)
    recent.setToolTipsVisible(True)
    menu.addSeparator()
    _add(menu, "Save result and review…", "Ctrl+S", window.choose_review, scan=True)
    _add(menu, "Save session…", "Ctrl+Shift+S", window.session_files.choose, scan=True)
    _add(menu, "Save report…", "Ctrl+R", window.exporting.choose_report, scan=True)
    _add(menu, "Save results for the PACS…", "Ctrl+Shift+R", window.exporting.choose_dicom, scan=True)
    _add(menu, "Save picture…", "Ctrl+P", window.exporting.choose_picture)
    menu.addSeparator()
    _add(menu, "Copy picture of the view", "Ctrl+C", window.exporting.copy_pane, scan=True)
    _add(menu, "Copy picture of the window", "Ctrl+Shift+C", window.exporting.copy_window)
    menu.addSeparator()
    _add(menu, "Quit", "Ctrl+Q", lambda: leave(window))


def _view(window: MainWindow) -> None:
    model = window.view
    menu = window.menuBar().addMenu(tr("&View"))
    presets = menu.addMenu(tr("Window"))
    preset_actions = []
    for preset in PRESETS:
        size = f"   {preset.window.width:.0f} / {preset.window.level:.0f}" if preset.window else ""
        act = partial(model.preset, preset.key)
        action = _add(presets, preset.name + size, preset.key, act, checkable=True, shown=said(preset.name) + size)
        preset_actions.append((preset.key, action))
    _add(menu, "Fit the ankle", "F", lambda: model.fit("ankle"), scan=True)
    _add(menu, "Fit the whole scan", "Shift+F", lambda: model.fit("scan"), scan=True)
    menu.addSeparator()
    crosshair = _add(menu, "Crosshair", "X", lambda: model.update(crosshair=not model.state.crosshair), checkable=True)
    corners = _add(menu, "Corner text", "T", lambda: model.update(annotations=not model.state.annotations), checkable=True)
    hidden = _add(menu, "Hide patient and file names", "P", window.privacy.toggle, checkable=True)
    panel = _add(menu, "Result column", "F9", window.toggle_panel, checkable=True, scan=True)
    menu.addSeparator()
    layouts = menu.addMenu(tr("Layout"))
    _add(layouts, "Four views", "Ctrl+0", lambda: model.update(layout="grid"))
    for n, name in enumerate((*PLANES, "3d"), start=1):
        plane = PLANE_NAMES.get(name, "3D")
        only = tr("{plane} only", plane=tr(plane))
        _add(layouts, plane + " only", f"Ctrl+{n}", partial(model.update, layout=name), shown=only)
    window.appearance.menu(menu)
    mouse_menu.fill(window, menu)
    language.fill(window, menu)
    views = menu.addMenu(tr("3D view"))
    for name, tip in VIEW_TIPS.items():
        _add(views, tip, f"Shift+{name}", partial(window.pane3d.look_from, name))
    window.pane3d.tools.fill(views, keys=True)

    def show() -> None:
        for key, action in preset_actions:
            action.setChecked(model.state.preset == key)
        crosshair.setChecked(model.state.crosshair)
        corners.setChecked(model.state.annotations)
        panel.setChecked(not window.panel.isHidden())
        hidden.setChecked(window.privacy.hidden)

    menu.aboutToShow.connect(show)
    presets.aboutToShow.connect(show)


def _findings(window: MainWindow) -> None:
    model, controller = window.view, window.controller

    def box(act: Callable[[], object], otherwise: str) -> Callable[[], object]:
        """What is done to a box; where there is none it is said, since a key is pressed without a look at the menu."""
        return lambda: act() if controller.boxes else window.toast.say(otherwise)

    def conclude(verdict: Verdict) -> None:
        window.toast.say(judging.conclude(controller, verdict))

    menu = window.menuBar().addMenu(tr("F&indings"))
    there = tr("There is no finding to go to")
    _add(menu, "Next finding", "N", box(lambda: controller.step_finding(1), there), repeats=True, scan=True)
    _add(menu, "Previous finding", "Shift+N", box(lambda: controller.step_finding(-1), there), repeats=True, scan=True)
    menu.addSeparator()
    _add(menu, "Accept", "A", box(lambda: controller.judge("accepted"), tr("There is no box to judge")), scan=True)
    _add(menu, "Reject", "R", box(lambda: controller.judge("rejected"), tr("There is no box to judge")), scan=True)
    _add(menu, "Mark a missed fracture at the crosshair", "M", controller.add_missed, scan=True)
    own = menu.addMenu(tr("Your own reading"))
    for verdict, key in zip(VERDICTS, "789", strict=True):
        text = judging.VERDICTS[verdict]
        _add(own, text, key, partial(conclude, verdict), scan=True)
    _add(menu, "Edit the box", "E", box(window.editing.toggle, tr("There is no box to edit")), scan=True)
    undo = _add(menu, "Undo", "Ctrl+Z", controller.measuring.undo, repeats=True)
    redo = _add(menu, "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), controller.reviewing.redo, repeats=True)
    menu.addSeparator()
    heat = _add(menu, "Heat map", "G", lambda: model.update(heat=not model.state.heat), checkable=True, scan=True)
    boxes = _add(menu, "Boxes", "B", lambda: model.update(boxes=not model.state.boxes), checkable=True, scan=True)
    fill = _add(menu, "Fill the heat map", "O", lambda: model.update(fill=not model.state.fill), checkable=True, scan=True)
    coarse = _add(
        menu, "The paper's coarse map", "C", lambda: model.update(paper_map=not model.state.paper_map), checkable=True, scan=True
    )
    _add(menu, "Raise the threshold", "]", lambda: model.step_threshold(1), repeats=True, scan=True)
    _add(menu, "Lower the threshold", "[", lambda: model.step_threshold(-1), repeats=True, scan=True)
    menu.addSeparator()
    _add(menu, "Analyse", "F5", controller.analyse, scan=True)
    _add(menu, "Cancel", "Esc", window.cancel)

    def show() -> None:
        heat.setChecked(model.state.heat)
        boxes.setChecked(model.state.boxes)
        fill.setChecked(model.state.fill)
        coarse.setChecked(model.state.paper_map)

    def steps() -> None:
        undo.setEnabled(controller.measuring.can_undo)
        redo.setEnabled(controller.reviewing.history.can_redo)

    controller.changed.connect(steps)
    controller.measuring.changed.connect(steps)
    steps()
    menu.aboutToShow.connect(show)
