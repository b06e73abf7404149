"""The Measure menu: every tool is there with its key, and no key is taken twice."""

from __future__ import annotations

from PySide6.QtGui import QAction

from ankleviewer.core.reading.measure_tools import TOOLS


def actions(window) -> dict[str, QAction]:
    return {a.text(): a for a in window.findChildren(QAction) if a.text()}


def test_every_tool_has_an_entry_that_starts_it(make_window, backend) -> None:
    window = make_window(backend)
    for tool in TOOLS:
        entry = actions(window)[tool.title]
        assert entry.shortcut().toString() == tool.key and entry.isEnabled()
        entry.trigger()
        assert window.controller.measuring.tool is tool and entry.isChecked()
        window.controller.measuring.stop()
        assert not entry.isChecked()
    remove = actions(window)["Remove the selected measure"]
    assert not remove.isEnabled()
    window.controller.measuring.start("distance")
    for mm in ((0.0, 0.0, 140.0), (3.0, 4.0, 140.0)):
        window.controller.measuring.set_point("axial", mm)
    remove.trigger()
    assert window.controller.reviewing.review.measures == ()


def test_without_a_scan_the_entries_are_grey(make_window, backend) -> None:
    window = make_window(backend, path=None)
    assert not any(actions(window)[tool.title].isEnabled() for tool in TOOLS)


def test_no_key_belongs_to_two_actions(make_window, backend) -> None:
    window = make_window(backend)
    keys = [key.toString() for action in window.findChildren(QAction) for key in action.shortcuts()]
    assert len(keys) == len(set(keys)), sorted(k for k in keys if keys.count(k) > 1)
