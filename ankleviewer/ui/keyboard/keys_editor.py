"""The dialog in which keys are changed: all commands with their keys, a clash is named before it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from ankleviewer.ui.keyboard.keymap import RESERVED, normal, place_of, title_of
from ankleviewer.ui.look.dialogs import Show, fitting, lasts
from ankleviewer.ui.look.parts import label
from ankleviewer.ui.words.translate import tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow

_NAME = Qt.ItemDataRole.UserRole


def shown(keys: list[str]) -> str:
    """Keys as this system writes them."""
    return ", ".join(QKeySequence(k).toString(QKeySequence.SequenceFormat.NativeText) for k in keys)


class KeysEditor(QDialog):
    """Every change holds at once and is remembered."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self.keymap = window, window.keymap
        self.setWindowTitle(tr("Change keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(fitting(self, 760, 560))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Find a command or a key"))
        self.filter.setAccessibleName(tr("Find a command or a key"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._sift)
        self._build_table()
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName(tr("New key for the chosen command"))
        self.edit.keySequenceChanged.connect(self._told)
        self.give = self._button(tr("Assign"), self._give)
        self.clear = self._button(tr("No key"), self._clear)
        self.reset = self._button(tr("Reset"), self._reset)
        self.reset_all = self._button(tr("Reset all"), self._reset_all)
        self.said = label("", "warning", wrap=True)
        self.said.setMinimumHeight(34)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.addWidget(label(tr("New key"), "secondary"))
        row.addWidget(self.edit, 1)
        for button in (self.give, self.clear, self.reset):
            row.addWidget(button)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.reset_all)
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(10)
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        column.addLayout(row)
        column.addWidget(self.said)
        column.addLayout(foot)
        self._fill()
        lasts(self, self._again)

    def _again(self, window: MainWindow, show: Show) -> None:
        """With what is chosen and typed; what was looked for only where another language finds something by it."""
        other = KeysEditor(window)
        other.resize(self.size())
        other.filter.setText(self.filter.text())
        if all(other.table.isRowHidden(row) for row in range(other.table.rowCount())):
            other.filter.clear()
        other.choose(self.chosen)
        other.edit.setKeySequence(self.edit.keySequence())
        show(other)

    def _build_table(self) -> None:
        self.table = QTableWidget(0, 3)
        self.table.setHorizontalHeaderLabels([tr("Command"), tr("Menu"), tr("Key")])
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setAccessibleName(tr("Commands and their keys"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self.table.itemSelectionChanged.connect(self._told)

    def _button(self, text: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    # ------------------------------------------------------------------------------------------------------------ the table
    @property
    def chosen(self) -> str:
        """The name of the command that is selected, "" for none."""
        rows = self.table.selectionModel().selectedRows() if self.table.selectionModel() is not None else []
        return self._name_in(rows[0].row()) if rows else ""

    def _name_in(self, row: int) -> str:
        """The name of the command in a row."""
        return str(self._item(row, 0).data(_NAME))

    def _item(self, row: int, column: int) -> QTableWidgetItem:
        item = self.table.item(row, column)
        assert item is not None  # `_fill` fills every place
        return item

    def choose(self, name: str) -> None:
        """Select a command."""
        for row in range(self.table.rowCount()):
            if self._name_in(row) == name:
                self.table.selectRow(row)

    def _fill(self) -> None:
        before = self.chosen
        self.table.setRowCount(len(self.keymap.actions))
        own = self.keymap.own()
        for row, (name, action) in enumerate(self.keymap.actions.items()):
            for column, text in enumerate((title_of(action), place_of(action), shown(self.keymap.keys(name)))):
                item = QTableWidgetItem(text)
                item.setData(_NAME, name)
                font = item.font()
                font.setBold(name in own)  # changed ones stand out
                item.setFont(font)
                self.table.setItem(row, column, item)
        self._sift(self.filter.text())
        self.choose(before)
        self._told()

    def _sift(self, text: str) -> None:
        for row in range(self.table.rowCount()):
            said = " ".join(self._item(row, column).text() for column in range(3))
            self.table.setRowHidden(row, text.lower() not in said.lower())

    # ------------------------------------------------------------------------------------------------------------- changing
    def _told(self) -> None:
        """Say what assigning the key would do."""
        key, name = normal(self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)), self.chosen
        others = self.keymap.users(key, but=name) if key else []
        text = "" if name else tr("Choose a command in the table.")
        if key in RESERVED:
            text = tr("{key} belongs to the views and to moving between controls; it cannot be given away.", key=shown([key]))
        elif name and key and not self.keymap.fits(name, key):
            text = tr("A key that is held down must be one key alone, without Ctrl, Shift or Alt.")
        elif others:
            names = ", ".join(self.keymap.title(other).rstrip("…") for other in others)
            text = tr("{key} belongs to: {names}. Assigning it takes it away there.", key=shown([key]), names=names)
        self.said.setText(text)
        self.give.setEnabled(bool(name) and self.keymap.fits(name, key))
        for button in (self.clear, self.reset):
            button.setEnabled(bool(name))

    def _give(self) -> None:
        if self.keymap.give(self.chosen, self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)):
            self.edit.clear()
            self._changed()

    def _clear(self) -> None:
        self.keymap.clear(self.chosen)
        self._changed()

    def _reset(self) -> None:
        self.keymap.reset(self.chosen)
        self._changed()

    def _reset_all(self) -> None:
        self.keymap.reset()
        self._changed()

    def _changed(self) -> None:
        self._window.keeping.keep(keys=self.keymap.own())
        self._fill()
