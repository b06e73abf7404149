"""The study's flow as a table and a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from trainer.scans.flow_diagram import draw_flow, flow_lines, flow_table, in_words

PAPER = {
    "rows": 1604,
    "found": 1600,
    "not_found": 4,
    "excluded": {"IMPLANT": 60, "NOT_ADULT": 80, "GZIP_CRC": 7, "FILE_NOT_FOUND": 4},
    "included": 1453,
    "positive": 633,
    "negative": 820,
    "splits": {
        "train": {"positive": 443, "negative": 574},
        "validation": {"positive": 95, "negative": 123},
        "test": {"positive": 95, "negative": 123},
    },
}


def test_the_table_counts_and_speaks() -> None:
    lines = flow_table(PAPER).splitlines()
    assert lines[2:10] == [
        "| in the table | 1604 |",
        "| - found | 1600 |",
        "| - not found | 4 |",
        "| left out | 151 |",
        "| - younger than 18 | 80 |",
        "| - implant | 60 |",
        "| - GZIP_CRC | 7 |",
        "| - FILE_NOT_FOUND | 4 |",
    ]
    assert lines[10] == "| included | 1453: 633 fractured, 820 not |" and lines[11].startswith("| - training | 1017: 443")
    assert in_words("NO_COMPLETE_ANKLE") == "no complete ankle found"
    assert in_words("AGE_UNDER_18") == "younger than 18 by the scan's header" != in_words("NOT_ADULT")


def test_the_terminal_is_told_in_words() -> None:
    assert flow_lines(PAPER).splitlines() == [
        (
            "in the table 1604 (found 1600, not found 4), left out 151 (younger than 18: 80, implant: 60, GZIP_CRC: 7, "
            "FILE_NOT_FOUND: 4), included 1453: 633 fractured, 820 not"
        ),
        "training 1017 (443 fractured, 574 not), validation 218 (95 fractured, 123 not), test 218 (95 fractured, 123 not)",
    ]
    assert flow_lines(PAPER | {"excluded": {}}).startswith(
        "in the table 1604 (found 1600, not found 4), left out 0, included 1453"
    )


def test_the_picture_holds_boxes_and_grows_with_the_reasons(tmp_path: Path) -> None:
    draw_flow(PAPER, tmp_path / "a" / "flow.png")
    draw_flow(PAPER | {"excluded": {f"REASON_{i}": i + 1 for i in range(14)}}, tmp_path / "b.png")
    few, many = (np.asarray(Image.open(p).convert("L")) for p in (tmp_path / "a" / "flow.png", tmp_path / "b.png"))
    assert many.shape[0] > few.shape[0] and many.shape[1] == few.shape[1]
    assert 0.01 < (few < 128).mean() < 0.2
    assert not list(tmp_path.glob(".*"))
