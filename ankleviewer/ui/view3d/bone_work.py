"""The bone surfaces of a scene, made off the main thread: a coarse one first, the fine one when that has been drawn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ankleviewer.core.anatomy.cast import Cast, find_cast
from ankleviewer.core.geometry import Array
from ankleviewer.core.volume import Volume
from ankleviewer.ui.background import importing

if TYPE_CHECKING:
    import pyvista as pv

BonesKey = tuple[Volume, tuple[Array, Array] | None, bool]  # scan, LPS box of it (None: all of it), whether with its cast
COARSE_MM = 2.4
_ASK_S, _LONGEST_FIRST_S = 0.05, 3.0  # the fine surface waits until the coarse one has been drawn


@dataclass(frozen=True, eq=False)
class Bones:
    """A surface as VTK's mesh (None: there is no bone), and what around the leg is not in it (None: nothing)."""

    mesh: pv.PolyData | None
    cast: Cast | None


def bone_work(
    volume: Volume, region: tuple[Array, Array] | None, with_cast: bool, first: Callable[[Bones], None], drawn: threading.Event
) -> Callable[..., Bones]:
    """The work of a Job that makes the fine surface.

    Args:
        volume, region: the scan, and the LPS box of it (None: all of it).
        with_cast: leave nothing out.
        first: takes the coarse surface, on the worker's thread; not called where there is no bone.
        drawn: set once the coarse one is on the screen.
    """

    def work(_progress: Callable[[float, str], None], cancelled: Callable[[], bool]) -> Bones:
        from ankleviewer.core.display.surface import bone_surface

        cast = None if with_cast else find_cast(volume, region)
        coarse = bone_surface(volume, region, COARSE_MM, cancelled=cancelled, cast=cast)
        # What is slow of VTK and pyvista is imported here, off the main thread; all of it that knows no Qt.
        importing.load("pyvista.plotting")
        from ankleviewer.ui.view3d.bone3d import mesh_of

        if coarse is not None:
            first(Bones(mesh_of(coarse), cast))
            # VTK's first pictures want every core and the interpreter, and so would the fine surface
            end = time.monotonic() + _LONGEST_FIRST_S
            while not (drawn.wait(_ASK_S) or cancelled() or time.monotonic() > end):
                pass
        fine = bone_surface(volume, region, cancelled=cancelled, cast=cast)
        return Bones(mesh_of(fine) if fine is not None else None, cast)

    return work
