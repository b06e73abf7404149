"""versions: what is said of the engines, also where one cannot be asked."""

from __future__ import annotations

import importlib.metadata
import sys

import pytest

from ankleviewer.core.errors import ModelError
from ankleviewer.inference.engines import versions


def test_the_engines_versions_are_told_without_the_record_of_a_package(monkeypatch) -> None:
    def lost(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(versions, "has_openvino", lambda: True)
    monkeypatch.setattr(importlib.metadata, "version", lost)
    assert "onnxruntime" in versions.describe_engine() and "OpenVINO" not in versions.describe_engine()


def test_an_onnxruntime_that_cannot_be_loaded_is_told_in_place_of_its_version(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match="ENGINE_MISSING"):
        versions.describe_engine()
