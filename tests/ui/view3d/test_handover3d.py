"""What one 3D view takes over from another, without OpenGL; in windows, another language does it: see test_succession."""

from __future__ import annotations

from types import SimpleNamespace

from PySide6.QtCore import QObject, Signal

from ankleviewer.core.display.view3d import View3D
from ankleviewer.ui.view3d.handover3d import hand_over


class Pane(QObject):
    """As much of a Pane3D as is handed over."""

    settled = Signal()

    def __init__(self, render: object, **options: object) -> None:
        super().__init__()
        self.render3d, self.tools, self.options, self.seen = render, SimpleNamespace(in_software=False), View3D(**options), []

    def set_options(self, **fields: object) -> None:
        self.options = View3D(**fields)

    def draw_soon(self) -> None:
        self.seen.append("drawn")


def test_options_come_at_once_and_the_camera_with_the_first_bones_only(qtbot) -> None:
    bounds = (0.0, 1.0, 0.0, 1.0, 0.0, 1.0)
    camera = SimpleNamespace(copy=lambda: "camera")
    old = Pane(SimpleNamespace(plotter=SimpleNamespace(camera=camera), crop=SimpleNamespace(bounds=bounds)), planes="frames")
    old.tools.in_software = True
    new = Pane(None)
    new.render3d = SimpleNamespace(set_camera=new.seen.append, crop=SimpleNamespace(cut=new.seen.append))
    hand_over(old, new)
    assert new.options == old.options and new.tools.in_software and new.seen == []
    new.settled.emit()
    new.settled.emit()
    assert new.seen == ["camera", bounds, "drawn"]


def test_without_a_view_only_the_options_come(qtbot) -> None:
    old, new = Pane(None, crop=True), Pane(None)
    hand_over(old, new)
    new.settled.emit()
    assert new.options == old.options and new.seen == []
