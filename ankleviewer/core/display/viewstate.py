"""ViewState: all that the reader can change about the picture, frozen; and the pure moves from one state to the next. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ankleviewer.core.geometry import FARTHEST_MM
from ankleviewer.core.imaging.oblique import Turn, frames_of
from ankleviewer.core.imaging.planes import PLANES, Frame, region_on_slice
from ankleviewer.core.imaging.slab import ONE_SLICE, Slab

MAX_OPACITY = 0.5  # a filled map may never hide the bone under it
MAX_ZOOM, MIN_ZOOM = 40.0, 0.2
LAYOUTS = ("grid", *PLANES, "3d", "lightbox", "compare")
TILE_STEPS = (1, 2, 3, 4, 5, 8, 10, 15, 20)  # slices from tile to tile


def nearest_step(count: int) -> int:
    """The one of TILE_STEPS nearest to a number of slices."""
    return min(TILE_STEPS, key=lambda step: abs(step - count))


@dataclass(frozen=True)
class Window:
    """Window width and level in Hounsfield units: black at level - width / 2, white at level + width / 2."""

    width: float
    level: float


@dataclass(frozen=True)
class Preset:
    """A named window on a number key; None where the scan (FULL_RANGE) or the model shown (MODEL_INPUT) settles it."""

    key: str
    name: str
    window: Window | None


FULL_RANGE, MODEL_INPUT = "5", "6"
PRESETS = (
    Preset("1", "Bone", Window(2000, 350)),
    Preset("2", "Bone sharp", Window(2500, 480)),
    Preset("3", "Bone narrow", Window(1000, 400)),
    Preset("4", "Soft tissue", Window(400, 40)),
    Preset(FULL_RANGE, "Full range", None),
    Preset(MODEL_INPUT, "Model input", None),
)


@dataclass(frozen=True)
class PaneView:
    """Zoom (1 fits the region) and pan (slice millimetres) of one pane."""

    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class ViewState:
    """What is shown and how.

    Attributes:
        cursor_mm: the linked crosshair, LPS millimetres.
        window: window and level of all slices; preset: key of the preset it came from, "" after a change by hand.
        heat, boxes, fill: heat map shown, boxes shown, map filled instead of outlined.
        paper_map: the map on the paper's coarse grid instead of the model's own.
        hide_ai: True while the reader holds all model output back.
        crosshair, annotations: crosshair shown; corner text shown.
        threshold: level of the outline in the map's units, None = the one the boxes were made with.
        opacity: of the fill, 0 to MAX_OPACITY.
        selected: index of the selected finding, -1 for none.
        ankle: index of the ankle shown; model: name of the model shown.
        layout: "grid", or the pane that fills the window, or "lightbox", "compare".
        fit: "ankle" or "scan", what zoom 1 fits into the panes.
        panes: zoom and pan of axial, coronal and sagittal.
        oblique: whether `turn` is shown; turn: the oblique planes last used, None when there were none.
        slab: thickness of what the slices show.
        tile_plane, tile_step: plane of the lightbox and of the comparison; slices from one tile to the next.
    """

    cursor_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    window: Window = Window(2000, 350)
    preset: str = "1"
    heat: bool = True
    boxes: bool = True
    fill: bool = False
    paper_map: bool = False
    hide_ai: bool = False
    crosshair: bool = True
    annotations: bool = True
    threshold: float | None = None
    opacity: float = 0.35
    selected: int = -1
    ankle: int = 0
    model: str = ""
    layout: str = "grid"
    fit: str = "ankle"
    panes: tuple[PaneView, PaneView, PaneView] = (PaneView(), PaneView(), PaneView())
    oblique: bool = False
    turn: Turn | None = None
    slab: Slab = ONE_SLICE
    tile_plane: str = "axial"
    tile_step: int = 2

    @property
    def blind(self) -> bool:
        """Whether nothing of the models is shown: then no view goes where they point."""
        return self.hide_ai or not (self.heat or self.boxes)

    @property
    def shown_turn(self) -> Turn | None:
        """How the planes are turned, None for the scan's own."""
        return self.turn if self.oblique else None

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise ValueError(f"layout must be one of {LAYOUTS}, is {self.layout!r}")
        if self.tile_plane not in PLANES or not TILE_STEPS[0] <= self.tile_step <= TILE_STEPS[-1]:
            raise ValueError(
                f"tiles must be of {PLANES} and {TILE_STEPS[0]} to {TILE_STEPS[-1]} slices apart, are {self.tile_plane!r}, "
                f"{self.tile_step}"
            )
        if not 0.0 <= self.opacity <= MAX_OPACITY:
            raise ValueError(f"opacity must be 0..{MAX_OPACITY}, is {self.opacity}")
        if self.window.width < 1:
            raise ValueError(f"window width must be at least 1 HU, is {self.window.width}")
        if self.ankle < 0 or self.selected < -1 or self.fit not in ("ankle", "scan"):
            raise ValueError(f"no ankle {self.ankle}, no finding {self.selected}, or nothing to fit: {self.fit!r}")
        far = 2 * FARTHEST_MM
        if not all(MIN_ZOOM <= pane.zoom <= MAX_ZOOM and max(map(abs, pane.pan)) <= far for pane in self.panes):
            raise ValueError(f"zoom must be {MIN_ZOOM} to {MAX_ZOOM} and pan within {far} mm, are {self.panes}")
        if max(map(abs, self.cursor_mm)) > far:
            raise ValueError(f"the crosshair lies beyond {far} mm: {self.cursor_mm}")


def with_preset(state: ViewState, key: str, hu_range: tuple[int, int]) -> ViewState:
    """The state with the preset of a key; an unknown key changes nothing. hu_range (min, max) serves those without a window."""
    for preset in PRESETS:
        if preset.key == key:
            window = preset.window or Window(max(hu_range[1] - hu_range[0], 1), (hu_range[0] + hu_range[1]) / 2)
            return replace(state, window=window, preset=key)
    return state


def with_window_drag(state: ViewState, right: float, down: float) -> ViewState:
    """Window and level after a drag by (right, down) px: right widens, down darkens (raises the level); 2 HU a px at 1000 HU."""
    speed = max(state.window.width / 500.0, 0.5)
    width = float(np.clip(state.window.width + right * speed, 1, 8000))
    level = float(np.clip(state.window.level + down * speed, -2000, 6000))
    return replace(state, window=Window(width, level), preset="")  # rounded, small steps would be lost


def with_cursor(state: ViewState, mm: ArrayLike, frame: Frame) -> ViewState:
    """The state with the crosshair at an LPS position, held inside the scan."""
    voxel = np.clip(frame.scan.to_voxel(mm), 0, np.asarray(frame.scan.shape) - 1)
    x, y, z = frame.scan.to_mm(voxel)
    return replace(state, cursor_mm=(float(x), float(y), float(z)))


def with_step(state: ViewState, frame: Frame, count: int) -> ViewState:
    """The crosshair moved by exactly `count` slices of a plane."""
    x, y, z = frame.step(state.cursor_mm, count)
    return replace(state, cursor_mm=(float(x), float(y), float(z)))


def with_pane(state: ViewState, plane: str, pane: PaneView) -> ViewState:
    """Zoom and pan of one plane; the zoom is held between MIN_ZOOM and MAX_ZOOM."""
    held = PaneView(float(np.clip(pane.zoom, MIN_ZOOM, MAX_ZOOM)), pane.pan)
    panes = [held if name == plane else old for name, old in zip(PLANES, state.panes, strict=True)]
    return replace(state, panes=(panes[0], panes[1], panes[2]))


def with_turn(
    state: ViewState, turn: Turn | None, frame: Frame, region: tuple[ArrayLike, ArrayLike] | None, *, shown: bool = True
) -> ViewState:
    """The planes turned (None: the scan's own, and nothing to come back to); the crosshair stays where it is on every screen.

    Args:
        frame: any frame of the scan.
        region: what zoom 1 fits.
        shown: False goes back to the scan's own planes and remembers the turn.
    """
    after = replace(state, turn=turn, oblique=shown and turn is not None)
    for old, new, pane in zip(
        frames_of(frame.scan, state.shown_turn), frames_of(frame.scan, after.shown_turn), state.panes, strict=True
    ):
        shift = _from_middle(new, state.cursor_mm, region) - _from_middle(old, state.cursor_mm, region)
        after = with_pane(after, old.plane, PaneView(pane.zoom, (float(pane.pan[0] + shift[0]), float(pane.pan[1] + shift[1]))))
    return after


def _from_middle(frame: Frame, mm: ArrayLike, region: tuple[ArrayLike, ArrayLike] | None) -> NDArray[np.float64]:
    """From the middle of what is fitted to an LPS position, slice millimetres."""
    low, high = region_on_slice(frame, region)
    return np.asarray(frame.grid.to_voxel(mm)[:2] * np.asarray(frame.grid.spacing[:2]) - (low + high) / 2)


def with_threshold_step(state: ViewState, steps: int, own: float, reference: float, top: float) -> ViewState:
    """The shared threshold moved by `steps` fortieths of the colour scale.

    Args:
        own: threshold of the map.
        reference: where the colours end.
        top: where the threshold ends, `heat_raster.top_level`; of a strong answer it lies beyond the colours.
    """
    current = own if state.threshold is None else state.threshold
    moved = float(np.clip(current + steps * reference / 40.0, reference / 100.0, top))
    return replace(state, threshold=moved)


def going_to(
    state: ViewState,
    mm: ArrayLike,
    frames: tuple[Frame, Frame, Frame],
    region: tuple[ArrayLike, ArrayLike] | None,
    selected: int,
) -> ViewState:
    """Every view at one LPS position: crosshair there, and where a pane is magnified its middle there too."""
    state = replace(with_cursor(state, mm, frames[0]), selected=selected)
    for frame, pane in zip(frames, state.panes, strict=True):
        low, high = region_on_slice(frame, region)
        target = frame.grid.to_voxel(state.cursor_mm)[:2] * np.asarray(frame.grid.spacing[:2])
        inside = bool((target >= low).all() and (target <= high).all())
        if pane.zoom > 1.01 or not inside:
            shift = target - (low + high) / 2
            state = with_pane(state, frame.plane, PaneView(pane.zoom, (float(shift[0]), float(shift[1]))))
        else:
            state = with_pane(state, frame.plane, PaneView(pane.zoom, (0.0, 0.0)))
    return state
