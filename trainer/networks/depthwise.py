"""Depthwise 3D convolution that trains fast on a CPU: every plane is handed to the 2D kernels, forward and backward.

PyTorch has blocked depthwise kernels on CPUs for 2D only; its 3D weight gradient runs reference code. Two facts make the
detour pay: the 2D kernels (and the matrix products between them, see `factory.Pointwise3d`) want the channels last, and
slices written straight into one gradient tensor spare autograd's zero-filled copies. Only CPU training goes this way; GPUs
and exported files keep the plain grouped convolution.
"""

from __future__ import annotations

from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from trainer.networks.acs import acs_planes, acs_ranges, centre_margin

# (axis folded into the batch first, batch, channels, the two axes of the plane), and the way back to (N, C, D, H, W)
TO_PLANES = ((2, 0, 1, 3, 4), (3, 0, 1, 2, 4), (4, 0, 1, 2, 3))
FROM_PLANES = ((1, 2, 0, 3, 4), (1, 2, 3, 0, 4), (1, 2, 3, 4, 0))


def _planes(x: Tensor, axis: int) -> Tensor:
    """(N, c, D, H, W) to (axis * N, c, plane), channels last in memory."""
    if axis == 2:  # in two steps: a direct copy would jump through memory along the axis that is dense
        x = x.contiguous(memory_format=torch.channels_last_3d)
    p = x.permute(TO_PLANES[axis])
    first, n, c, *plane = p.shape
    planes = x.new_empty(first, n, *plane, c).permute(0, 1, 4, 2, 3)
    return planes.copy_(p).view(first * n, c, *plane)


def _volume(planes: Tensor, axis: int, batch: int) -> Tensor:
    """The way back of `_planes`, a view."""
    return planes.reshape(-1, batch, *planes.shape[1:]).permute(FROM_PLANES[axis])


def _input_gradient(g: Tensor, x: Tensor, w: Tensor, stride: int, padding: int, dilation: int) -> Tensor:
    """Gradient of a depthwise conv2d for its input. Strided bfloat16 goes through float32: its kernel is 30 x slower."""
    kind = g.dtype
    if stride > 1 and kind == torch.bfloat16:
        g, w = g.float(), w.float()
        x = torch.empty_like(x, dtype=torch.float32)
    gradient: Tensor = _backward(g, x, w, stride, padding, dilation, (True, False))[0]
    return gradient.to(kind)


def _backward(g: Tensor, x: Tensor, w: Tensor, stride: int, padding: int, dilation: int, mask: tuple[bool, bool]) -> Any:
    return torch.ops.aten.convolution_backward(
        g, x, w, None, [stride] * 2, [padding] * 2, [dilation] * 2, False, [0, 0], x.shape[1], [mask[0], mask[1], False]
    )


def output_size(n: int, k: int, stride: int, padding: int, dilation: int) -> int:
    """Length of one axis after the convolution."""
    return (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1


class AcsDepthwise(torch.autograd.Function):
    """Each channel filtered in one of three orthogonal planes; arguments as `acs_depthwise`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor, stride: int, padding: int, dilation: int) -> Tensor:
        """Saves the input and the weights, returns the convolution."""
        n, c = x.shape[:2]
        k = w.shape[-1]
        ctx.save_for_backward(x, w)
        ctx.args = stride, padding, dilation
        sizes = [output_size(s, k, stride, padding, dilation) for s in x.shape[2:]]
        out = x.new_empty(n, *sizes, c).permute(0, 4, 1, 2, 3)
        for axis, lo, hi in acs_ranges(c):
            planes = _planes(_thinned(x[:, lo:hi], axis, k, stride, padding, dilation), axis)
            y = F.conv2d(planes, w[lo:hi], None, stride, padding, dilation, hi - lo)
            out[:, lo:hi] = _volume(y, axis, n)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        """Gradients of input and weights."""
        x, w = ctx.saved_tensors
        stride, padding, dilation = ctx.args
        need_x, need_w = ctx.needs_input_grad[:2]
        n, c = x.shape[:2]
        k = w.shape[-1]
        thin = stride > 1 or padding != dilation * (k - 1) // 2
        gx = (x.new_zeros if thin else x.new_empty)(n, *x.shape[2:], c).permute(0, 4, 1, 2, 3) if need_x else None
        gw = torch.empty_like(w) if need_w else None
        for axis, lo, hi in acs_ranges(c):
            planes = _planes(_thinned(x[:, lo:hi], axis, k, stride, padding, dilation), axis)
            g = _planes(grad[:, lo:hi], axis)
            if gx is not None:
                d = _input_gradient(g, planes, w[lo:hi], stride, padding, dilation)
                _thinned(gx[:, lo:hi], axis, k, stride, padding, dilation).copy_(_volume(d, axis, n))
            if gw is not None:
                gw[lo:hi] = _backward(g, planes, w[lo:hi], stride, padding, dilation, (False, True))[1]
        return gx, gw, None, None, None


def _thinned(x: Tensor, axis: int, k: int, stride: int, padding: int, dilation: int) -> Tensor:
    """View of x with only the planes along `axis` that a kernel of length 1 there reads, see `centre_margin`."""
    crop = centre_margin(k, padding, dilation)
    index: list[slice] = [slice(None)] * 5
    index[2 + axis] = slice(crop, x.shape[2 + axis] - crop, stride)
    return x[tuple(index)]


class FullDepthwise(torch.autograd.Function):
    """k x k x k per channel, stride 1, as k planes of 2D taps; arguments as `full_depthwise`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor, padding: int, dilation: int) -> Tensor:
        """Saves the input and the weights, returns the convolution."""
        n, c, depth = x.shape[:3]
        k = w.shape[-1]
        ctx.save_for_backward(x, w)
        ctx.args = padding, dilation
        d, h, v = (output_size(s, k, 1, padding, dilation) for s in x.shape[2:])
        planes = _planes(x, 0)
        out = x.new_zeros(d * n, h, v, c).permute(0, 3, 1, 2)
        for tap, first, last, shift in _taps(depth, d, k, padding, dilation):
            part = planes[(first + shift) * n : (last + shift) * n]
            out[first * n : last * n] += F.conv2d(part, w[:, :, tap], None, 1, padding, dilation, c)
        return _volume(out, 0, n)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        """Gradients of input and weights."""
        x, w = ctx.saved_tensors
        padding, dilation = ctx.args
        need_x, need_w = ctx.needs_input_grad[:2]
        n, c, depth, *plane = x.shape
        planes, g = _planes(x, 0), _planes(grad, 0)
        gx = x.new_zeros(depth * n, *plane, c).permute(0, 3, 1, 2) if need_x else None
        gw = torch.zeros_like(w) if need_w else None
        for tap, first, last, shift in _taps(depth, grad.shape[2], w.shape[-1], padding, dilation):
            source = slice((first + shift) * n, (last + shift) * n)
            part = g[first * n : last * n]
            d, e = _backward(part, planes[source], w[:, :, tap], 1, padding, dilation, (need_x, need_w))[:2]
            if gx is not None:
                gx[source] += d
            if gw is not None:
                gw[:, :, tap] = e
        return (None if gx is None else _volume(gx, 0, n)), gw, None, None


def _taps(depth: int, out: int, k: int, padding: int, dilation: int) -> list[tuple[int, int, int, int]]:
    """For each tap along the first axis that meets the volume: output planes [first, last), and how far away their input lies."""
    shifts = [tap * dilation - padding for tap in range(k)]
    bounds = [(tap, max(0, -shift), min(out, depth - shift), shift) for tap, shift in enumerate(shifts)]
    return [bound for bound in bounds if bound[2] > bound[1]]


def acs_depthwise(x: Tensor, w: Tensor, stride: int = 1, padding: int = 1, dilation: int = 1) -> Tensor:
    """ACS depthwise convolution, x (N, C, D, H, W), w (C, 1, k, k); each third of the channels is flat along one axis."""
    if x.device.type == "cpu" and not torch.compiler.is_compiling():
        x, w = _autocast(x, w)
        return cast(Tensor, AcsDepthwise.apply(x, w, stride, padding, dilation))  # type: ignore[no-untyped-call]
    return acs_planes(x, w, stride, padding, dilation, depthwise=True)


def full_depthwise(x: Tensor, w: Tensor, stride: int = 1, padding: int = 1, dilation: int = 1) -> Tensor:
    """Depthwise convolution, x (N, C, D, H, W), w (C, 1, k, k, k)."""
    if x.device.type == "cpu" and stride == 1 and not torch.compiler.is_compiling():  # strided, the 3D kernel is the faster one
        x, w = _autocast(x, w)
        return cast(Tensor, FullDepthwise.apply(x, w, padding, dilation))  # type: ignore[no-untyped-call]
    return F.conv3d(x, w, None, stride, padding, dilation, x.shape[1])


def _autocast(x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """A custom function is not cast by autocast itself."""
    if torch.is_autocast_enabled("cpu"):
        kind = torch.get_autocast_dtype("cpu")
        return x.to(kind), w.to(kind)
    return x, w
