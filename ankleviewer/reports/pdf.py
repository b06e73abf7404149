"""The report on paper: A4 pages laid out with ReportLab, the same bytes for the same report.

The research-use line stands at the head and the foot of every page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import zip_longest
from typing import Any

from PIL import Image as Picture
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from ankleviewer import DISCLAIMER, __version__
from ankleviewer.reports import content, places
from ankleviewer.reports.boxfigure import PERSPECTIVES, Perspective
from ankleviewer.reports.content import Report, Rows
from ankleviewer.reports.letters import marked_up

MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
# ReportLab parts a table between its rows only: a higher row goes on in the next one, so that it fits on any page
_ROW = 60 * mm
_MOST_SIGNS = 5000  # of one text; no reader writes more, another program may
_INK, _QUIET, _RULE, _SHADE = (colors.HexColor(c) for c in ("#14171c", "#56606b", "#c6ccd4", "#f1f3f6"))
_ALARM = colors.HexColor("#9c2a1d")
WITHOUT_CAST = " The cast, splint or table is left out; bone that touches it may lack a little of its surface."
_PLANES = ("Axial (seen from the feet)", "Coronal (seen from the front)", "Sagittal (seen from the left)")


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    fields = {"fontName": "Helvetica", "fontSize": size, "leading": size * 1.28, "textColor": _INK} | more
    return ParagraphStyle(name, **fields)


_BODY = _style("body", 9)
_SMALL = _style("small", 8)
_QUIET_SMALL = _style("quiet", 8, textColor=_QUIET)
_CAPTION = _style("caption", 7.5, textColor=_QUIET, alignment=1)
_CELL = _style("cell", 7.8)
_HEAD_CELL = _style("head cell", 7.5, textColor=_QUIET, fontName="Helvetica-Bold")
_TITLE = _style("title", 17, fontName="Helvetica-Bold")
_SECTION = _style("section", 10.5, fontName="Helvetica-Bold", spaceBefore=9, spaceAfter=3)
_ANSWER = _style("answer", 14, fontName="Helvetica-Bold")
_CHANCE = _style("chance", 14, alignment=2)


@dataclass(frozen=True, eq=False)
class Figures:
    """The pictures of one answer.

    Attributes:
        report: what to say, with that answer as the one shown.
        planes: axial, coronal and sagittal picture.
        perspectives: the box from above, the front and the ankle's own side; none where there is no box.
        without_cast: a cast or splint is left out of them.
        views: from where they look.
    """

    report: Report
    planes: Sequence[Picture.Image]
    perspectives: Sequence[Picture.Image] = ()
    without_cast: bool = False
    views: Sequence[Perspective] = PERSPECTIVES


def render(figures: Sequence[Figures]) -> bytes:
    """A report as a PDF file; the first answer pictured leads it, the others' pictures follow that one's."""
    report = figures[0].report
    stream = BytesIO()
    document = BaseDocTemplate(
        stream, pagesize=A4, invariant=1,
        title="Ankle CT: what the models say", author=f"AnkleViewer {__version__}", subject=DISCLAIMER, lang="en",
    )  # fmt: skip
    low, high = 19 * mm, A4[1] - 21 * mm
    body = Frame(MARGIN, low, WIDTH, high - low, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document.addPageTemplates(PageTemplate(frames=[body]))

    def canvas(*given: Any, **named: Any) -> Canvas:
        return _Numbered(report, *given, **named)

    document.build(_story(figures), canvasmaker=canvas)
    return stream.getvalue()


class _Numbered(Canvas):  # type: ignore[misc]
    """Writes head and foot once the number of pages is known."""

    def __init__(self, report: Report, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._report = report
        self._states: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's own name
        """Keep the page for later."""
        self._states.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write all pages, each with its head and foot."""
        for number, state in enumerate(self._states, start=1):
            self.__dict__.update(state)
            self._frame(number, len(self._states))
            super().showPage()
        super().save()

    def _frame(self, number: int, count: int) -> None:
        top, low = A4[1] - 14 * mm, 11 * mm
        self.setFillColor(_QUIET)
        self.setFont("Helvetica", 8.5)
        self.drawString(MARGIN, top, "AnkleViewer  \u00b7  Ankle CT: what the models say")
        self.setFillColor(_ALARM)
        self.setFont("Helvetica-Bold", 10)
        self.drawRightString(A4[0] - MARGIN, top, DISCLAIMER)
        self.setStrokeColor(_RULE)
        self.setLineWidth(0.6)
        self.line(MARGIN, top - 2.4 * mm, A4[0] - MARGIN, top - 2.4 * mm)
        self.line(MARGIN, low + 4 * mm, A4[0] - MARGIN, low + 4 * mm)
        self.setFillColor(_QUIET)
        self.setFont("Helvetica", 7.5)
        scan = (self._report.result.scan.sha256 or "")[:12]
        self.drawString(
            MARGIN, low, f"{DISCLAIMER}  \u00b7  AnkleViewer {__version__}  \u00b7  scan {scan}  \u00b7  {_date(self._report)}"
        )
        self.drawRightString(A4[0] - MARGIN, low, f"Page {number} of {count}")


def _date(report: Report) -> str:
    return report.written.strftime("%Y-%m-%d %H:%M %Z").strip()


def _story(figures: Sequence[Figures]) -> list[Flowable]:
    report = figures[0].report
    story: list[Flowable] = [Paragraph("Ankle CT: what the models say", _TITLE), Spacer(1, 2)]
    story.append(Paragraph(f"Written {_date(report)}. Patient name and file name are left out of this report.", _QUIET_SMALL))
    story += [Spacer(1, 7), _answers(report)]
    story += _pictured(figures[0])
    found = places.finding_rows(report)
    if found:
        story += _section("Findings", _findings(found))
    measured = places.measure_rows(report)
    if measured:
        story += _section("Measures", _pairs(measured, 60))
    models = content.model_rows(report)
    if models:
        names = ("Ankle", "Model", "Answer", "Fracture probability", "Count behind it", "Operating points")
        story += _section("The models' answers", _table(names, models, (20, 33, 24, 19, 40, 42)))
    story += _section("What was assessed", *[Paragraph(_safe(line), _BODY) for line in content.assessed(report)])
    story += _section("What was read", _pairs(content.read_rows(report)))
    story += _in_perspective(figures[0])
    for other in figures[1:]:
        story += [*_pictured(other), *_in_perspective(other)]
    warnings = content.warning_rows(report)
    said = _table(("Level", "Code", "What it means"), warnings, (18, 46, 114)) if warnings else Paragraph("None.", _BODY)
    story += _section("Checks of the scan", said)
    story += _section("How this was made", _pairs(content.origin_rows(report), 46))
    story += _section("Limits", *[Paragraph("\u2022 " + _safe(line), _BODY) for line in content.limits(report)])
    return story


def _section(name: str, *parts: Flowable) -> list[Flowable]:
    """A heading that never stands alone at the foot of a page; tables may break, small things stay whole."""
    head = Paragraph(_safe(name), _SECTION)
    if any(isinstance(p, Table) and p.repeatRows for p in parts):
        return [CondPageBreak(34 * mm), head, *parts]
    return [KeepTogether([head, *parts])]


def _answers(report: Report) -> Table:
    rows: list[list[Any]] = []
    for name, call, chance in content.headlines(report):
        rows.append([Paragraph(_safe(f"{name}: {call.lower()}"), _ANSWER), Paragraph(_safe(chance), _CHANCE)])
    look: list[tuple[Any, ...]] = [("BACKGROUND", (0, 0), (-1, -1), _SHADE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    side = 9
    paddings = {"LEFTPADDING": side, "RIGHTPADDING": side, "TOPPADDING": 5, "BOTTOMPADDING": 7}
    look += [(name, (0, 0), (-1, -1), value) for name, value in paddings.items()]
    for under in _together([Paragraph(_safe(text), _BODY) for text in content.under_headlines(report)], WIDTH - 2 * side):
        look += [("SPAN", (0, len(rows)), (-1, len(rows))), ("TOPPADDING", (0, len(rows)), (-1, len(rows)), 0)]
        rows.append([under, ""])
    table = Table(rows, colWidths=[WIDTH * 0.58, WIDTH * 0.42])
    table.setStyle(TableStyle(look))
    return table


def _pictured(figures: Figures) -> list[Flowable]:
    if not figures.planes:
        return []
    name = Paragraph(_safe(content.finding_title(figures.report)), _SECTION)
    note = Paragraph(_safe(content.picture_note(figures.report)), _QUIET_SMALL)
    return [KeepTogether([name, _row(figures.planes, _PLANES), Spacer(1, 2), note])]


def _in_perspective(figures: Figures) -> list[Flowable]:
    shown = figures.report.shown
    if not figures.perspectives or shown is None:
        return []
    return _section(
        f"Finding 1 in three perspectives, {content.side(figures.report, shown.ankle).lower()}",
        _row(figures.perspectives, [view.name for view in figures.views]),
        Spacer(1, 4),
        _pairs(places.box_coordinates(shown.boxes[0]), 46),
        Spacer(1, 2),
        Paragraph(
            "Seen from above the patient's right lies at the right, the mirror of the axial slice, which is seen from the "
            "feet. Solid box: fracture at the specific operating point; dotted: uncertain."
            + (WITHOUT_CAST if figures.without_cast else ""),
            _QUIET_SMALL,
        ),
    )


def _row(pictures: Sequence[Picture.Image], captions: Sequence[str]) -> Table:
    """Pictures side by side with captions, as wide as the page."""
    gap = 2 * mm
    edge = (WIDTH - gap * (len(pictures) - 1)) / len(pictures)
    images = [_image(picture, edge) for picture in pictures]
    texts = [Paragraph(_safe(caption), _CAPTION) for caption in captions]
    table = Table([images, texts], colWidths=[edge + gap] * (len(pictures) - 1) + [edge])
    table.setStyle(TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-2, -1), gap),
                               ("RIGHTPADDING", (-1, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 0),
                               ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]))  # fmt: skip
    return table


def _image(picture: Picture.Image, edge: float) -> Image:
    stream = BytesIO()
    picture.save(stream, format="PNG")
    stream.seek(0)
    return Image(ImageReader(stream).fp, width=edge, height=edge * picture.height / picture.width)


def _findings(rows: Rows) -> Table:
    names = (
        "No.",
        "Ankle, model",
        "Centre, voxel (from 0)",
        "Centre, mm",
        "Extent, mm<br/>L-R \u00d7 A-P \u00d7 I-S",
        "Of the map",
        "Reader",
        "Reason",
    )
    return _table(names, rows, (9, 40, 23, 29, 25, 12, 18, 22))


def _table(names: Sequence[str], rows: Rows, widths_mm: Sequence[float]) -> Table:
    """A table with a head that is repeated on every page."""
    scale = WIDTH / sum(widths_mm)
    cells = [[Paragraph(name, _HEAD_CELL) for name in names]]
    widths, left, right = [w * scale for w in widths_mm], 2, 5
    for row in rows:
        cells += _parted([Paragraph(_safe(value), _CELL) for value in row], [w - left - right for w in widths])
    table = Table(cells, colWidths=widths, repeatRows=1)
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, _RULE),
                               ("LEFTPADDING", (0, 0), (-1, -1), left), ("RIGHTPADDING", (0, 0), (-1, -1), right),
                               ("TOPPADDING", (0, 0), (-1, -1), 2.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5)]))  # fmt: skip
    return table


def _pairs(rows: Rows, name_mm: float = 34) -> Table:
    """Names at the left, values at the right."""
    widths, right = [name_mm * mm, WIDTH - name_mm * mm], 6
    cells = []
    for name, value in rows:
        cells += _parted([Paragraph(_safe(name), _QUIET_SMALL), Paragraph(_safe(value), _SMALL)], [w - right for w in widths])
    table = Table(cells, colWidths=widths)
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
                               ("RIGHTPADDING", (0, 0), (-1, -1), right),
                               ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]))  # fmt: skip
    return table


def _parted(cells: Sequence[Paragraph], widths: Sequence[float]) -> list[list[Paragraph]]:
    """A table's row as rows that are at most _ROW high; `widths` without paddings."""
    columns = [_pieces(cell, width) for cell, width in zip(cells, widths, strict=True)]
    return [list(row) for row in zip_longest(*columns, fillvalue="")]


def _pieces(text: Paragraph, width: float) -> list[Paragraph]:
    """A text in pieces that are at most _ROW high."""
    pieces = []
    while text.wrap(width, _ROW)[1] > _ROW:
        first, text = text.split(width, _ROW)
        pieces.append(first)
    return [*pieces, text]


def _together(texts: Sequence[Paragraph], width: float) -> list[list[Paragraph]]:
    """Texts below each other in as few cells as possible, each at most _ROW high."""
    cells: list[list[Paragraph]] = []
    left = 0.0
    for piece in (piece for text in texts for piece in _pieces(text, width)):
        height = piece.wrap(width, _ROW)[1]
        if not cells or height > left:
            cells.append([])
            left = _ROW
        cells[-1].append(piece)
        left -= height
    return cells


def _safe(text: str) -> str:
    """Text for a paragraph: nothing in it is markup, its letters are those of a font that has them."""
    return marked_up(text if len(text) <= _MOST_SIGNS else text[:_MOST_SIGNS] + "\u2026")
