"""Volume3D: volume rendering of the bones with a bone preset, the heat map as tint, coarser while the view moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvista as pv
from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkColorTransferFunction, vtkVolume, vtkVolumeProperty
from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper
from vtkmodules.vtkRenderingVolumeOpenGL2 import vtkOpenGLGPUVolumeRayCastMapper

from ankleviewer.core.anatomy.disarticulate import Foot
from ankleviewer.core.assessment.heat_raster import Heat
from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.surface import heat_on
from ankleviewer.core.display.view3d import BONE_COLOURS, HIGHEST_HU, LOWEST_HU, bone_opacity, bone_rgba
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.bonefield import Field

if TYPE_CHECKING:
    from pyvistaqt import QtInteractor

STEP_MM = 0.5  # between samples of a ray at rest


@dataclass(frozen=True, eq=False)
class Voxels:
    """A field, and the heat map read at its voxels: computed off the main thread."""

    field: Field
    heat: Heat | None
    values: np.ndarray | None

    @staticmethod
    def of(field: Field, heat: Heat | None) -> Voxels:
        """Read the heat map at the field's voxels."""
        if heat is None:
            return Voxels(field, None, None)
        return Voxels(field, heat, heat_on(field.grid, heat))


class Volume3D:
    """Owns the volume of a plotter.

    Args:
        plotter: the plotter.
        by_processor: no graphics card draws: VTK's own ray caster on the processor, not OpenGL's. It takes HU alone and knows no
            tint: with colours as components of a voxel it leaves out blocks (VTK 9.7).
    """

    def __init__(self, plotter: QtInteractor, by_processor: bool) -> None:
        self._plotter = plotter
        self._mapper: vtkFixedPointVolumeRayCastMapper | vtkOpenGLGPUVolumeRayCastMapper
        if by_processor:
            self._mapper = caster = vtkFixedPointVolumeRayCastMapper()
            caster.SetSampleDistance(STEP_MM)
            caster.SetInteractiveSampleDistance(2.0)
            caster.SetMaximumImageSampleDistance(6.0)
        else:
            self._mapper = vtkOpenGLGPUVolumeRayCastMapper()
        self._mapper.SetAutoAdjustSampleDistances(True)
        self._by_processor = by_processor
        self._volume = vtkVolume()
        self._volume.SetMapper(self._mapper)
        self._volume.PickableOff()
        self._volume.SetVisibility(False)
        look = vtkVolumeProperty()
        look.SetIndependentComponents(by_processor)
        if by_processor:
            look.SetColor(_colours())
        look.SetInterpolationTypeToLinear()
        opacity = vtkPiecewiseFunction()
        for value in np.linspace(0, 255, 52):
            opacity.AddPoint(float(value), float(bone_opacity(value)))
        look.SetScalarOpacity(opacity)
        look.SetScalarOpacityUnitDistance(1.0)
        look.ShadeOn()
        look.SetAmbient(0.22)
        look.SetDiffuse(0.85)
        look.SetSpecular(0.15)
        look.SetSpecularPower(16)
        self._volume.SetProperty(look)
        self._voxels: Voxels | None = None
        self._drawn: tuple[Any, ...] = ()
        self._foot: Foot | None = None
        self._without_foot = False

    @property
    def ready(self) -> bool:
        """True when there are voxels to show."""
        return self._voxels is not None

    def set_voxels(self, voxels: Voxels) -> None:
        """Show other voxels; what they look like follows with `colour`."""
        self._voxels, self._drawn = voxels, ()
        self._plotter.renderer.AddVolume(self._volume)

    def set_foot(self, foot: Foot | None) -> None:
        """Take what tells leg from foot."""
        self._foot, self._drawn = foot, ()

    def hide_foot(self, hidden: bool) -> None:
        """Leave out what is foot."""
        self._without_foot = hidden

    def colour(self, state: ViewState, scene: Scene) -> None:
        """Tint by the threshold of the slices; nothing is done where nothing changed."""
        if self._voxels is None:
            return
        field, heat = self._voxels.field, self._voxels.heat
        tint = heat if not self._by_processor and state.heat and not state.hide_ai and heat is scene.heat else None
        level = (tint.threshold if state.threshold is None else state.threshold) if tint is not None else 0.0
        foot = self._foot if self._without_foot else None
        drawn = (tint is not None, level, foot is not None)
        if self._drawn == drawn:
            return
        self._drawn = drawn
        values, top = (self._voxels.values, tint.reference) if tint is not None else (None, 1.0)
        rgba = bone_rgba(field.hu, values, level, top)
        if foot is not None:
            rgba[foot.on(field.grid), 3] = 0
        image, place = image_of(rgba[..., 3:] if self._by_processor else rgba, field.grid)
        self._mapper.SetInputData(image)
        self._volume.SetUserMatrix(place)

    def show(self, visible: bool) -> None:
        """Show or hide it."""
        self._volume.SetVisibility(visible and self.ready)

    def clip(self, planes: list[Any]) -> None:
        """Cut by planes in LPS mm."""
        self._mapper.RemoveAllClippingPlanes()
        for plane in planes:
            self._mapper.AddClippingPlane(plane)

    def clear(self) -> None:
        """Free voxels and volume."""
        self._plotter.renderer.RemoveVolume(self._volume)
        self._mapper.RemoveAllInputs()
        self._voxels = None


def _colours() -> vtkColorTransferFunction:
    """The bone preset's colours for values of the fourth channel of `bone_rgba`."""
    colours = vtkColorTransferFunction()
    for hu, rgb in BONE_COLOURS:
        colours.AddRGBPoint((hu - LOWEST_HU) / (HIGHEST_HU - LOWEST_HU) * 255, *(c / 255 for c in rgb))
    return colours


def image_of(rgba: np.ndarray, grid: Grid) -> tuple[pv.ImageData, Any]:
    """VTK's image of voxels (x, y, z, channels) with spacing alone, and the matrix that turns and places it in LPS mm."""
    image = pv.ImageData(dimensions=rgba.shape[:3], spacing=grid.spacing)
    image.point_data["rgba"] = rgba.transpose(2, 1, 0, 3).reshape(-1, rgba.shape[3])
    turn = np.eye(4)
    turn[:3, :3] = grid.affine[:3, :3] / np.asarray(grid.spacing)
    turn[:3, 3] = grid.affine[:3, 3]
    matrix = vtkMatrix4x4()
    for row in range(4):
        for column in range(4):
            matrix.SetElement(row, column, float(turn[row, column]))
    return image, matrix
