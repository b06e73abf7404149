"""Small widgets that several places use: rules, choosers, links, hints, chips with their explanation."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtGui import Qt as TextFormat
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenuBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionMenuItem,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from ankleviewer.ui.look import theme
from ankleviewer.ui.words.translate import tr

_WIDE_STOP = re.compile("([。！？；：，]) +")
_NAME_PX = 240  # a file's name takes no more of the menu bar


def label(text: str = "", name: str = "", wrap: bool = False) -> QLabel:
    """A plain-text label with a style name; never reads text as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    return made


def closed_up(text: str) -> str:
    """The same without blanks after a full-width stop, whose glyph holds its own: sentences are put together with blanks."""
    return _WIDE_STOP.sub("\\1", text)


def rule() -> QFrame:
    """A thin line between sections."""
    made = QFrame()
    made.setObjectName("rule")
    return made


def reveal(widget: QWidget) -> None:
    """Scroll the area that a widget lies in, if any, so that the widget is seen, or its top where it is higher than the area."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    if parent is not None:
        parent.ensureWidgetVisible(widget, 0, 8)
        inner = parent.widget()
        if inner is not None and widget.height() > parent.viewport().height():
            parent.verticalScrollBar().setValue(widget.mapTo(inner, QPoint(0, 0)).y())


class Modest(QWidget):
    """Takes the room that a grid gives it, whatever its texts ask."""

    def hasHeightForWidth(self) -> bool:
        """Not even this."""
        return False

    def sizeHint(self) -> QSize:
        """No wish of its own."""
        return QSize()


class Slider(QSlider):
    """A horizontal one that leaves the wheel to what it stands in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Not for it."""
        event.ignore()


class Column(QScrollArea):
    """What scrolls up and down by the wheel and with the widget that has the keyboard. Tab stops at it where not all of it is
    seen, for keys that scroll; otherwise the arrow keys belong to the views.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(1)  # in a very low window it gives way, and what stands above it is not squeezed
        self.setObjectName("column")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)

    def _on_range(self, low: int, high: int) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if high > low else Qt.FocusPolicy.NoFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll where it has the keyboard itself; else it is not for it."""
        if self.hasFocus():
            super().keyPressEvent(event)
        else:
            event.ignore()


class Chooser(QComboBox):
    """A combo box with a chevron (a style sheet takes the platform's arrow away); its longest entry asks for no more room. An
    entry that is set in several lines (`set_lines`) gets them in the box; in the list it is one.

    The wheel scrolls what it stands in and changes no choice, and neither do the arrow keys after a choice by the mouse: what is
    chosen here is written down, or run.
    """

    LINES = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QWidget | None = None, elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(parent)
        self.elide = elide  # of entries that differ at their ends the middle
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._by_mouse = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Not for it."""
        event.ignore()

    def event(self, event: QEvent) -> bool:
        """A letter chooses the entry that begins with it, as in any list, and is no command while the keyboard is here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
            if plain and event.text().isalpha():
                event.accept()
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """As ever."""
        self._by_mouse = True
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As ever."""
        self._by_mouse = False
        super().keyPressEvent(event)

    def hidePopup(self) -> None:
        """After the mouse the keys are the views' again."""
        super().hidePopup()
        if self._by_mouse:
            self.clearFocus()

    def set_lines(self, index: int, text: str) -> None:
        """How an entry stands in the box while it is chosen."""
        self.setItemData(index, text, self.LINES)
        self.updateGeometry()

    def _lines(self, index: int) -> list[str]:
        return str(self.itemData(index, self.LINES) or self.itemText(index)).split("\n")

    def sizeHint(self) -> QSize:
        """As high as the entry with the most lines, so that choosing another moves nothing below."""
        return self._with_lines(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self._with_lines(super().minimumSizeHint())

    def _with_lines(self, size: QSize) -> QSize:
        lines = max((len(self._lines(n)) for n in range(self.count())), default=1)
        return QSize(size.width(), size.height() + (lines - 1) * self.fontMetrics().lineSpacing())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The box with as much of the entry as fits (Qt would cut it in a letter), then the chevron."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = (
            self.style()
            .subControlRect(QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self)
            .width()
        )
        lines = self._lines(self.currentIndex())
        option.currentText = "\n".join(self.fontMetrics().elidedText(line, self.elide, room) for line in lines)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.now().secondary), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        x, y = self.width() - 14.0, self.height() / 2
        painter.drawPolyline([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)])
        painter.end()


class Link(QPushButton):
    """A text to be clicked, as wide as its place; its end is left out where that is short."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._whole = text
        self.setObjectName("link")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def tell(self, text: str) -> None:
        """Show this text."""
        self._whole = text
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As much of the text as fits."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width() - 12))


class Hints(QLabel):
    """Hints in a line, three spaces apart; where there is no room for all, the first ones give way and stand in the tool tip.

    Args:
        keep: number of hints at the end that do not give way.
    """

    def __init__(self, keep: int = 1) -> None:
        super().__init__()
        self._keep = keep
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName("secondary")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # a long text must not widen the window
        self._whole = ""

    def tell(self, text: str) -> None:
        """Show these hints."""
        self._whole = text
        self._fit()

    def whole_width(self) -> int:
        """Px that all of them take."""
        return self.fontMetrics().horizontalAdvance(self._whole)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """As many as fit."""
        self._fit()

    def _fit(self) -> None:
        hints = self._whole.split("   ")
        while len(hints) > self._keep and self.fontMetrics().horizontalAdvance("   ".join(hints)) > self.width():
            del hints[0]
        self.setText("   ".join(hints))
        self.setToolTip(self._whole if self.text() != self._whole else "")


class FileName(QLabel):
    """Name of a file or folder, its middle left out where there is no room; all of its path in the tool tip."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def tell(self, name: str, path: str) -> None:
        """Show this name; "" for none."""
        self._whole = name
        self.setToolTip(path)
        self.setAccessibleName(name)
        self.setVisible(bool(name))
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the name, up to a limit."""
        wide = self.fontMetrics().horizontalAdvance(self._whole) + 2
        return QSize(min(wide, _NAME_PX), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """None of it: the menus come first."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """As much of it as fits."""
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width()))


class MenuCorner(QWidget):
    """What stands at the right end of the menu bar: name and facts of the open case, and the engine. The menus come first, then
    the name, so that nobody takes one patient's scan for another's.
    """

    def __init__(self, bar: QMenuBar) -> None:
        super().__init__()
        self._bar = bar
        self.name = FileName()
        self.facts = Hints(keep=0)
        self.facts.setMinimumHeight(24)
        self.engine = label("", "secondary")
        self.engine.setToolTip(tr("The engine that runs the model"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 14, 0)
        row.setSpacing(14)
        row.addWidget(self.name)
        row.addWidget(self.facts, 1)
        row.addWidget(self.engine)
        bar.setCornerWidget(self, Qt.Corner.TopRightCorner)
        self.tell("")

    def tell(self, facts: str, engine: str = "", name: str = "", path: str = "") -> None:
        """Show these; the parts of `facts` stand three spaces apart; no engine until one has run; name and path of the scan."""
        self.name.tell(name, path)
        self.facts.tell(facts)
        self.engine.setText("● " + engine if engine else "")
        # the menu bar asks how wide its corner is when it is resized itself, not when the corner grows
        QApplication.sendEvent(self._bar, QResizeEvent(self._bar.size(), self._bar.size()))

    def sizeHint(self) -> QSize:
        """As wide as its texts, or as the menus leave it."""
        hint = super().sizeHint()  # the facts ask for nothing
        room = max(self._bar.width() - self._menus(), super().minimumSizeHint().width())
        return QSize(min(hint.width() + self.facts.whole_width(), room), hint.height())

    def _menus(self) -> int:
        """Px that the titles of the menus take."""
        bar, option, metric = self._bar, QStyleOptionMenuItem(), QStyle.PixelMetric
        style = bar.style()
        margin, panel, space = (
            style.pixelMetric(one, None, bar)
            for one in (metric.PM_MenuBarHMargin, metric.PM_MenuBarPanelWidth, metric.PM_MenuBarItemSpacing)
        )
        width = 2 * (margin + panel)
        for action in bar.actions():
            bar.initStyleOption(option, action)
            text = bar.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, action.text())
            width += style.sizeFromContents(QStyle.ContentsType.CT_MenuBarItem, option, text, bar).width() + space
        return width


class Chip(QPushButton):
    """A finding's code; a click opens its sentence."""

    def __init__(self, code: str, message: str, level: str, parent: QWidget | None = None) -> None:
        mark = {"warning": "⚠ ", "refusal": "✕ "}.get(level, "")
        super().__init__(mark + code, parent)
        self.setObjectName("chip")
        self.setProperty("level", level)
        markup = TextFormat.mightBeRichText(message)  # words of a pack or a scan, which shall be shown, not obeyed
        self.setToolTip(f"<p>{html.escape(message)}</p>" if markup else message)
        self.setAccessibleName(f"{code}: {message}")
        self.message = message
        self.clicked.connect(self.explain)

    def explain(self) -> QFrame:
        """Open the explanation above the chip."""
        return explained(self, self.message)


def explained(widget: QWidget, message: str) -> QFrame:
    """Open a text above a widget; a click elsewhere closes it."""
    popup = QFrame(widget, Qt.WindowType.Popup)
    popup.setObjectName("popup")
    popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    column = QVBoxLayout(popup)
    column.setContentsMargins(12, 10, 12, 10)
    text = label(message, wrap=True)
    text.setFixedWidth(360)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    column.addWidget(text)
    popup.adjustSize()
    popup.move(widget.mapToGlobal(QPoint(0, -popup.height() - 6)))
    popup.show()
    return popup
