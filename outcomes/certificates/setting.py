"""Paragraphs in a file: broken into lines by what is measured once, and written with a space above.

fpdf2 breaks lines itself, and measures every word again at each size that is tried.
"""

from typing import NamedTuple

from fpdf import FPDF
from fpdf.enums import Align

from outcomes.certificates.fonts import SERIF

Color = tuple[int, int, int]
MOST_LINES_OF_A_NAME = 3
SMALLEST_NAME = 9.0
# Words are measured at this size, and are as wide at any other in proportion.
MEASURED_AT = 100.0


class Line(NamedTuple):
    """One paragraph: its words, how they look, and the space `above` it; sizes in points, `leading` in letters."""

    text: str
    family: str
    size: float
    color: Color
    above: float = 0.0
    leading: float = 1.35


class Setting:
    """Write paragraphs into one column, `width` points wide, that begins at `x`."""

    def __init__(self, pdf: FPDF, width: float, x: float | None = None, align: Align = Align.L) -> None:
        self.pdf, self.width, self.align = pdf, width, align
        self.x = pdf.l_margin if x is None else x
        self._widths: dict[tuple[str, str], float] = {}

    def height(self, line: Line) -> float:
        """Return how many points `line` takes, with the space above it."""
        return line.above + len(self.broken(line)) * line.size * line.leading

    def write(self, line: Line, y: float, link: str = "") -> float:
        """Write `line` from `y` down, and return where it ends."""
        y += line.above
        for words in self.broken(line):
            self.pdf.set_font(line.family, size=line.size)
            self.pdf.set_text_color(*line.color)
            self.pdf.set_xy(self.x, y)
            self.pdf.cell(self.width, line.size * line.leading, words, align=self.align, link=link)
            y += line.size * line.leading
        return y

    def size_of_name(self, name: str, size: float) -> float:
        """Return the size at which `name` stands on one line, or, where that would be small, on three at most."""
        one_line = size * self.width / max(self.width, self._measured(name, SERIF) * size)
        smaller = size * 0.66
        if one_line >= smaller:
            return one_line
        while smaller > SMALLEST_NAME and len(self._broken(name, SERIF, smaller)) > MOST_LINES_OF_A_NAME:
            smaller *= 0.94
        return smaller

    def broken(self, line: Line) -> list[str]:
        """Return the lines of one paragraph."""
        return self._broken(line.text, line.family, line.size)

    def _broken(self, text: str, family: str, size: float) -> list[str]:
        room = self.width / size
        lines: list[str] = []
        filled, space = room, self._measured(" ", family)
        for word in text.split():
            for part in self._parts(word, family, room):
                wide = self._measured(part, family)
                if lines and filled + space + wide <= room:
                    lines[-1] += f" {part}"
                    filled += space + wide
                else:
                    lines.append(part)
                    filled = wide
        return lines

    def _parts(self, word: str, family: str, room: float) -> list[str]:
        """Break a word that is wider than a line: a name may be 200 letters without a space."""
        parts = [word]
        while self._measured(parts[-1], family) > room and len(parts[-1]) > 1:
            last = parts.pop()
            fits = max(1, int(len(last) * room / self._measured(last, family)))
            parts += [last[:fits], last[fits:]]
        return parts

    def _measured(self, text: str, family: str) -> float:
        """Return how wide `text` is in letters as high as a point."""
        key = (family, text)
        if key not in self._widths:
            self.pdf.set_font(family, size=MEASURED_AT)
            self._widths[key] = self.pdf.get_string_width(text) / MEASURED_AT
        return self._widths[key]
