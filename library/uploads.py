"""What may be put into the library as a file."""

import io
import zipfile

from django.core.files.uploadedfile import UploadedFile

from foundation.files.uploads import MOST_BYTES, Upload, read_file

__all__ = ["MAY_BE", "MOST_BYTES", "Upload", "read_upload"]

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
MAY_BE = "a PDF, a Word, PowerPoint or Excel file without macros, or a PNG or JPEG picture"
IF_TOO_LARGE = "Make it smaller, or put it somewhere else and enter its link. Nothing was saved yet."


def read_upload(file: UploadedFile) -> Upload:
    """Return what was uploaded, if it may be stored. Raises ValidationError, as `read_file` does."""
    return read_file(file, ALLOWED, MAY_BE, IF_TOO_LARGE, _is_whole)


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
