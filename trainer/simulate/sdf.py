"""Signed distance functions of simple solids, negative inside, millimetres; points are (..., 3) tensors.

Formulas as collected by Inigo Quilez, "distance functions" (iquilezles.org).
"""

from __future__ import annotations

import torch
from torch import Tensor

from trainer.simulate.fields import length

Point = tuple[float, float, float]


def _p(value: Point, like: Tensor) -> Tensor:
    return torch.tensor(value, dtype=like.dtype, device=like.device)


def ellipsoid(points: Tensor, centre: Point, radii: Point) -> Tensor:
    """Ellipsoid; a bound that is exact to first order at the surface."""
    q = points - _p(centre, points)
    r = _p(radii, points)
    k0 = length(q / r)
    k1 = length(q / (r * r))
    return k0 * (k0 - 1.0) / k1.clamp(min=1e-6)


def round_cone(points: Tensor, a: Point, b: Point, ra: float, rb: float) -> Tensor:
    """Capsule from a to b whose radius runs from ra to rb (linear in the projection onto the axis)."""
    pa = points - _p(a, points)
    ba = _p(b, points) - _p(a, points)
    t = ((pa * ba).sum(-1) / (ba * ba).sum()).clamp(0.0, 1.0)
    slope = float((rb - ra) / ba.norm())
    return (length(pa - t[..., None] * ba) - (ra + t * (rb - ra))) / (1.0 + slope * slope) ** 0.5


def rounded_box(points: Tensor, centre: Point, half: Point, radius: float) -> Tensor:
    """Box of half-widths `half` (rounding included) with edges rounded by `radius`."""
    q = (points - _p(centre, points)).abs() - (_p(half, points) - radius)
    return length(q.clamp(min=0.0)) + q.amax(dim=-1).clamp(max=0.0) - radius


def cylinder_x(points: Tensor, centre: Point, radius: float, half: float, rounding: float) -> Tensor:
    """Cylinder along x with rounded rims."""
    q = points - _p(centre, points)
    a, b = torch.hypot(q[..., 1], q[..., 2]) - radius + rounding, q[..., 0].abs() - half + rounding
    return torch.maximum(a, b).clamp(max=0.0) + torch.hypot(a.clamp(min=0.0), b.clamp(min=0.0)) - rounding


def smooth_union(a: Tensor, b: Tensor, k: float) -> Tensor:
    """Union with a fillet of about k mm."""
    h = (k - (a - b).abs()).clamp(min=0.0) / k
    return torch.minimum(a, b) - h * h * k * 0.25


def smooth_subtract(a: Tensor, b: Tensor, k: float) -> Tensor:
    """A without b, the rim rounded by about k mm."""
    return -smooth_union(-a, b, k)
