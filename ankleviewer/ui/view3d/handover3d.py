"""What the 3D view of a window takes over from that of the window before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ankleviewer.ui.view3d.pane3d import Pane3D


def hand_over(old: Pane3D, new: Pane3D) -> None:
    """Show the scan in a pane as another does: its options, and its camera and cut once there is something to see."""
    new.set_options(**vars(old.options))
    if old.render3d is None:
        return
    camera, cut = old.render3d.plotter.camera.copy(), old.render3d.crop.bounds
    new.tools.in_software = old.tools.in_software

    def turn() -> None:
        new.settled.disconnect(turn)
        if new.render3d is not None:
            new.render3d.set_camera(camera)
            if cut is not None:
                new.render3d.crop.cut(cut)
            new.draw_soon()

    new.settled.connect(turn)
