"""The record as a PDF: whose it is, how they stand, and every line that counts (docs/design.md, section 5).

fpdf2 takes a third of a second to import: see foundation/later.py.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TableCellFillMode, XPos, YPos
from fpdf.fonts import FontFace

from foundation.dates import plain_date
from outcomes.certificates.fonts import SANS, SERIF, add_fonts, close_fonts, drawn
from outcomes.models.credit import hours_words
from outcomes.record.lines import Line, lines_of
from outcomes.record.whole import Record

# Black, and the pine of the pages.
INK, PINE, SOFT, RULE = (22, 33, 30), (15, 81, 71), (76, 88, 83), (216, 223, 217)
HEADING = ("Day", "What", "Counts as", "Hours")
WIDTHS = (24, 84, 56, 16)


class Sheet(FPDF):
    """A document on Letter paper, in the fonts that `words`, all that will stand in it, need; each page has a foot."""

    def __init__(self, foot: str, words: str) -> None:
        super().__init__(orientation="portrait", unit="mm", format="Letter")
        self.foot = foot
        add_fonts(self, words)
        self.set_margins(18, 18, 18)
        self.set_auto_page_break(True, margin=20)
        self.add_page()

    def footer(self) -> None:
        """Write the foot of each page."""
        self.set_y(-14)
        self.set_font(SANS, size=8)
        self.set_text_color(*SOFT)
        self.cell(0, 5, drawn(self, f"{self.foot} · Page {self.page_no()} of {{nb}}").text, align="C")

    def say(self, text: str, size: float = 10, family: str = SANS, color: tuple[int, int, int] = INK) -> None:
        """Write a paragraph."""
        self.set_font(family, size=size)
        self.set_text_color(*color)
        self.multi_cell(0, size * 0.5, drawn(self, text).text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def as_pdf(record: Record, neutral: bool, now: datetime) -> bytes:
    """Return the document. `neutral` leaves out what sessions were about. Letter, with the face embedded."""
    lines, name = lines_of(record, neutral), record.person.name or record.person.email
    words = [name, record.person.email, settings.OFFICE_NAME, settings.INSTITUTION_NAME]
    words += [f"{line.title} {line.credit}" for line in lines]
    words += [f"{one.requirement.title} {one.words}" for one in record.standings]
    sheet = Sheet(f"{settings.OFFICE_NAME}, {settings.INSTITUTION_NAME}", " ".join(words))
    try:
        sheet.set_title("Training record")
        sheet.set_creation_date(now)
        _write(sheet, record, name, lines, neutral)
        return bytes(sheet.output())
    finally:
        close_fonts(sheet)


def _write(sheet: Sheet, record: Record, name: str, lines: Sequence[Line], neutral: bool) -> None:
    sheet.say("Training record", 22, SERIF, PINE)
    sheet.say(name, 14, SERIF)
    sheet.say(f"{record.person.email} · As it stood on {plain_date(record.today)}", 9, color=SOFT)
    sheet.ln(3)
    if record.standings:
        _head(sheet, "What is asked")
        for one in record.standings:
            title = "A program" if neutral and one.requirement.program_id else one.requirement.title
            sheet.say(f"{title}: {one.words}. {one.more}", 10)
    if record.kinds:
        _head(sheet, "Hours by kind")
        for kind in record.kinds:
            this_year, in_all = hours_words(kind.this_year), hours_words(kind.in_all)
            sheet.say(f"{kind.name}: {this_year} {kind.unit} this academic year, {in_all} in all.", 10)
    _head(sheet, "What was taken")
    _table(sheet, lines)
    sheet.ln(3)
    sheet.say("Hours are those of meetings where attendance was taken and the person was there.", 8, color=SOFT)


def _head(sheet: Sheet, text: str) -> None:
    sheet.ln(3)
    sheet.say(text, 13, SERIF, PINE)
    sheet.ln(1)


def _table(sheet: Sheet, lines: Sequence[Line]) -> None:
    if not lines:
        sheet.say("Nothing so far.")
        return
    sheet.set_font(SANS, size=9)
    sheet.set_text_color(*INK)
    sheet.set_draw_color(*RULE)
    with sheet.table(
        col_widths=WIDTHS,
        text_align=("LEFT", "LEFT", "LEFT", "RIGHT"),
        line_height=5,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        cell_fill_mode=TableCellFillMode.NONE,
        headings_style=FontFace(emphasis="", color=SOFT),
        padding=(1, 1, 1, 0),
    ) as table:
        heading = table.row()
        for text in HEADING:
            heading.cell(text)
        for line in lines:
            row = table.row()
            for text in (plain_date(line.on), line.title, line.credit, hours_words(line.hours)):
                row.cell(drawn(sheet, text).text)
