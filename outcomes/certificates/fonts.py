"""The fonts that files are drawn with, and what they can draw: Latin, Greek, Cyrillic, Hebrew and Arabic.

Each file has in it only the letters it needs. Scripts that none of them has (Chinese, emoji) are left out of a line,
and the caller says so: a font of them is larger than the portal.
"""

import re
from pathlib import Path
from typing import NamedTuple

import fontpkg_amiri
import fontpkg_frank_ruhl_libre
import fontpkg_noto_sans
import fontpkg_noto_serif
from fpdf import FPDF
from fpdf.fonts import TTFFont

# As their families are in the file. Upright and of regular weight: another weight of these takes many seconds to make.
SANS, SERIF, HEBREW, ARABIC = "noto-sans", "noto-serif", "hebrew", "arabic"
FILES = {
    SANS: Path(fontpkg_noto_sans.ROOT, "files", "NotoSans[wdth,wght].ttf"),
    SERIF: Path(fontpkg_noto_serif.ROOT, "files", "NotoSerif[wdth,wght].ttf"),
    HEBREW: Path(fontpkg_frank_ruhl_libre.ROOT, "files", "FrankRuhlLibre[wght].ttf"),
    ARABIC: Path(fontpkg_amiri.ROOT, "files", "Amiri-Regular.ttf"),
}

# Arabic and Hebrew, with the forms that old texts have of their letters.
LETTERS = {
    HEBREW: re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]"),
    ARABIC: re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]"),
}


class Drawn(NamedTuple):
    """What can be drawn of a line, and whether that is all of it."""

    text: str
    is_whole: bool


def add_fonts(pdf: FPDF, words: str) -> None:
    """Give `pdf` the fonts that `words`, all that will stand in it, need, and let letters join and turn as they do.

    They are open files until `close_fonts`.
    """
    for family in (SANS, SERIF):
        pdf.add_font(family, fname=FILES[family])
    others = [family for family, letters in LETTERS.items() if letters.search(words)]
    for family in others:
        pdf.add_font(family, fname=FILES[family])
    pdf.set_fallback_fonts(others, exact_match=False)
    pdf.set_text_shaping(True)


def close_fonts(pdf: FPDF) -> None:
    """Close the files of the fonts."""
    for font in _embedded(pdf):
        font.close()


def drawn(pdf: FPDF, text: str) -> Drawn:
    """Return what the fonts of `pdf` can draw of `text`."""
    known = {code for font in _embedded(pdf) for code in font.cmap}
    kept = "".join(letter for letter in text if ord(letter) in known or letter.isspace())
    return Drawn(" ".join(kept.split()), len(kept) == len(text))


def _embedded(pdf: FPDF) -> list[TTFFont]:
    return [font for font in pdf.fonts.values() if isinstance(font, TTFFont)]
