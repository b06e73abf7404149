"""paths: the user's folder can be moved, assets are found in a source checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

from ankleviewer.core import paths


def test_home_is_named_by_the_environment(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(tmp_path / "here"))
    assert paths.home() == tmp_path / "here"
    assert paths.log_dir() == tmp_path / "here" / "logs"
    assert paths.model_dirs()[0] == tmp_path / "here" / "models" and not (tmp_path / "here").exists()


def test_home_of_nobody_is_taken_as_it_stands(monkeypatch) -> None:
    monkeypatch.setenv("ANKLEVIEWER_HOME", "~nobody-of-that-name/x")
    assert paths.home() == Path("~nobody-of-that-name/x")
    monkeypatch.setenv("ANKLEVIEWER_HOME", "~/x")
    assert paths.home() == Path.home() / "x"


def test_home_without_a_name_is_the_platforms_place(monkeypatch) -> None:
    monkeypatch.delenv("ANKLEVIEWER_HOME")
    assert paths.home().is_absolute() and paths.home().name == "ankleviewer"


def test_assets_in_a_checkout_and_installed(monkeypatch, tmp_path) -> None:
    assert paths.assets_dir() == Path(__file__).parents[2] / "assets" or paths.assets_dir().name == "_assets"
    module = tmp_path / "site" / "ankleviewer" / "core" / "paths.py"
    module.parent.mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(module))
    assert paths.assets_dir() == tmp_path / "site" / "assets"
    (tmp_path / "site" / "ankleviewer" / "_assets").mkdir()
    assert paths.assets_dir() == tmp_path / "site" / "ankleviewer" / "_assets"
