"""What may be uploaded is told by its content."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from library.uploads import MOST_BYTES, read_upload

PDF, PNG = b"%PDF-1.7\n1 0 obj\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 20
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def archive(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, "<x/>" * 50)
    return held.getvalue()


WORD = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")
SLIDES = archive("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml")
SHEET = archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")


@pytest.mark.parametrize(
    "name, content, extension",
    [
        ("a.pdf", PDF, "pdf"),
        ("a.PNG", PNG, "png"),
        ("a.jpeg", JPEG, "jpg"),
        ("a.docx", WORD, "docx"),
        ("a.pptx", SLIDES, "pptx"),
        ("a.xlsx", SHEET, "xlsx"),
    ],
)
def test_what_may_be_stored_is_known_by_its_content(name, content, extension):
    upload = read_upload(SimpleUploadedFile(name, content, content_type="text/html"))
    assert (upload.extension, upload.content) == (extension, content)
    assert upload.content_type not in ("text/html", "")


@pytest.mark.parametrize(
    "name, content, sentence",
    [
        ("a.pdf", HTML, "By its content this file is none that can be put here. It may be a PDF, a Word"),
        ("a.svg", SVG, "By its content this file is none that can be put here."),
        ("a.png", SVG, "By its content this file is none that can be put here."),
        ("a.html", HTML, "By its content this file is none that can be put here."),
        ("a.txt", b"Hello", "By its content this file is none that can be put here."),
        ("a.exe", b"MZ\x90\0" + b"\0" * 60, "By its content this file is none that can be put here."),
        ("a.zip", archive("a.txt"), "By its content this file is none that can be put here."),
        ("a.docx", archive("word/other.xml", "word/_rels/a"), "By its content this file is none that can be put here."),
        ("a.docx", WORD[:60], "By its content this file is none that can be put here."),
        (
            "a.docx",
            archive("[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/vbaProject.bin"),
            "By its content this file is none that can be put here.",
        ),
        ("a.docx", PDF, "The content of this file is that of .pdf, and its name says something else."),
        ("a", PDF, "The content of this file is that of .pdf, and its name says something else."),
        ("a.pdf", b"", "This file is empty."),
        ("a.pdf", PDF + b"\0" * 6_000_000, "This file has 6.0 MB, and 5 MB is the most."),
    ],
)
def test_all_else_is_refused_with_what_to_do(name, content, sentence):
    with pytest.raises(ValidationError) as refusal:
        read_upload(SimpleUploadedFile(name, content, content_type="application/pdf"))
    assert refusal.value.message.startswith(sentence)


def test_the_largest_file_is_taken():
    content = PDF + b"\0" * (MOST_BYTES - len(PDF))
    assert len(read_upload(SimpleUploadedFile("a.pdf", content)).content) == MOST_BYTES
