"""What may be put into the library as a file: told by its content, not by its name or what a browser says of it."""

import io
import zipfile
from dataclasses import dataclass

import filetype
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

MOST_BYTES = 5_000_000
# By what `filetype` calls it. Nothing here is run or drawn with script by a browser.
ALLOWED = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "jpg": "image/jpeg",
}
# The main part of each of Office's own kinds, which are zip archives (ECMA-376, part 2).
MAIN_PARTS = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml"}
SAME = {"jpeg": "jpg", "jpe": "jpg"}
MAY_BE = "a PDF, a Word, PowerPoint or Excel file without macros, or a PNG or JPEG picture"


@dataclass(frozen=True)
class Upload:
    """A file that may be stored: its extension and type as found by content, and its bytes."""

    extension: str
    content_type: str
    content: bytes


def read_upload(file: UploadedFile) -> Upload:
    """Return what was uploaded, if it may be stored.

    Raises ValidationError, with a sentence, for what is empty or larger than 5 MB, for what is none of the kinds that
    may be, and where the name says another kind than the content.
    """
    size = file.size or 0
    if size > MOST_BYTES:
        raise ValidationError(
            f"This file has {size / 1_000_000:.1f} MB, and 5 MB is the most. Make it smaller, or put it somewhere "
            "else and enter its link. Nothing was saved yet."
        )
    content = file.read()
    if not content:
        raise ValidationError("This file is empty. Choose another one.")
    found = filetype.guess(content)
    extension = found.extension if found else ""
    if extension not in ALLOWED or not _is_whole(extension, content):
        raise ValidationError(f"By its content this file is none that can be put here. It may be {MAY_BE}.")
    named = (file.name or "").rpartition(".")[2].lower()
    if SAME.get(named, named) != extension:
        raise ValidationError(
            f"The content of this file is that of .{extension}, and its name says something else. Rename it or choose "
            "the right one."
        )
    return Upload(extension, ALLOWED[extension], content)


def _is_whole(extension: str, content: bytes) -> bool:
    """Tell whether a file of Office is a whole archive with its main part, and without macros. Others are what they
    are by their first bytes."""
    if extension not in MAIN_PARTS:
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return False
    has_macros = any(name.endswith((".bin", ".vbs", ".js")) and "vba" in name for name in names)
    return MAIN_PARTS[extension] in names and not has_macros
