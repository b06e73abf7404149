from __future__ import annotations

import pytest

from ankleviewer.core.findings import Finding, verdict, withheld


def of(*levels: str) -> list[Finding]:
    return [Finding(level, "SOME_CODE", "Some sentence.") for level in levels]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((), "accept"),
        (("info",), "accept"),
        (("info", "caveat"), "caveat"),
        (("withhold",), "caveat"),
        (("caveat", "withhold"), "caveat"),
        (("caveat", "refuse", "info"), "refuse"),
    ],
)
def test_the_worst_finding_decides_the_verdict(levels, expected):
    assert verdict(of(*levels)) == expected


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((), False),
        (("info", "caveat"), False),
        (("withhold",), True),
        (("refuse",), True),
    ],
)
def test_inference_is_withheld_only_by_withhold_and_refuse(levels, expected):
    assert withheld(of(*levels)) is expected


@pytest.mark.parametrize(("level", "code"), [("warning", "A_CODE"), ("info", "a_code"), ("info", ""), ("info", "A CODE")])
def test_malformed_findings_cannot_be_made(level, code):
    with pytest.raises(ValueError):
        Finding(level, code, "text")
