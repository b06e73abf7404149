"""What is sent with a log tells where the program failed, never whose scan it was."""

from __future__ import annotations

import logging
import sys

import pytest

from ankleviewer.core.scrub import HIDDEN, ScrubbingFormatter, frames, scrub

NAMES = ("DOE", "Müller", "JANE", "1970")


@pytest.mark.parametrize(
    "text",
    [
        "cannot read /data/DOE JANE/1970.nii.gz today",
        "cannot read '/data/DOE JANE/1970.nii.gz'",
        'cannot read "C:\\Users\\Müller\\DOE.nii"',
        "cannot read C:\\Users\\Müller Anna\\x.nii",
        "cannot read D:/DOE/x.nii",
        "\\\\server\\DOE\\x.nii is gone",
        "opened ~/DOE JANE/x",
        "opened file:///data/DOE/x",
        "[Errno 2] No such file or directory: '/home/Müller/DOE.nii'",
        "(/data/DOE/x)",
    ],
)
def test_paths_go(text: str) -> None:
    cleaned = scrub(text)
    assert HIDDEN in cleaned and not any(name in cleaned for name in NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "scan 12ab: accept, ['GANTRY_TILT'], {'read': 0.4}",
        "1/2 models, 0.6 mm/px",
        "and/or",
        "compact fracture on CPUExecutionProvider",
    ],
)
def test_the_rest_stays(text: str) -> None:
    assert scrub(text) == text


def test_frames_keep_module_line_and_function() -> None:
    text = 'Fatal error\n  File "/home/Müller/venv/ankleviewer/ui/app.py", line 12 in run\n  File "C:\\x\\y.py", line 3 in z'
    assert scrub(text) == 'Fatal error\n  File "app.py", line 12 in run\n  File "y.py", line 3 in z'


def test_an_exception_in_the_log_has_no_words(caplog) -> None:
    def fail() -> None:
        try:
            raise FileNotFoundError(2, "gone", "/data/DOE/x.nii")
        except FileNotFoundError as error:
            raise ValueError("patient DOE JANE") from error

    try:
        fail()
    except ValueError:
        record = logging.LogRecord("ankleviewer.x", logging.ERROR, __file__, 1, "failed on %s", ("/data/DOE/x",), sys.exc_info())
    assert "DOE" in logging.Formatter().format(record)  # which leaves its text in the record
    line = ScrubbingFormatter().format(record)
    assert "DOE" not in line and "JANE" not in line
    assert "ValueError" in line and "caused by" in line and "FileNotFoundError" in line
    assert 'File "test_scrub.py", line' in line and "in fail" in line and "failed on" in line


def test_an_endless_chain_ends() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert frames(first).count("ValueError") == 6
