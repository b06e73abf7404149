"""The result column's rows of models: what a preliminary one is called, beside a title as long as the shipped ones'."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

TITLE = "3D-EfficientNetB7 (ACS)"


@pytest.mark.parametrize("status", ["preliminary", "released"])
def test_a_model_s_row_shows_title_probability_and_status_whole(make_window, fakes, qtbot, status: str) -> None:
    deep = fakes.answer("uncertain", name="deep", status=status)
    backend = fakes.Backend(answers=(fakes.answer(), deep))
    backend.models = (backend.models[0], SimpleNamespace(**vars(backend.models[1]) | {"name": "deep", "title": TITLE}))
    window = make_window(backend)
    window.controller.choose_model("all")
    qtbot.waitUntil(lambda: not fakes.busy(window), timeout=20000)
    first, second = window.panel._other_rows
    assert "preliminary" not in first.text()
    lines = second.text().splitlines()
    assert TITLE in lines[0] and lines[0].endswith(f"{deep.probability:.2f}")
    assert [line.strip() for line in lines[1:]] == (["preliminary"] if status == "preliminary" else [])
    assert all(second.fontMetrics().horizontalAdvance(line) <= second.width() for line in lines)
    assert (second.height() > first.height()) == (status == "preliminary")
    assert second.accessibleName().startswith(f"{TITLE} (preliminary), " if status == "preliminary" else f"{TITLE}, ")
