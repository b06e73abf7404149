"""What every test runs in: its own screen, its own settings folder, few threads, and no network.

Only what holds for all tests lives here; fixtures for one area stand in that area's own conftest.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Before numpy or torch is first imported. The gate runs on two cores, and tiny arrays gain nothing from more threads.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# The gate tries the same examples each time, and none fails for the time that it takes; pytest --hypothesis-profile=search
# looks for new ones.
settings.register_profile("gate", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", settings.get_profile("gate"), derandomize=False)
settings.load_profile("gate")

# What fails quickly is run first, the window last.
ORDER = ("core", "io", "reports", "inference", ".", "trainer", "ui")


def pytest_sessionstart() -> None:
    """Before the first process of several is started, so that the reason is read."""
    if sys.platform == "linux" and shutil.which("Xvfb") is None:
        pytest.exit("Tests need the virtual screen Xvfb (Debian and Ubuntu: apt-get install xvfb)", returncode=3)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    root = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        parts = item.path.relative_to(root).parts
        folder = parts[0] if len(parts) > 1 else "."
        return ORDER.index(folder) if folder in ORDER else ORDER.index(".")

    items.sort(key=rank)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu"):
        torch = pytest.importorskip("torch", reason="needs torch with CUDA")
        if not torch.cuda.is_available():
            pytest.skip("needs a CUDA device")


@pytest.fixture(scope="session", autouse=True)
def virtual_screen() -> Iterator[str | None]:
    """A screen of the tests' own on Linux (Xvfb, drawn by Mesa in software); yields its DISPLAY. None on other systems."""
    if sys.platform != "linux":
        yield None
        return
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        number = _display_number(reading, server)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DISPLAY", f":{number}")
            patch.delenv("WAYLAND_DISPLAY", raising=False)
            patch.setenv("QT_QPA_PLATFORM", "xcb")
            patch.setenv("LIBGL_ALWAYS_SOFTWARE", "1")
            yield f":{number}"
    finally:
        os.close(reading)
        server.terminate()
        server.wait(timeout=60)


def _display_number(reading: int, server: subprocess.Popen[bytes]) -> str:
    """Xvfb writes the number it chose, and a newline, as soon as it serves."""
    text = b""
    deadline = time.monotonic() + 30
    while not text.endswith(b"\n"):
        if server.poll() is not None or time.monotonic() > deadline:
            pytest.exit(f"The virtual screen Xvfb did not start (status {server.poll()})", returncode=3)
        if select.select([reading], [], [], 0.2)[0]:
            text += os.read(reading, 16)
    return text.decode().strip()


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh ANKLEVIEWER_HOME for each test: settings, added models, logs and caches of one never reach another. In English,
    whatever the system speaks.
    """
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(folder))
    monkeypatch.setenv("ANKLEVIEWER_LANGUAGE", "en")
    return folder


class NetworkError(RuntimeError):
    """A test reached for the network."""


_attempts: list[str] = []


def _no_network(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: refuses every socket that could leave the machine; unix sockets (the screen, worker processes) are local."""
    if event == "socket.getaddrinfo":
        _attempts.append(f"look-up of {arguments[0]}")
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"):
        connection = arguments[0]
        if not isinstance(connection, socket.socket) or connection.family == getattr(socket, "AF_UNIX", None):
            return
        _attempts.append(f"{event} {arguments[1:]}")
    else:
        return
    raise NetworkError(f"tests may not use the network: {_attempts[-1]}")


sys.addaudithook(_no_network)


@pytest.fixture(autouse=True)
def network_attempts() -> Iterator[list[str]]:
    """Fails a test that reached for the network, also where the program swallowed the refusal."""
    _attempts.clear()
    yield _attempts
    assert not _attempts, f"the test reached for the network: {_attempts}"


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of the third-party test data (ANKLEVIEWER_TEST_DATA), used in place; without it the test skips."""
    value = os.environ.get("ANKLEVIEWER_TEST_DATA")
    if not value:
        pytest.skip("ANKLEVIEWER_TEST_DATA is not set (folder of the third-party test data)")
    folder = Path(value)
    assert folder.is_dir(), f"ANKLEVIEWER_TEST_DATA names no folder: {folder}"
    return folder


@pytest.fixture(scope="session")
def bones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tibia and fibula of tubes, a talus and calcaneus of ellipsoids, mm."""
    import pyvista as pv

    folder = tmp_path_factory.mktemp("bones")

    def tube(x: float, low: float, radius: float) -> Any:
        return (
            pv.Cylinder(center=(x, 0, low + 60), direction=(0, 0, 1), radius=radius, height=120, resolution=24)
            .triangulate()
            .subdivide(4, subfilter="linear")
        )

    parts = {"Tibia": tube(0, 0, 13), "Fibula": tube(30, -18, 7)}
    parts["Talus"] = pv.Sphere(radius=14, center=(0, 0, -17))
    parts["Calcaneus"] = pv.Sphere(radius=18, center=(0, 20, -50))
    for name, mesh in parts.items():
        mesh.save(folder / f"L_{name}.ply")
    return folder
