"""The Planes menu: oblique planes, mortise view, turning by key, slabs, lightbox and comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from ankleviewer.core.imaging.slab import MODES, THICKNESSES_MM, Slab, next_mode, next_thickness
from ankleviewer.ui.words.translate import noop, tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow

TURN_DEG = 2.0  # per key press
MODE_NAMES = {"max": noop("Highest HU (MIP)"), "min": noop("Lowest HU (MinIP)"), "mean": noop("Mean HU")}


def build(window: MainWindow, add: Callable[..., QAction]) -> None:
    """Add the menu to the window's menu bar; `add` makes a command (menu, text, keys, act, checkable, repeats)."""
    model = window.view
    menu = window.menuBar().addMenu(tr("&Planes"))
    oblique = add(menu, "Oblique planes", "D", model.toggle_oblique, checkable=True)
    add(menu, "Mortise view", "V", window.mortise.show)
    add(menu, "Turn the other planes left", "Alt+Left", lambda: model.turn_others(window.last_pane, -TURN_DEG), repeats=True)
    add(menu, "Turn the other planes right", "Alt+Right", lambda: model.turn_others(window.last_pane, TURN_DEG), repeats=True)
    add(menu, "Back to the scan's own planes", "Shift+D", lambda: model.set_turn(None))
    menu.addSeparator()
    slab = menu.addMenu(tr("Slab"))
    thicknesses = []
    for mm in THICKNESSES_MM:
        name = f"{mm:.0f} mm" if mm else noop("One slice")
        act = add(slab, name, "", lambda mm=mm: model.update(slab=Slab(mm, model.state.slab.mode)), checkable=True)
        thicknesses.append((mm, act))
    slab.addSeparator()
    modes = []
    for mode in MODES:
        act = add(
            slab, MODE_NAMES[mode], "", lambda mode=mode: model.update(slab=Slab(model.state.slab.mm, mode)), checkable=True
        )
        modes.append((mode, act))
    add(menu, "Next slab thickness", "S", lambda: model.update(slab=next_thickness(model.state.slab)))
    add(menu, "Next slab mode", "Alt+S", lambda: model.update(slab=next_mode(model.state.slab)))
    menu.addSeparator()
    lightbox = add(menu, "Lightbox", "L", lambda: window.tile_layout("lightbox"), checkable=True)
    compare = add(menu, "Both ankles side by side", "K", lambda: window.tile_layout("compare"), checkable=True)

    def show() -> None:
        oblique.setChecked(model.state.oblique)
        lightbox.setChecked(model.state.layout == "lightbox")
        compare.setChecked(model.state.layout == "compare")
        for mm, act in thicknesses:
            act.setChecked(model.state.slab.mm == mm)
        for mode, act in modes:
            act.setChecked(model.state.slab.mode == mode)

    def enable() -> None:
        case = window.controller.case
        two = case is not None and len(case.ankles) > 1
        compare.setEnabled(two)
        if not two and model.state.layout == "compare":
            model.update(layout="grid")

    menu.aboutToShow.connect(show)
    slab.aboutToShow.connect(show)
    window.controller.changed.connect(enable)
    enable()
