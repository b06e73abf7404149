"""HeatControls: legend, outline or fill, opacity, the resolution the map really has, and of which map the boxes are."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ankleviewer.core.assessment.explain import PAPER_CELLS, HeatMap
from ankleviewer.core.display.viewstate import MAX_OPACITY, ViewState
from ankleviewer.ui.look.parts import Slider, label
from ankleviewer.ui.result import room
from ankleviewer.ui.result.legend import Legend
from ankleviewer.ui.state.model import ViewModel
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import LOOKED


class HeatControls(QWidget):
    """Shown only while there is a heat map."""

    def __init__(self, model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._head = QGridLayout()
        self._head.setVerticalSpacing(0)
        self._head.setColumnStretch(0, 1)
        self.title = label(tr(LOOKED), "heading")
        self._head.addWidget(self.title, 0, 0)
        self.resolution = label("", "secondary")
        column.addLayout(self._head)
        self.source = label("", "", wrap=True)
        self.source.setStyleSheet("font-size: 12px;")
        column.addWidget(self.source)
        self.legend = Legend(model)
        column.addWidget(self.legend)
        self._row = QGridLayout()
        self._row.setSpacing(6)
        self.heat = self._button(tr("Heat"), tr("Heat map on or off (G)"), lambda on: model.update(heat=on))
        self.boxes = self._button(tr("Boxes"), tr("Boxes on or off (B)"), lambda on: model.update(boxes=on))
        self.fill = self._button(tr("Fill"), tr("Filled map instead of its outline (O)"), lambda on: model.update(fill=on))
        self.opacity = Slider()
        self.opacity.setRange(5, round(MAX_OPACITY * 100))
        self.opacity.setAccessibleName(tr("Opacity of the filled map, per cent"))
        self.opacity.setToolTip(tr("Opacity of the fill, at most 50 %"))
        self.opacity.valueChanged.connect(lambda value: model.update(opacity=value / 100))
        tip = tr("The map as coarse as the paper's, 4 × 4 × 4 cells, for comparison; the boxes stay (C)")
        self.paper = self._button(tr("Coarse"), tip, lambda on: model.update(paper_map=on))
        column.addLayout(self._row)
        second = QHBoxLayout()
        second.setSpacing(10)
        second.addWidget(label(tr("Opacity of the fill"), "secondary"))
        second.addWidget(self.opacity, 1)
        column.addLayout(second)
        model.changed.connect(self._on_changed)
        model.scene_changed.connect(self.refresh)
        self._wide = room.inner(room.WIDTH)
        self.refresh()
        self.fit(self._wide)

    def fit(self, wide: int) -> None:
        """Stand in a column that leaves that many px: what has no room beside each other goes below each other."""
        self._wide = wide
        beside = self.title.sizeHint().width() + self.resolution.sizeHint().width() + self._head.horizontalSpacing() <= wide
        self._head.removeWidget(self.resolution)
        self._head.addWidget(self.resolution, *((0, 1) if beside else (1, 0)))
        buttons = (self.heat, self.boxes, self.fill, self.paper)
        gaps = (len(buttons) - 1) * self._row.spacing()
        columns = len(buttons) if sum(one.minimumSizeHint().width() for one in buttons) + gaps <= wide else 2
        for n, button in enumerate(buttons):
            self._row.removeWidget(button)
            self._row.addWidget(button, n // columns, n % columns)

    def _button(self, text: str, tip: str, act: object) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setStyleSheet("padding: 4px 3px;")  # four words of any language side by side
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(act)
        return button

    def _on_changed(self, old: ViewState, new: ViewState) -> None:
        if any(getattr(old, name) != getattr(new, name) for name in ("heat", "boxes", "fill", "paper_map", "opacity")):
            self.refresh()

    def refresh(self) -> None:
        """Follow the state."""
        heat = self.model.scene.heat if self.model.scene is not None else None
        self.setVisible(heat is not None)
        if heat is None:
            return
        state = self.model.state
        self.heat.setChecked(state.heat)
        self.boxes.setChecked(state.boxes)
        self.fill.setChecked(state.fill)
        self.paper.setChecked(state.paper_map)
        self.opacity.setEnabled(state.fill)
        self.opacity.blockSignals(True)
        self.opacity.setValue(round(state.opacity * 100))
        self.opacity.blockSignals(False)
        cells = getattr(heat, "cells", None)
        if cells:
            edge = heat.grid.shape[0] * heat.grid.spacing[0] / cells
            self.resolution.setText(tr("{cells}³ cells of {edge} mm", cells=cells, edge=f"{edge:.0f}"))
            self.fit(self._wide)  # the text may be longer than the one before
            self.paper.setEnabled(state.paper_map or cells > PAPER_CELLS)
        finer = getattr(heat, "boxes_from", 0)
        dark = isinstance(heat, HeatMap) and heat.peak <= heat.floor
        told = [
            tr("Boxes, places and per cent come from the model's fine map ({cells}³ cells), not from this one", cells=finer)
            if finer
            else "",
            tr("This map stays below its floor and shows nothing.") if dark else "",
        ]
        self.source.setText("\n".join(text for text in told if text))
        self.source.setVisible(any(told))
