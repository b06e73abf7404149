"""Who draws OpenGL."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtGui import QSurfaceFormat

from ankleviewer.ui.background import opengl


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


def test_what_vtk_needs_is_asked_for(qapp) -> None:
    """macOS gives OpenGL 2.1 to who asks for nothing, and no Mac would show 3D."""
    wanted = opengl._context().format()
    assert wanted.version() == (3, 2) and wanted.profile() == QSurfaceFormat.OpenGLContextProfile.CoreProfile


@pytest.mark.parametrize(("platform", "made"), [("xcb", 1), ("offscreen", 0)])
def test_the_driver_is_loaded_off_the_main_thread_on_x11_only(monkeypatch, platform: str, made: int) -> None:
    contexts: list[str] = []

    class Context:
        def setFormat(self, wanted: QSurfaceFormat) -> None:  # noqa: N802 - Qt's name
            assert wanted.version() == (3, 2) and wanted.profile() == QSurfaceFormat.OpenGLContextProfile.CoreProfile

        def create(self) -> None:
            contexts.append(threading.current_thread().name)

    monkeypatch.setattr(opengl, "QOpenGLContext", Context)
    monkeypatch.setattr(opengl.QGuiApplication, "platformName", lambda: platform)
    thread = threading.Thread(target=opengl.load_driver, name="driver")
    thread.start()
    thread.join(10)
    assert contexts == ["driver"] * made


def test_after_the_driver_has_come_on_a_thread_the_main_thread_knows_who_draws(qapp) -> None:
    thread = threading.Thread(target=opengl.load_driver)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    opengl.renderer_name.cache_clear()
    context = opengl.QOpenGLContext()
    assert bool(opengl.renderer_name()) == context.create()
