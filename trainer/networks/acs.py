"""The three kinds of planes of ACS kernels (Yang et al. 2021, "Reinventing 2D Convolutions for 3D Images"): each third of the
output channels has kernels that are flat along one axis.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def acs_sizes(channels: int) -> tuple[int, int, int]:
    """How many channels belong to the kernels that are flat along the first, second and third axis."""
    a = -(-channels // 3)
    b = (channels - a + 1) // 2
    return a, b, channels - a - b


def acs_ranges(channels: int) -> list[tuple[int, int, int]]:
    """(flat axis 0-2, first channel, last channel + 1) of every group that is not empty."""
    a, b, _ = acs_sizes(channels)
    bounds = ((0, 0, a), (1, a, a + b), (2, a + b, channels))
    return [bound for bound in bounds if bound[2] > bound[1]]


def centre_margin(k: int, padding: int, dilation: int) -> int:
    """Planes at each end that the middle tap of a k-tap kernel never touches (0 with "same" padding).

    Raises:
        ValueError: more padding than "same".
    """
    margin = dilation * (k - 1) // 2 - padding
    if margin < 0 or k % 2 == 0:
        raise ValueError(f"kernel {k} with padding {padding}: the kernel must be odd, the padding at most same")
    return margin


def acs_dense(w: Tensor) -> Tensor:
    """ACS weight (co, ci, k, k) as the equal dense kernel (co, ci, k, k, k); differentiable."""
    co, _, k, _ = w.shape
    middle = (k - 1) // 2
    parts = []
    for axis, lo, hi in acs_ranges(co):
        pad = [0, 0, 0, 0, 0, 0]
        pad[2 * (2 - axis)] = pad[2 * (2 - axis) + 1] = middle
        parts.append(F.pad(w[lo:hi].unsqueeze(2 + axis), pad))
    return torch.cat(parts)


def acs_planes(x: Tensor, w: Tensor, stride: int = 1, padding: int = 1, dilation: int = 1, depthwise: bool = False) -> Tensor:
    """The convolution as one in each kind of plane: a third of the dense kernel's products and weights.

    Args:
        x: (N, C, D, H, W).
        w: (co, C, k, k), or (C, 1, k, k) with `depthwise`, where each channel is filtered by itself.
        stride, padding, dilation: of all axes, as of the dense kernel.
        depthwise: see `w`.

    Returns:
        (N, co, d, h, w).
    """
    crop = centre_margin(w.shape[-1], padding, dilation)
    sizes = [hi - lo for _, lo, hi in acs_ranges(w.shape[0])]
    kernels = torch.split(w, sizes)  # the gradient of three slices would be three tensors of zeros
    inputs = torch.split(x, sizes, 1) if depthwise else [x] * len(sizes)
    parts = []
    for axis, (part, kernel) in enumerate(zip(inputs, kernels, strict=True)):  # the groups that are empty are the last ones
        pad, dil = [padding] * 3, [dilation] * 3
        pad[axis], dil[axis] = 0, 1
        if crop:
            part = part.narrow(2 + axis, crop, x.shape[2 + axis] - 2 * crop)
        parts.append(F.conv3d(part, kernel.unsqueeze(2 + axis), None, stride, pad, dil, len(kernel) if depthwise else 1))
    return torch.cat(parts, 1)
