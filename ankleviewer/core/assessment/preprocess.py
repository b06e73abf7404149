"""The one road from a scan to a network's input: PreprocessSpec (frozen, versioned, JSON), apply(), and the Placement back.

Training and inference both go through here; no other module holds a window, a spacing or a padding value.
The resampling itself is in core/imaging/resample.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ankleviewer.core.anatomy.neighbours import Axis, of_another_leg
from ankleviewer.core.errors import ModelError
from ankleviewer.core.geometry import UP, Array, Grid
from ankleviewer.core.imaging.resample import resample
from ankleviewer.core.volume import AIR_HU, Volume
from ankleviewer.core.words import printable

FORMAT = 1
FITS = ("ankle", "whole")
COMPONENT_SHARE = 0.1  # a bone counts when it has at least this share of the largest component's volume
BOX_STEP_MM = 2.0  # the bone box is searched on a thinned-out copy of about this spacing
# What a foreign pack may ask for: enough for any network of ours, and far from what exhausts memory or leaves double precision.
MAX_SIZE = 512
MIN_SPACING_MM = 0.05
MAX_EDGE_MM = 1000.0  # of the cube
MAX_NUMBER = 1e5  # of any other value, HU or mm
MIN_WINDOW_HU = 1.0

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class PreprocessSpec:
    """How a scan becomes the input of one network (paper, section "Data preprocessing"). Travels inside the model file.

    Attributes:
        window: name of the window, for people.
        lo, hi: Hounsfield units that map to 0 and 1.
        mean: taken off after the window (zero-centring).
        pad_hu: value outside the scan; it passes through the window like any other.
        spacing_mm: edge of a model voxel for fit "ankle"; ignored by "whole".
        fit: "ankle" = cube of size * spacing_mm around the ankle; "whole" = one factor so that the bone box fills it.
        bone_threshold: HU above which a voxel counts as bone.
        margin_mm: kept around the bone box by "whole".
        size: voxels along each edge of the cube.
        orientation: axes of the cube; only "LPS" exists in format 1.
        format: version of this record; a newer one is refused.
    """

    window: str
    lo: float
    hi: float
    mean: float
    pad_hu: float = float(AIR_HU)
    spacing_mm: float = 1.0
    fit: str = "ankle"
    bone_threshold: float = 250.0
    margin_mm: float = 5.0
    size: int = 128
    orientation: str = "LPS"
    format: int = FORMAT

    def __post_init__(self) -> None:
        if self.format != FORMAT:
            raise ValueError(f"format must be {FORMAT}, is {self.format}")
        numbers = (self.lo, self.hi, self.mean, self.pad_hu, self.spacing_mm, self.bone_threshold, self.margin_mm)
        if not all(abs(n) <= MAX_NUMBER for n in numbers) or self.hi - self.lo < MIN_WINDOW_HU or self.margin_mm < 0:
            limits = f"numbers must be within +-{MAX_NUMBER:g}, hi - lo >= {MIN_WINDOW_HU:g} and margin_mm >= 0"
            raise ValueError(f"{limits}: {self}")
        if self.margin_mm > MAX_EDGE_MM / 2:  # it comes on top of the bones, on either side
            raise ValueError(f"margin_mm must be <= {MAX_EDGE_MM / 2:g}: {self}")
        if self.fit not in FITS or self.orientation != "LPS" or not 1 <= self.size <= MAX_SIZE:
            raise ValueError(f"fit must be one of {FITS}, orientation LPS and size 1 to {MAX_SIZE}: {self}")
        if not MIN_SPACING_MM <= self.spacing_mm <= MAX_EDGE_MM / self.size:
            raise ValueError(f"spacing_mm must be >= {MIN_SPACING_MM:g} and size * spacing_mm <= {MAX_EDGE_MM:g} mm: {self}")

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON: equal hashes mean equal tensors."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """All attributes and `preproc_hash`."""
        return {**asdict(self), "preproc_hash": self.hash}

    @staticmethod
    def from_json(record: Mapping[str, Any]) -> PreprocessSpec:
        """Inverse of to_json.

        Raises:
            ModelError: MODEL_SPEC_UNKNOWN when the format is newer or a key is unknown (it could change the tensor),
                MODEL_SPEC_INVALID when a value is missing, out of range or does not match the stored hash.
        """
        names = {f.name for f in fields(PreprocessSpec)}
        if record.get("format") != FORMAT:
            raise ModelError(
                "MODEL_SPEC_UNKNOWN", f"The preprocessing has format {printable(record.get('format'))}, known is {FORMAT}."
            )
        unknown = sorted(set(record) - names - {"preproc_hash"})
        if unknown:
            raise ModelError(
                "MODEL_SPEC_UNKNOWN", f"The model's preprocessing has unknown entries: {printable(', '.join(unknown))}."
            )
        try:
            typed: dict[str, Any] = {
                f.name: {"str": str, "float": float, "int": int}[str(f.type)](record[f.name]) for f in fields(PreprocessSpec)
            }
            spec = PreprocessSpec(**typed)
        except (KeyError, TypeError, ValueError, OverflowError) as error:  # JSON knows Infinity, and integers without end
            raise ModelError(
                "MODEL_SPEC_INVALID", f"The model's preprocessing cannot be used: {printable(error, 400)}."
            ) from error
        if record.get("preproc_hash", spec.hash) != spec.hash:
            raise ModelError("MODEL_SPEC_INVALID", "The model's preprocessing does not match its own hash.")
        return spec


PAPER = PreprocessSpec(window="paper", lo=-1000.0, hi=400.0, mean=0.25)
BONE = PreprocessSpec(window="bone", lo=-200.0, hi=1500.0, mean=0.1)
# hairlines survive finer voxels, and the cube of 144 mm holds the fibula's shaft (docs/training.md has the comparison)
FINE = replace(BONE, spacing_mm=0.75, size=192)


@dataclass(frozen=True)
class Placement:
    """Where the model's cube lies: the way back from model voxels to millimetres and to the scan as stored."""

    model_grid: Grid
    scan_grid: Grid

    def to_mm(self, model_voxel: ArrayLike) -> Array:
        """Model voxel indices (..., 3) to LPS millimetres (..., 3)."""
        return self.model_grid.to_mm(model_voxel)

    def to_scan_voxel(self, model_voxel: ArrayLike) -> Array:
        """Model voxel indices (..., 3) to fractional voxel indices (..., 3) of the scan as stored."""
        return self.scan_grid.to_voxel(self.model_grid.to_mm(model_voxel))


def normalise(hu: ArrayLike, spec: PreprocessSpec) -> Float32:
    """Window and zero-centring: x = clip((HU - lo) / (hi - lo), 0, 1) - mean, float32, any shape."""
    x = np.array(hu, dtype=np.float32)
    x -= np.float32(spec.lo)
    x *= np.float32(1.0 / (spec.hi - spec.lo))
    np.clip(x, 0.0, 1.0, out=x)
    x -= np.float32(spec.mean)
    return x


def bone_mask(tensor: Float32, spec: PreprocessSpec) -> NDArray[np.bool_]:
    """Bone in the model's own grid: True where the tensor (..., size, size, size) stands for more than bone_threshold HU.

    Thresholds at the window's edges fall back to the edge, so that a narrow window still gives a mask.
    """
    level = np.float32((spec.bone_threshold - spec.lo) / (spec.hi - spec.lo))
    cube: Float32 = tensor.reshape(tensor.shape[-3:])
    return np.asarray(cube > np.clip(level, 0.0, 1.0 - 1e-3) - np.float32(spec.mean))


def bone_box(volume: Volume, threshold: float) -> tuple[Array, Array] | None:
    """LPS box (min, max) in mm around the large bone components of a scan, voxel faces included; None without bone."""
    from scipy import ndimage

    step = tuple(max(1, int(BOX_STEP_MM / s)) for s in volume.grid.spacing)
    thin = volume.hu[:: step[0], :: step[1], :: step[2]] > threshold
    if volume.padding is not None:
        thin &= ~volume.padding[:: step[0], :: step[1], :: step[2]]
    labels, count = ndimage.label(thin, structure=np.ones((3, 3, 3)))
    if count == 0:
        return None
    volumes = np.bincount(labels.ravel())
    volumes[0] = 0
    keep = volumes >= COMPONENT_SHARE * volumes.max()
    voxels = np.argwhere(keep[labels]) * np.asarray(step)
    mm = volume.grid.to_mm(voxels)
    half = 0.5 * np.abs(volume.grid.affine[:3, :3]) @ np.asarray(step, dtype=np.float64)
    return mm.min(axis=0) - half, mm.max(axis=0) + half


def model_grid(volume: Volume, spec: PreprocessSpec, center_mm: ArrayLike | None = None, turn: Array | None = None) -> Grid:
    """The LPS cube that `spec` lays over a scan: axis-aligned, or turned with a leg that lies across it.

    Args:
        center_mm: centre of the cube; None = centre of the bone box, or of the scan when there is no bone.
        turn: 3 x 3, after which the leg stands (`facing.stance`), None for one that does; with fit "ankle" the cube stands so.

    Raises:
        ValueError: center_mm is not three finite numbers.
    """
    box = None
    if center_mm is None or spec.fit == "whole":
        box = bone_box(volume, spec.bone_threshold) or volume.grid.bounds_mm()
    centre = np.asarray(center_mm, dtype=np.float64) if center_mm is not None else (box[0] + box[1]) / 2 if box else np.zeros(3)
    if centre.shape != (3,) or not np.isfinite(centre).all():
        raise ValueError(f"center_mm must be three finite numbers, is {center_mm!r}")
    spacing = spec.spacing_mm
    if spec.fit == "whole" and box is not None:
        reach = float(np.maximum(centre - box[0], box[1] - centre).max()) + spec.margin_mm
        spacing = 2.0 * reach / spec.size
    first = centre - spacing * (spec.size - 1) / 2
    cube = Grid.axis_aligned((spec.size, spec.size, spec.size), spacing, first)
    if spec.fit == "whole" or turn is None or np.array_equal(turn, np.eye(3)):
        return cube
    lying = np.eye(4)
    lying[:3, :3] = turn.T
    lying[:3, 3] = centre - turn.T @ centre
    return Grid(cube.shape, lying @ cube.affine)


def apply(
    volume: Volume,
    spec: PreprocessSpec,
    center_mm: ArrayLike | None = None,
    turn: Array | None = None,
    others: Sequence[Axis] = (),
) -> tuple[Float32, Placement]:
    """A scan becomes the network's input.

    Args:
        volume: the scan on its own grid, in any orientation.
        center_mm: centre of the cube in LPS mm (the ankle's); None = centre of the bone box.
        turn: after which the leg stands, see `model_grid`.
        others: axes of the scan's other legs; what belongs to them (`neighbours.of_another_leg`) becomes `pad_hu`.

    Returns:
        tensor: float32 (1, 1, size, size, size), [0, 0, x, y, z]; x grows to the left, y to the back, z to the head, or as they
            would if the leg stood.
        placement: leads from tensor indices back to millimetres and to the scan's voxels.
    """
    grid = model_grid(volume, spec, center_mm, turn)
    hu = resample(volume, grid, spec.pad_hu)
    up = UP if turn is None else turn[2]
    if center_mm is not None and (elsewhere := of_another_leg(grid, (center_mm, up), others)) is not None:
        hu[elsewhere] = spec.pad_hu
    return normalise(hu, spec)[None, None], Placement(grid, volume.grid)
