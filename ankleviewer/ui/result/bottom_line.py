"""BottomLine: findings about the scan as chips at the left, the research-use line at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ankleviewer.ui.files.privacy import Privacy
from ankleviewer.ui.look.parts import Chip, label
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.words.wording import research_line

_MARGIN = 10  # px at the left
_LEAST_NOTICE = 240  # px in which a notice beside a chip still says something
_LEVELS = {"refuse": "refusal", "withhold": "warning", "caveat": "warning"}


class BottomLine(QWidget):
    """One line; chips that do not fit are gathered in a last one, and so are all of them beside a notice."""

    def __init__(self, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(28)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, 16, 0)
        row.setSpacing(6)
        self._chips = QHBoxLayout()
        self._chips.setSpacing(6)
        self.chips: list[Chip] = []
        self._said: list[tuple[str, str, str]] = []
        self.privacy: Privacy | None = None
        row.addLayout(self._chips)
        row.addStretch(1)
        self.disclaimer = label(research_line(), "secondary")
        row.addWidget(self.disclaimer)
        self.notice: QWidget | None = None
        self._gathered_now = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        controller.changed.connect(self.refresh)
        controller.noticed.connect(self.refresh)

    def hold(self, notice: QWidget) -> None:
        """Show a notice between the chips and the research-use line, where nothing else has room for it."""
        self.notice = notice
        notice.setParent(self)
        self._lay()

    def _noticing(self) -> bool:
        """Whether there is a notice, and it is shown here."""
        return self.notice is not None and self.notice.parentWidget() is self and self.controller.notice is not None

    def _lay_notice(self) -> None:
        if self.notice is not None and self.notice.parentWidget() is self:
            right = max(self.width() - self.disclaimer.sizeHint().width() - 32, 0)
            left = 0
            if self.chips and self._noticing():
                left = _MARGIN + self.chips[-1].sizeHint().width() + 6
                if right - left < _LEAST_NOTICE:  # it would say nothing any more: what is said of the scan comes again after it
                    self._clear()
                    left = 0
            self.notice.setGeometry(left, 0, right - left, self.height())
            self.notice.raise_()

    def refresh(self) -> None:
        """One chip for each code, warnings first."""
        findings = list(self.controller.case.findings) if self.controller.case is not None else []
        if self.controller.analysis is not None:
            findings += [f for f in self.controller.analysis.result.findings if f not in findings]
        tell = self.privacy.message if self.privacy is not None else lambda _code, message: message
        said = _gathered([(f.code, tell(f.code, f.message), _LEVELS.get(f.level, "info")) for f in findings])
        said.sort(key=lambda item: ("refusal", "warning", "info").index(item[2]))
        if said != self._said or self._gathered_now != self._noticing():
            self._said = said
            self._lay()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many chips as fit."""
        super().resizeEvent(event)
        self._lay()

    def _clear(self) -> None:
        for chip in self.chips:
            self._chips.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = []

    def _lay(self) -> None:
        self._clear()
        self._gathered_now = self._noticing()
        self._lay_chips()
        self._lay_notice()

    def _lay_chips(self) -> None:
        free = self.width() - self.disclaimer.sizeHint().width() - 60
        for n, (code, message, level) in enumerate(self._said):
            chip = Chip(code, message, level, self)
            left = len(self._said) - n
            need = chip.sizeHint().width() + 6 + (60 if left > 1 else 0)
            if need > free or (self._gathered_now and len(self._said) > 1):
                chip.deleteLater()
                rest = "\n\n".join(f"{c}: {m}" for c, m, _ in self._said[n:])
                chip = Chip(f"+{left}", rest, level, self)
                self._add(chip)
                return
            free -= chip.sizeHint().width() + 6
            self._add(chip)

    def _add(self, chip: Chip) -> None:
        chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.chips.append(chip)
        self._chips.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        chip.show()


def _gathered(said: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """(code, sentences, level), one of each code and level: two ankles may have the same finding, and equal chips side by side
    tell nobody which is whose.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for code, message, level in said:
        found.setdefault((code, level), []).append(message)
    return [
        (code if len(messages) == 1 else f"{code} ×{len(messages)}", "\n\n".join(messages), level)
        for (code, level), messages in found.items()
    ]
