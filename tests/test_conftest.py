"""The surroundings that conftest.py promises to every test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings


def test_network_is_refused_and_noted(network_attempts: list[str]) -> None:
    with pytest.raises(RuntimeError, match="network"), socket.socket() as connection:
        connection.connect(("127.0.0.1", 9))
    with pytest.raises(RuntimeError, match="network"):
        socket.create_connection(("example.org", 80))
    assert len(network_attempts) == 2
    network_attempts.clear()  # this test was meant to


def test_unix_sockets_work(tmp_path: Path, network_attempts: list[str]) -> None:
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))
    assert network_attempts == []


def test_the_gate_tries_the_same_examples_each_time(request: pytest.FixtureRequest) -> None:
    gate, search = map(settings.get_profile, ("gate", "search"))
    assert gate.derandomize and gate.deadline is None and gate.database is None
    assert not search.derandomize and search.deadline is None
    assert settings.default == settings.get_profile(request.config.getoption("--hypothesis-profile") or "gate")


def test_settings_folder_is_new_and_empty(home: Path) -> None:
    assert os.environ["ANKLEVIEWER_HOME"] == str(home)
    assert list(home.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the virtual screen is for Linux")
def test_window_opens_on_the_virtual_screen(virtual_screen: str) -> None:
    """In a process of its own: the screen serves what the tests start, too."""
    code = (
        "from PySide6.QtWidgets import QApplication, QWidget\n"
        "app = QApplication([])\n"
        "w = QWidget(); w.resize(320, 200); w.show(); app.processEvents()\n"
        "print(app.platformName(), app.primaryScreen().size().toTuple(), w.grab().size().toTuple())\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert run.stdout.split("\n")[0] == "xcb (1920, 1080) (320, 200)", run.stderr
