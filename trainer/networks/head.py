"""FractureNet: a feature extractor and the one head all networks share. Pooling and the activation map live here only."""

from __future__ import annotations

import math
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Pooling = Literal["gap", "lse"]
NOT_ASKED = -8.0  # score of a cell that is not asked, at most: as low as where nothing is
MIRROR = (2,)  # the axis of a volume (N, 1, x, y, z) along which left and right lie


class FractureNet(nn.Module):
    """One logit for "fracture" and the signed class-activation map that explains it in closed form.

    For a feature map A of C channels on N cells, weights W and bias b (Zhou et al. 2016; equal to Grad-CAM of the last
    convolution up to the factor N, because the head is linear in A):

    * gap: cam = (W . A) / N per cell, logit = sum(cam) + b;
    * lse: cam = W . A + b per cell (a score of that cell), logit = log(mean(exp(cam))).

    Where nobody taught the cells (`place_cells`), they lie elsewhere in the volume, see `cell_offset`.

    `mirrored`, a network sees a volume and its mirror image (left for right) outside training; the map is the mean of the two,
    laid on each other; the logit follows from the mean as above. What one of them takes for a crack by accident the other one
    mostly does not; it takes twice the time.

    `reach`, cells that lie below the volume's middle and farther from it than that are not asked, outside training: a cube about
    an ankle holds the midfoot too, whose fractures no training shows. They keep what speaks against a fracture.

    The head computes in float32 also under autocast: ties among half-precision logits bias the ROC curve.

    Args:
        features: maps (N, 1, D, H, W) to (N, channels, d, h, w).
        channels: C.
        arch: name in the registry, stored in the model file.
        mode: "acs" or "full", see `factory.conv3d`.
        stride: voxels per cell of the map.
        pooling: "gap" (the paper) or "lse".
        dropout: chance with which a channel is dropped for a whole volume in training (as dropout after pooling does).
        hidden: outputs of a linear layer between features and answer, 0 for none; both together are one linear map.
        config: the arguments that rebuild this network through the registry; JSON types only.
    """

    def __init__(
        self,
        features: nn.Module,
        channels: int,
        pooling: Pooling = "gap",
        dropout: float = 0.0,
        *,
        arch: str,
        mode: str,
        stride: int,
        hidden: int = 0,
        config: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if pooling not in ("gap", "lse"):
            raise ValueError(f"pooling must be gap or lse, is {pooling!r}")
        self.features = features
        self.dropout = nn.Dropout3d(dropout)
        self.before_head = nn.Linear(channels, hidden) if hidden else None
        self.head = nn.Linear(hidden or channels, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)
        self.channels = channels
        self.pooling: Pooling = pooling
        self.arch = arch
        self.mode = mode
        self.stride = stride
        self.config: dict[str, Any] = dict(config or {})
        self.mirrored = False
        self.reach = 0.0
        self.cells_taught = True

    def mirror(self) -> None:
        """See every volume and its mirror image from now on; kept in `config`."""
        self.mirrored = self.config["mirrored"] = True

    def look_near(self, reach: float) -> None:
        """Leave out of the answer what lies below the volume's middle and more than `reach` voxels away from it (0: nothing);
        kept in `config`.

        Raises:
            ValueError: the pooling is not log-sum-exp; of a mean over all cells each is a part.
        """
        if reach and self.pooling != "lse":
            raise ValueError("of a mean over all cells none can be left out")
        self.reach = reach
        self.config.pop("reach", None)
        if reach:
            self.config["reach"] = reach

    def place_cells(self, taught: bool) -> None:
        """State whether the network was ever told which cell a crack lies in; kept in `config` where it was not."""
        self.cells_taught = taught
        self.config.pop("cells_taught", None)
        if not taught:
            self.config["cells_taught"] = False

    @torch.no_grad()
    def sharpen(self, factor: float) -> None:
        """Multiply the cells' scores, so that the highest decide more: what Pinheiro and Collobert (2015) call r in their
        log-sum-exp. A scan has many times the cells of the crops a network has learnt from, and their sum outweighs one place.

        Raises:
            ValueError: the pooling is not log-sum-exp, and a factor would change nothing.
        """
        if self.pooling != "lse":
            raise ValueError("a mean over all cells has no sharpness")
        self.head.weight.mul_(factor)
        self.head.bias.mul_(factor)

    @property
    def cell_offset(self) -> float:
        """Voxel index of the first cell's centre. Cells that were taught are blocks of `stride` voxels, as the targets of the
        training are. One that nobody told where it lies looks about where the padding of both sides puts it: cell i at voxel
        stride * i.
        """
        return (self.stride - 1) / 2 if self.cells_taught else 0.0

    def answer(self) -> tuple[Tensor, Tensor]:
        """The whole head as one linear map: weights (1, C) and bias (1,), differentiable."""
        if self.before_head is None:
            return self.head.weight, self.head.bias
        first = self.before_head
        return self.head.weight @ first.weight, self.head.weight @ first.bias + self.head.bias

    def merge_head(self) -> None:
        """Make one layer of a head of two; what the network computes stays."""
        if self.before_head is not None:
            weight, bias = (t.detach() for t in self.answer())
            merged = nn.Linear(self.channels, 1, dtype=weight.dtype, device=weight.device)
            merged.load_state_dict({"weight": weight, "bias": bias})
            self.before_head, self.head = None, merged

    @property
    def parameter_count(self) -> int:
        """Number of trainable values, head included."""
        return sum(p.numel() for p in self.parameters())

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Volumes (N, 1, D, H, W) to logit (N, 1) and signed map (N, 1, d, h, w), both float32."""
        logit, cam = self.pool(self.dropout(self.features(x)))
        if self.training or not (self.mirrored or self.reach):
            return logit, cam
        if self.mirrored:
            cam = (cam + self.pool(self.features(self._mirror_image(x)))[1].flip(MIRROR)) / 2
        if self.reach:
            cam = torch.where(self._beyond(cam), cam.clamp(max=NOT_ASKED), cam)
        return self._logit(cam, self.answer()[1].to(cam.dtype)), cam

    def _beyond(self, cam: Tensor) -> Tensor:
        """(d, h, w) bool: the cells that are not asked. The last axis of a volume points up along the leg."""
        middles = [
            self.cell_offset + self.stride * torch.arange(n, device=cam.device) - (n * self.stride - 1) / 2 for n in cam.shape[2:]
        ]
        x, y, z = torch.meshgrid(*middles, indexing="ij")
        return (z < 0) & (x * x + y * y + z * z > self.reach**2)

    def _mirror_image(self, x: Tensor) -> Tensor:
        """Left for right, so that the cells of both lie on each other: those at voxel stride * i only after a shift, at whose end
        the last plane is repeated.
        """
        image, shift = x.flip(MIRROR), self.stride - 1
        if self.cells_taught or shift == 0:
            return image
        return torch.cat([image[:, :, shift:], *[image[:, :, -1:]] * shift], dim=2)

    def pool(self, a: Tensor) -> tuple[Tensor, Tensor]:
        """The head alone: feature map (N, C, d, h, w) to logit and map, see the class."""
        if torch.is_autocast_enabled(a.device.type):
            with torch.autocast(a.device.type, enabled=False):
                return self._pool(a.float())
        return self._pool(a)

    def _pool(self, a: Tensor) -> tuple[Tensor, Tensor]:
        cells = a.shape[2] * a.shape[3] * a.shape[4]
        weight, bias = self.answer()
        weight = weight.reshape(1, self.channels, 1, 1, 1)
        cam = F.conv3d(a, weight) / cells if self.pooling == "gap" else F.conv3d(a, weight, bias)
        return self._logit(cam, bias), cam

    def _logit(self, cam: Tensor, bias: Tensor) -> Tensor:
        if self.pooling == "gap":
            return cam.sum(dim=(2, 3, 4)) + bias
        return torch.logsumexp(cam.flatten(1), dim=1, keepdim=True) - math.log(cam[0].numel())


def pooled(cam: Any, pooling: str, bias: float) -> Any:
    """The logit that a map stands for, in numpy; the self-check of `head` on exported files.

    Args:
        cam: (..., n, n, n) array as the network gives it.
        pooling: "gap" or "lse".
        bias: the head's bias (used by gap only; lse scores hold it already).

    Returns:
        float64 array (...).
    """
    import numpy as np

    flat = np.asarray(cam, dtype=np.float64).reshape(*np.shape(cam)[:-3], -1)
    if pooling == "gap":
        return flat.sum(axis=-1) + bias
    top = flat.max(axis=-1)
    return top + np.log(np.exp(flat - top[..., None]).mean(axis=-1))
