"""What a file says: the words of a page, a table, a PDF, a calendar, or of all that a ZIP file holds."""

import io
import zipfile

from pypdf import PdfReader
from pypdf.errors import PyPdfError

# Lines of a calendar are folded at 75 octets (RFC 5545 section 3.1).
FOLDED = ("\r\n ", "\r\n\t")


def words_in(content: bytes) -> str:
    """Return everything that `content` says, whatever sort of file it is."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(f"{name} {words_in(packed.read(name))}" for name in packed.namelist())
    words = content.decode(errors="replace")
    if content.startswith(b"%PDF"):
        return f"{words} {_drawn_in(content)}"
    if content.startswith(b"BEGIN:VCALENDAR"):
        for fold in FOLDED:
            words = words.replace(fold, "")
    return words


def _drawn_in(content: bytes) -> str:
    try:
        pdf = PdfReader(io.BytesIO(content))
        return "\n".join([str(pdf.metadata), *(page.extract_text() for page in pdf.pages)])
    except PyPdfError:
        return ""  # it only begins like one
