"""Every command and every option says what it is for."""

from __future__ import annotations

import argparse

import pytest

from trainer.options import parser


def commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(action.choices)


def test_each_command_is_told_in_the_help_of_all() -> None:
    told = parser().format_help()
    assert set(commands()) == {"simulate", "prepare", "train", "tune", "power", "export", "evaluate", "locator"}
    assert all(name in told for name in commands()) and "not for diagnosis" in told


@pytest.mark.parametrize("name", sorted(commands()))
def test_each_option_has_a_help_and_each_default_that_is_told_is_the_default(name: str) -> None:
    for action in commands()[name]._actions:
        assert action.help, action.dest
        told = action.help.rpartition("default: ")[2].split()[0].rstrip(";,") if "default: " in action.help else ""
        if told.replace(".", "").isdigit() and action.default is not None:
            assert float(told) == float(action.default), action.dest


def test_a_run_goes_on_only_where_it_is_asked_to() -> None:
    line = ["train", "--model", "compact", "--data", "simulate", "--out", "x"]
    assert parser().parse_args(line).resume is False and parser().parse_args([*line, "--resume"]).resume is True
