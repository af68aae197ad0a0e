"""A certificate as a file: one page, Letter or A4, landscape, black and pine (docs/design.md: Certificate).

It is drawn when somebody asks for it, and kept nowhere. fpdf2 takes a third of a second to import: see
foundation/files/later.py.
"""

from collections.abc import Iterator, Sequence

from django.conf import settings
from fpdf import FPDF
from fpdf.enums import Align

from foundation.values.colors import channels
from outcomes.certificates.fonts import SANS, SERIF, Drawn, add_fonts, close_fonts, drawn
from outcomes.certificates.setting import Color, Line, Setting
from outcomes.models import Certificate, CertificateCredit

Credits = Sequence[CertificateCredit]

SIZES = {"letter": (612.0, 792.0), "a4": (595.28, 841.89)}
INK, SOFT, OURS = (22, 33, 30), (76, 88, 83), channels(settings.COLOR)
MARGIN, WIDEST = 66.0, 640.0
# Where the words of the middle begin and end: between the mark and the line above the code.
TOP, FOOT = 128.0, 112.0
# How much smaller everything in the middle may become so that it fits. What fits at none goes on another page.
SCALES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.52)
NOT_ALL = "This file cannot show some characters of the name. The name stands in full behind the link below."


def draw(
    certificate: Certificate,
    credits: Credits,
    paper: str,
    address: str,
    address_with_name: str,
    issued: str,
) -> bytes:
    """Return the file of `certificate` with its `credits` on `paper`, “letter” or “a4”.

    `address` is printed, where anybody can see whether it is valid; the link behind it, `address_with_name`, says whose
    it is too. `issued` is the day in words.
    """
    pdf = FPDF(orientation="landscape", unit="pt", format=SIZES[paper])
    pdf.set_creation_date(certificate.issued_at)
    pdf.set_title(f"Certificate of completion: {certificate.title}")
    pdf.set_author(certificate.office)
    pdf.set_lang("en-US")
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.set_auto_page_break(False)
    pdf.c_margin = 0
    try:
        add_fonts(pdf, "".join([certificate.name, *_all_words(certificate, credits)]))
        pdf.add_page()
        _mark(pdf)
        _middle(pdf, certificate, credits)
        _foot(pdf, certificate, address, address_with_name, issued)
        return bytes(pdf.output())
    finally:
        close_fonts(pdf)


def _all_words(certificate: Certificate, credits: Credits) -> Iterator[str]:
    yield from (certificate.title, certificate.days, certificate.facilitators, certificate.contents)
    yield from (certificate.office, certificate.institution)
    for credit in credits:
        yield from (str(credit), credit.statement)


def _mark(pdf: FPDF) -> None:
    """Draw the six that are joined, and the wordmark."""
    radius, gap, y = 4.4, 13.0, MARGIN
    pdf.set_fill_color(*OURS)
    pdf.set_draw_color(*OURS)
    pdf.set_line_width(3)
    pdf.line(MARGIN + radius, y, MARGIN + radius + 5 * gap, y)
    for number in range(6):
        pdf.circle(MARGIN + radius + number * gap, y, radius, style="F")
    pdf.set_text_color(*INK)
    pdf.set_font(SERIF, size=17)
    pdf.set_xy(MARGIN + 2 * radius + 5 * gap + 10, y - 11)
    pdf.cell(0, 22, settings.PRODUCT_NAME)


# ---- the middle ----


def _middle(pdf: FPDF, certificate: Certificate, credits: Credits) -> None:
    """Write it as large as fits, and what fits at no size on further pages."""
    setting = Setting(pdf, min(pdf.epw, WIDEST))
    name, room = drawn(pdf, certificate.name), pdf.h - TOP - FOOT
    for scale in SCALES:
        lines = list(_lines(setting, certificate, credits, name, scale))
        height = sum(setting.height(line) for line in lines)
        if height <= room:
            break
    # A little above the middle of what is free, where the eye looks for it.
    y = TOP + max(0.0, (room - height) * 0.4)
    for line in lines:
        if y + setting.height(line) > pdf.h - FOOT and y > TOP:
            pdf.add_page()
            y = MARGIN
        y = setting.write(line, y)
    pdf.page = 1


def _lines(setting: Setting, certificate: Certificate, credits: Credits, name: Drawn, scale: float) -> Iterator[Line]:
    """Yield what stands in the middle, from top to bottom, its letters `scale` times as large as where all fits."""
    small, plain = 10.5 * scale, 12.5 * scale

    def line(text: str, size: float, color: Color, above: float, family: str = SANS, leading: float = 1.35) -> Line:
        return Line(drawn(setting.pdf, text).text, family, size, color, above * scale, leading)

    yield line("Certificate of completion", plain, OURS, 0)
    if name.text:
        yield line(name.text, setting.size_of_name(name.text, 42 * scale), INK, 12, SERIF, 1.2)
    if not name.is_whole:
        yield line(NOT_ALL, small, SOFT, 4)
    yield line("completed the program" if certificate.program_id else "took part in", plain, SOFT, 12)
    yield line(certificate.title, 23 * scale, INK, 4, SERIF, 1.25)
    yield line(_when(certificate), plain, INK, 8)
    if certificate.facilitators:
        yield line(f"Led by {certificate.facilitators}", plain, INK, 2)
    if certificate.contents:
        yield line("; ".join(certificate.contents.splitlines()), small, SOFT, 8)
    for number, credit in enumerate(credits):
        yield line(str(credit), plain, OURS, 6 if number else 16)
        if credit.statement:
            yield line(credit.statement, small, SOFT, 1)


def _when(certificate: Certificate) -> str:
    return f"{certificate.days}, {certificate.length_words}" if certificate.length_words else certificate.days


# ---- the foot ----


def _foot(pdf: FPDF, certificate: Certificate, address: str, address_with_name: str, issued: str) -> None:
    """Write who issued it and when, and where anybody can see whether it is valid."""
    y, half = pdf.h - FOOT + 26, pdf.epw / 2
    pdf.set_draw_color(*OURS)
    pdf.set_line_width(0.75)
    pdf.line(MARGIN, y - 14, pdf.w - MARGIN, y - 14)
    left, right = Setting(pdf, half - 20), Setting(pdf, half - 20, MARGIN + half + 20, Align.R)
    down = y
    for words in (certificate.office, certificate.institution, f"Issued {issued}"):
        if words:
            down = left.write(Line(drawn(pdf, words).text, SANS, 9.5, INK, 0, 1.47), down)
    for words in (f"Verification code {certificate.code}", "See whether it is valid at"):
        y = right.write(Line(words, SANS, 9.5, INK, 0, 1.47), y)
    right.write(Line(address, SANS, 9.5, OURS, 0, 1.47), y, link=address_with_name)
