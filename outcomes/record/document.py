"""The record as a PDF: whose it is, how they stand, and every line that counts (docs/design.md, section 5).

fpdf2 takes a third of a second to import: see foundation/later.py.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from fpdf import FPDF
from fpdf.enums import Align

from foundation.dates import plain_date
from outcomes.certificates.fonts import SANS, SERIF, add_fonts, close_fonts, drawn
from outcomes.certificates.setting import Color, Setting
from outcomes.certificates.setting import Line as Paragraph
from outcomes.models.credit import hours_words
from outcomes.record.lines import Line, lines_of
from outcomes.record.whole import Record

# Ink and the pine of the pages; lengths in points.
INK, PINE, SOFT, RULE = (22, 33, 30), (15, 81, 71), (76, 88, 83), (216, 223, 217)
MARGIN, FOOT, GAP = 51.0, 60.0, 10.0
# The columns: what heads each, and how wide it is.
COLUMNS = (("Day", 74.0), ("What", 236.0), ("Counts as", 140.0), ("Hours", 30.0))
SOURCE = "Hours are those of meetings where attendance was taken and the person was there."


class Sheet(FPDF):
    """A document on Letter paper, written from top to bottom, in the fonts that `words`, all of it, need."""

    def __init__(self, foot: str, words: str) -> None:
        super().__init__(orientation="portrait", unit="pt", format="Letter")
        self.foot = foot
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(False)
        self.c_margin = 0
        add_fonts(self, words)
        self.add_page()
        self.down = MARGIN
        self.whole = Setting(self, self.epw)
        x, self.columns = MARGIN, []
        for _, width in COLUMNS:
            self.columns.append(Setting(self, width, x, Align.R if width == COLUMNS[-1][1] else Align.L))
            x += width + GAP

    def footer(self) -> None:
        """Write the foot of each page."""
        text = drawn(self, f"{self.foot} · Page {self.page_no()} of {{nb}}").text
        self.set_font(SANS, size=8)
        self.set_text_color(*SOFT)
        self.set_xy(MARGIN, self.h - FOOT + 20)
        self.cell(self.epw, 10, text, align=Align.C)

    def paragraph(
        self, text: str, size: float = 10, family: str = SANS, color: Color = INK, above: float = 0
    ) -> Paragraph:
        """Return a paragraph of what can be drawn of `text`."""
        return Paragraph(drawn(self, text).text, family, size, color, above)

    def say(self, text: str, size: float = 10, family: str = SANS, color: Color = INK, above: float = 0) -> None:
        """Write a paragraph over the whole width."""
        line = self.paragraph(text, size, family, color, above)
        self.make_room(self.whole.height(line))
        self.down = self.whole.write(line, self.down)

    def row(self, texts: Sequence[str], color: Color = INK) -> None:
        """Write one row of the table, and a hairline under it. A row stays on one page."""
        cells = [self.paragraph(text, 9, SANS, color, above=5) for text in texts]
        self.make_room(max(column.height(cell) for column, cell in zip(self.columns, cells, strict=True)) + 5)
        self.down = max(column.write(cell, self.down) for column, cell in zip(self.columns, cells, strict=True)) + 5
        self.set_draw_color(*RULE)
        self.set_line_width(0.5)
        self.line(MARGIN, self.down, self.w - MARGIN, self.down)

    def make_room(self, height: float) -> None:
        """Go on to the next page where so much does not fit on this one."""
        if self.down + height > self.h - FOOT:
            self.add_page()
            self.down = MARGIN


def as_pdf(record: Record, neutral: bool, now: datetime) -> bytes:
    """Return the document. `neutral` leaves out what sessions were about. Letter, with its fonts embedded."""
    lines, name = lines_of(record, neutral), record.person.name or record.person.email
    words = [name, record.person.email, settings.OFFICE_NAME, settings.INSTITUTION_NAME]
    words += [f"{line.title} {line.credit}" for line in lines]
    words += [f"{one.requirement.title} {one.words}" for one in record.standings]
    sheet = Sheet(f"{settings.OFFICE_NAME}, {settings.INSTITUTION_NAME}", " ".join(words))
    try:
        sheet.set_title("Training record")
        sheet.set_creation_date(now)
        sheet.set_lang("en-US")
        _write(sheet, record, name, lines, neutral)
        return bytes(sheet.output())
    finally:
        close_fonts(sheet)


def _write(sheet: Sheet, record: Record, name: str, lines: Sequence[Line], neutral: bool) -> None:
    sheet.say("Training record", 24, SERIF, PINE)
    sheet.say(name, 15, SERIF, above=4)
    sheet.say(f"{record.person.email} · As it stood on {plain_date(record.today)}", 9, color=SOFT, above=2)
    if record.standings:
        sheet.say("What is asked", 13, SERIF, PINE, above=20)
        for one in record.standings:
            title = "A program" if neutral and one.requirement.program_id else one.requirement.title
            sheet.say(f"{title}: {one.words}. {one.more}", above=3)
    if record.kinds:
        sheet.say("Hours by kind", 13, SERIF, PINE, above=20)
        for kind in record.kinds:
            this_year, in_all = hours_words(kind.this_year), hours_words(kind.in_all)
            sheet.say(f"{kind.name}: {this_year} {kind.unit} this academic year, {in_all} in all.", above=3)
    sheet.say("What was taken", 13, SERIF, PINE, above=20)
    if not lines:
        sheet.say("Nothing so far.", above=3)
        return
    sheet.row([heading for heading, _ in COLUMNS], SOFT)
    for line in lines:
        sheet.row([plain_date(line.on), line.title, line.credit, hours_words(line.hours)])
    sheet.say(SOURCE, 8, color=SOFT, above=10)
