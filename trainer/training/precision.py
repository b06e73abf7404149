"""Half precision where the processor multiplies it in one instruction."""

from __future__ import annotations

import torch


def bf16_pays(device: torch.device) -> bool:
    """Whether bfloat16 products are native on the device: NVIDIA from Ampere on, CPUs with AVX512-BF16 or AMX."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    known = torch.cpu.get_capabilities()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))
