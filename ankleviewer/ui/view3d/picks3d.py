"""What a click in the 3D view meets: the nearest thing that is seen there, through what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from vtkmodules.vtkRenderingCore import vtkCellPicker


def met_at(
    renderer: Any, x: float, y: float, among: Iterable[Any], clear: Callable[[Any, np.ndarray], bool]
) -> np.ndarray | None:
    """The LPS position, mm, of what is seen at a place of a renderer; None where that is the background.

    Args:
        x, y: VTK's pixels from the lower left corner.
        among: the actors that are anatomy; what else is drawn is no place (VTK's box widget has faces that nobody sees).
        clear: whether an actor, met at an LPS position, has a hole there: VTK's picker knows shapes, not the pictures on them.
    """
    picker = vtkCellPicker()
    picker.SetTolerance(0.001)
    picker.PickFromListOn()
    for actor in among:
        picker.AddPickList(actor)
    passed: list[Any] = []
    try:
        while picker.Pick(x, y, 0, renderer):
            mm, actor = np.array(picker.GetPickPosition()), picker.GetActor()
            if actor is None or not clear(actor, mm):
                return mm
            actor.PickableOff()
            passed.append(actor)
        return None
    finally:
        for actor in passed:
            actor.PickableOn()
