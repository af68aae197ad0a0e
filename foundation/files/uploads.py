"""A file that somebody sends: what kind it is, told by its content, not by its name or what a browser says of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import filetype
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

MOST_BYTES = 5_000_000
SAME = {"jpeg": "jpg", "jpe": "jpg"}


@dataclass(frozen=True)
class Upload:
    """A file that may be stored: its extension and type as found by content, and its bytes."""

    extension: str
    content_type: str
    content: bytes


def read_file(
    file: UploadedFile,
    allowed: Mapping[str, str],
    may_be: str,
    if_too_large: str,
    is_whole: Callable[[str, bytes], bool] = lambda extension, content: True,
) -> Upload:
    """Return what was sent, if it is one of the kinds `allowed`: content types by what `filetype` calls them.

    Raises ValidationError, with a sentence, for what is empty or larger than 5 MB, for what is none of these kinds or
    not `is_whole` (asked with the extension and the bytes), and where the name says another kind than the content.
    `may_be` names the kinds in words; `if_too_large` is the sentence that says what to do then.
    """
    size = file.size or 0
    if size > MOST_BYTES:
        raise ValidationError(f"This file has {size / 1_000_000:.1f} MB, and 5 MB is the most. {if_too_large}")
    content = file.read()
    if not content:
        raise ValidationError("This file is empty. Choose another one.")
    found = filetype.guess(content)
    extension = found.extension if found else ""
    if extension not in allowed or not is_whole(extension, content):
        raise ValidationError(f"By its content this file is none that can be put here. It may be {may_be}.")
    named = (file.name or "").rpartition(".")[2].lower()
    if SAME.get(named, named) != extension:
        raise ValidationError(
            f"The content of this file is that of .{extension}, and its name says something else. Rename it or choose "
            "the right one."
        )
    return Upload(extension, allowed[extension], content)


def size_words(size: int) -> str:
    """Return a size in bytes as people read it: “1.2 MB”, “340 kB”."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"
