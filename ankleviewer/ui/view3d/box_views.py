"""The box of a finding from three sides (above, front, the ankle's own side) with its coordinates, as in the paper's figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout

from ankleviewer import DISCLAIMER
from ankleviewer.core.assessment.result import Box
from ankleviewer.core.display.scene import FoundBox
from ankleviewer.core.geometry import Array
from ankleviewer.core.imaging.planes import position_text
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.ui.look import theme
from ankleviewer.ui.look.dialogs import Show, awaited, lasts
from ankleviewer.ui.words.translate import noop, tr
from ankleviewer.ui.words.wording import DOT

if TYPE_CHECKING:
    from ankleviewer.core.anatomy.finder import Ankle
    from ankleviewer.ui.main_window import MainWindow
    from ankleviewer.ui.view3d.pane3d import Pane3D

# A camera above the patient that looks down with the front at the top has the right side on screen right: the mirror of an axial
# slice. Nothing is flipped to hide that; each picture carries its letters and says from where it looks.
SIDES = (
    ("S", noop("Top"), noop("from above")),
    ("A", noop("Front"), noop("from the front")),
    ("L", noop("Left"), noop("from the left")),
)
_RIGHT = ("R", noop("Right"), noop("from the right"))
PANEL, GAP, HEAD, FOOT, LINE = 340, 12, 38, 62, 20
_JUDGED = {"accepted": noop("Accepted by the reader"), "rejected": noop("Rejected by the reader")}
_SIDE, _FRAME = 8, 12  # px beside the figure in its dialog, and what a window's frame may take


def sides(ankle: Ankle | None, box: FoundBox, region: tuple[Array, Array] | None) -> tuple[tuple[str, str, str], ...]:
    """SIDES, or with the right as the third where the ankle is a right one; of unknown side, where the box lies nearer to the
    right end of the ankle's region (LPS mm).
    """
    side = getattr(ankle, "side", "")
    if side not in ("L", "R") and region is not None:
        side = "R" if box.center_mm[0] < (float(region[0][0]) + float(region[1][0])) / 2 else "L"
    return (*SIDES[:2], _RIGHT) if side == "R" else SIDES


def facts(box: Box, index: int) -> tuple[str, str]:
    """Two lines: the box's centre in voxels of scan and network, and in LPS mm with its size."""
    x, y, z = box.center_voxel
    u, v, w = box.center_model_voxel
    first = tr(
        "Finding {number}: centre {voxel} (scan voxel);  {cell} (model grid);  both from 0",
        number=index + 1,
        voxel=f"x {x}  y {y}  z {z}",
        cell=f"x {u}  y {v}  z {w}",
    )
    return first, _place(box)


def readers_word(judged: str, own: BoxMm | None) -> str:
    """What the reader says of the finding: the judgement ("" none), and the reader's own box (None: the model's stands)."""
    said = [tr(_JUDGED[judged])] if judged in _JUDGED else []
    said += [tr("The reader's own box: {place}", place=_place(own))] if own is not None else []
    return DOT.join(said)


def _place(box: FoundBox) -> str:
    size = " × ".join(f"{b - a:.0f}" for a, b in zip(box.min_mm, box.max_mm, strict=True))
    return tr("{position} mm;  size {size} mm", position=position_text(box.center_mm), size=size)


def figure(
    pictures: list[tuple[np.ndarray, tuple[str, ...]]],
    lines: Sequence[str],
    word: str = "",
    missing: str = "",
    views: Sequence[tuple[str, str, str]] = SIDES,
) -> QImage:
    """The three pictures side by side with letters, names and coordinates.

    Args:
        pictures: of each of `views`: uint8 (rows, columns, 3), and the letters at its left, right, top and bottom edge.
        lines: of `facts`.
        word: of `readers_word`; a line of its own, since the box drawn is the model's.
        missing: what is left out of the pictures.
        views: of `sides`.
    """
    width = 3 * PANEL + 4 * GAP
    image = QImage(width, HEAD + PANEL + FOOT + (LINE if word else 0), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.PANEL))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for n, ((rgb, letters), (_, side, seen)) in enumerate(zip(pictures, views, strict=True)):
        name, where = tr(side), tr(seen)
        place = QRectF(GAP + n * (PANEL + GAP), HEAD, PANEL, PANEL)
        square = np.ascontiguousarray(_square(rgb))
        shown = QImage(square.data, square.shape[1], square.shape[0], 3 * square.shape[1], QImage.Format.Format_RGB888)
        painter.drawImage(place, shown)
        painter.setPen(QPen(QColor(theme.LINE), 1))
        painter.drawRect(place)
        painter.setFont(theme.font(15, bold=True))
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(QPointF(place.x(), HEAD - 12), name)
        wide = QFontMetricsF(painter.font()).horizontalAdvance(name)
        painter.setFont(theme.font(12))
        painter.setPen(QColor(theme.SECONDARY))
        painter.drawText(QPointF(place.x() + wide + 10, HEAD - 12), where)
        _letters(painter, place, letters)
    painter.setFont(theme.font(13))
    painter.setPen(QColor(theme.BOX))
    painter.drawText(QPointF(GAP, HEAD + PANEL + 26), lines[0])
    painter.drawText(QPointF(GAP, HEAD + PANEL + 26 + LINE), lines[1])
    painter.setPen(QColor(theme.READER))
    painter.drawText(QPointF(GAP, HEAD + PANEL + 26 + 2 * LINE), word)
    painter.setPen(QColor(theme.SECONDARY))
    painter.setFont(theme.font(12))
    painter.drawText(
        QRectF(GAP, HEAD + PANEL + 30, width - 2 * GAP, 24),
        Qt.AlignmentFlag.AlignRight,
        f"{missing}  ·  {DISCLAIMER}" if missing else DISCLAIMER,
    )
    painter.end()
    return image


def _square(rgb: np.ndarray) -> np.ndarray:
    """The middle square of a picture."""
    edge = min(rgb.shape[:2])
    y, x = ((n - edge) // 2 for n in rgb.shape[:2])
    return rgb[y : y + edge, x : x + edge]


def _letters(painter: QPainter, place: QRectF, letters: tuple[str, ...]) -> None:
    left, right, top, bottom = letters
    painter.setFont(theme.font(14, bold=True))
    inner = place.adjusted(7, 5, -7, -5)
    flags = Qt.AlignmentFlag
    middle = flags.AlignVCenter | flags.AlignLeft, flags.AlignVCenter | flags.AlignRight
    ends = flags.AlignHCenter | flags.AlignTop, flags.AlignHCenter | flags.AlignBottom
    for text, where in zip((left, right, top, bottom), (*middle, *ends), strict=True):
        painter.setPen(QColor(theme.PANE))
        painter.drawText(inner.translated(1, 1), where, text)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(inner, where, text)


def box_views(pane: Pane3D, finding: int | None = None) -> QImage | None:
    """The figure of a finding (None: the selected one, or the first); None without its box or a 3D view.

    It is saved and shown to others, so it does not depend on what the 3D view happens to show: all of the bone, the model's box
    whatever the reader hides or says (that is written), and no other box, since the pictures have no numbers.
    """
    scene, render = pane.model.scene, pane.render3d
    index = max(pane.model.state.selected, 0) if finding is None else finding
    if render is None or scene is None or not index < len(scene.boxes) or render.bone.mesh is None:
        return None
    box = scene.boxes[index]
    assert isinstance(box, Box)  # an answer's
    word = readers_word(scene.judgement(index), pane.edited().get(index))
    missing = tr("Without cast, splint and table") if pane.cast is not None else ""
    views = sides(pane.ankle(), box, scene.region)
    alone = replace(scene, boxes=(box,), judged=(), missed=())
    state = replace(pane.model.state, boxes=True, hide_ai=False, crosshair=False, selected=0)
    try:
        pictures = render.pictures_from([name for name, _, _ in views], state, alone)
    finally:
        pane.draw(fine=True)
    return figure(pictures, facts(box, index), word, missing, views)


def box_views_dialog(pane: Pane3D, finding: int | None = None) -> QDialog | None:
    """A dialog with the figure, as wide as the screen allows, that can save it; None where there is nothing to show."""
    image, scene = box_views(pane, finding), pane.model.scene
    if image is None or scene is None:
        return None
    index = max(pane.model.state.selected, 0) if finding is None else finding
    dialog = QDialog(pane.window())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(tr("Box from three sides"))
    picture = QLabel()
    room = pane.screen().availableGeometry().width() - 2 * _SIDE - _FRAME
    shown = image if image.width() <= room else image.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
    picture.setPixmap(QPixmap.fromImage(shown))
    picture.setAccessibleName(tr("The box from above, from the front and from the side"))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    save = buttons.addButton(tr("Save picture…"), QDialogButtonBox.ButtonRole.ActionRole)
    exporting = cast("MainWindow", pane.window()).exporting  # a pane stands in no other window
    save.clicked.connect(lambda: exporting.choose_place(image, tr("Save the picture"), "ankle-box.png", dialog))
    buttons.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(_SIDE, 8, _SIDE, 10)
    column.addWidget(picture)
    column.addWidget(buttons)
    lasts(dialog, partial(_again, index, scene.boxes[index]))
    return dialog


def _again(index: int, box: FoundBox, window: MainWindow, show: Show) -> None:
    """The figure of the same box, once another window's 3D view has something to draw."""
    pane = window.pane3d
    stand_in = awaited(window, lambda other, _: _again(index, box, other, show))

    def draw() -> None:
        pane.settled.disconnect(draw)
        stand_in.deleteLater()
        scene = pane.model.scene
        dialog = box_views_dialog(pane, index) if scene is not None and box in scene.boxes[index : index + 1] else None
        if dialog is not None:
            show(dialog)

    pane.settled.connect(draw)
    stand_in.rejected.connect(lambda: pane.settled.disconnect(draw))
