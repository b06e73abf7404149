"""Who draws OpenGL."""

from __future__ import annotations

import pytest

from ankleviewer.ui import opengl


@pytest.mark.parametrize(
    ("name", "software"),
    [
        ("llvmpipe (LLVM 19.1.7, 256 bits)", True),
        ("Google SwiftShader", True),
        ("NVIDIA RTX A2000/PCIe/SSE2", False),
        ("Mesa Intel(R) UHD Graphics 620 (KBL GT2)", False),
        ("", False),
    ],
)
def test_software_is_known_by_its_name(monkeypatch, name: str, software: bool) -> None:
    monkeypatch.setattr(opengl, "renderer_name", lambda: name)
    assert opengl.drawn_by_processor() is software
