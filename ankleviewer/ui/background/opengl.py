"""Who draws OpenGL here: a graphics processor, or the processor in its place."""

from __future__ import annotations

import os
from functools import cache

from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext, QSurfaceFormat

from ankleviewer.ui.words.translate import tr

_SOFTWARE = ("llvmpipe", "softpipe", "SwiftShader", "GDI Generic", "Microsoft Basic Render")
_GL_RENDERER = 0x1F01
_VERSION = (3, 2)


def _context() -> QOpenGLContext:
    """One that is yet to be created, of the version and profile that VTK asks for: unasked, macOS gives 2.1."""
    wanted = QSurfaceFormat()
    wanted.setVersion(*_VERSION)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    context = QOpenGLContext()
    context.setFormat(wanted)
    return context


def load_driver() -> None:
    """Load what OpenGL consists of here, 40 to 60 ms where that is Mesa; again it takes 3 ms. On any thread.

    Qt gives the interpreter away meanwhile, but not the system's lock on loading libraries, for which a thread that imports waits
    with the interpreter in its hand: so it is best done before the window is there. Nothing on screens other than X11, whose
    OpenGL has not been tried off the main thread.
    """
    if QGuiApplication.platformName() == "xcb":
        _context().create()


@cache
def renderer_name() -> str:
    """What OpenGL says of who draws, e.g. "llvmpipe (LLVM 19.1.7, 256 bits)"; "" where there is no OpenGL. Main thread only."""
    context, surface = _context(), QOffscreenSurface()
    surface.create()
    if not context.create() or not surface.isValid() or not context.makeCurrent(surface):
        return ""
    name = str(context.functions().glGetString(_GL_RENDERER) or "")
    context.doneCurrent()
    return name


def drawn_by_processor() -> bool:
    """True where the 3D view is drawn in software: there everything that moves has to be cheap."""
    return any(name in renderer_name() for name in _SOFTWARE)


def opengl_missing() -> str:
    """Why 3D cannot be shown on this machine, "" if it can. Asks Qt for a context, which fails softly where VTK would abort."""
    if os.environ.get("ANKLEVIEWER_NO_3D"):
        return tr("The 3D view is switched off (ANKLEVIEWER_NO_3D).")
    if QGuiApplication.platformName() in ("offscreen", "minimal", "vnc"):
        return tr("The 3D view needs a screen with OpenGL.")
    context = _context()
    if not context.create() or context.format().version() < _VERSION:
        return tr("The 3D view needs OpenGL 3.2; the slices work without it.")
    return ""
