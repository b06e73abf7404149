"""The viewer's road from a path to the ankles that may be assessed, for preparing and for evaluating alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ankleviewer.core.anatomy.finder import Ankle
    from ankleviewer.core.findings import Finding
    from ankleviewer.io.reader import Scan

NO_LOCATOR = "LOCATOR_MISSING"  # by the bones alone the cube lies elsewhere than where the viewer lays it; it may be there again


@dataclass(frozen=True)
class Intake:
    """What the reader, the checks and the ankle finder say of one scan.

    Attributes:
        scan: None where the file is refused.
        ankles: the complete ones, none where the scan may not be assessed.
        reason: code of what stands against it, "" where there are ankles.
        incomplete: other ankles of the scan.
    """

    scan: Scan | None
    ankles: tuple[Ankle, ...]
    reason: str
    incomplete: tuple[Ankle, ...] = ()

    def beside(self, ankle: Ankle) -> list[Ankle]:
        """The scan's other ankles."""
        return [other for other in (*self.ankles, *self.incomplete) if other is not ankle]


def take_in(path: Path) -> Intake:
    """Read and check one scan; a refused one is an answer, not an error."""
    from ankleviewer.core.assessment.checks import anatomy_findings, check_volume
    from ankleviewer.core.errors import ScanError
    from ankleviewer.inference.locator import ankles_in
    from ankleviewer.io.reader import open_scan

    try:
        scan = open_scan(path)
    except ScanError as error:
        return Intake(None, (), error.code)
    for finding in (*scan.findings, *check_volume(scan.volume)):
        if finding.level in ("withhold", "refuse"):
            return Intake(scan, (), finding.code)
    doubts: list[Finding] = []
    found = ankles_in(scan.volume, None, doubts)
    ankles = tuple(a for a in found if a.complete)
    if ankles:  # what there is against a scan with none is another's reason
        doubts += anatomy_findings(found, scan.volume)
    if any(f.code == NO_LOCATOR for f in doubts):
        return Intake(scan, (), NO_LOCATOR)
    if withheld := next((f for f in doubts if f.level == "withhold"), None):
        return Intake(scan, (), withheld.code)
    reason = "" if ankles else "NO_COMPLETE_ANKLE"
    return Intake(scan, ankles, reason, tuple(a for a in found if not a.complete))
