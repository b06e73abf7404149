"""paths: the user's folder can be moved, assets are found in a source checkout and in an installed package."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ankleviewer.core import paths

posix = pytest.mark.skipif(os.name != "posix", reason="rights of users are POSIX's")


def test_home_is_named_by_the_environment(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(tmp_path / "here"))
    assert paths.home() == tmp_path / "here"
    assert paths.log_dir() == tmp_path / "here" / "logs"
    assert paths.model_dirs()[0] == tmp_path / "here" / "models" and not list((tmp_path / "here").iterdir())


def test_home_of_nobody_is_taken_as_it_stands(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("ANKLEVIEWER_HOME", "~nobody-of-that-name/x")
    assert paths.home() == Path("~nobody-of-that-name/x")
    monkeypatch.setenv("ANKLEVIEWER_HOME", "~/x")
    assert paths.home() == Path.home() / "x"


def test_home_without_a_name_is_the_platforms_place(monkeypatch, tmp_path) -> None:
    unnamed(monkeypatch, tmp_path)
    assert paths.home().is_absolute() and paths.home().name == "ankleviewer" and paths.home().is_relative_to(tmp_path)


def unnamed(monkeypatch, tmp_path: Path) -> None:
    """No ANKLEVIEWER_HOME, and the platform's place within the test's own."""
    monkeypatch.delenv("ANKLEVIEWER_HOME")
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(tmp_path))


def rights(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


@posix
@pytest.mark.parametrize("named", [True, False])
def test_a_home_that_is_made_is_closed_to_others(monkeypatch, tmp_path, named) -> None:
    if named:
        monkeypatch.setenv("ANKLEVIEWER_HOME", str(tmp_path / "new" / "here"))
    else:
        unnamed(monkeypatch, tmp_path)
    assert rights(paths.home()) == 0o700


@posix
def test_a_home_of_an_earlier_release_is_closed_and_one_that_somebody_made_is_not(monkeypatch, tmp_path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o755)
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(tmp_path / "shared"))
    assert rights(paths.home()) == 0o755
    unnamed(monkeypatch, tmp_path)
    paths.home().chmod(0o755)
    assert rights(paths.home()) == 0o700
    usual = paths.home()
    usual.rmdir()
    usual.symlink_to(tmp_path / "shared")
    assert rights(paths.home()) == 0o755


def test_a_home_that_cannot_be_made_stops_nobody_who_does_not_write(monkeypatch, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(tmp_path / "file" / "here"))
    assert paths.home() == tmp_path / "file" / "here" and not paths.home().exists()


def test_assets_in_a_checkout_and_installed(monkeypatch, tmp_path) -> None:
    assert paths.assets_dir() == Path(__file__).parents[2] / "assets" or paths.assets_dir().name == "_assets"
    module = tmp_path / "site" / "ankleviewer" / "core" / "paths.py"
    module.parent.mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(module))
    assert paths.assets_dir() == tmp_path / "site" / "assets"
    (tmp_path / "site" / "ankleviewer" / "_assets").mkdir()
    assert paths.assets_dir() == tmp_path / "site" / "ankleviewer" / "_assets"


def test_what_cannot_be_told_is_not_there(monkeypatch, tmp_path) -> None:
    assert paths.is_there(tmp_path) and not paths.is_there(str(tmp_path / "gone")) and not paths.is_there("a\0b")
    dead = OSError(errno.ENOTCONN, "Transport endpoint is not connected")  # a share that went away

    def stat(self: Path, **_: object) -> os.stat_result:
        raise dead

    monkeypatch.setattr(Path, "stat", stat)
    assert not paths.is_there(tmp_path)
