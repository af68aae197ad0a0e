"""The school's logo: refused unless it only draws and fits a header; shown with words for who cannot see it."""

import struct
import zlib

import pytest
from django.template import engines
from django.template.loader import render_to_string

from config.portal import RULES
from devtools.testing.page import Page, get, read
from foundation.portal.logo import MOST_BYTES, logo, problem_with

DRAWN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40">%s</svg>'
LINKS = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + b"\0" * 12


@pytest.fixture
def drawn(tmp_path):
    """Write files, each of a name of its own: what is read once is kept."""

    def write(content: str | bytes) -> str:
        path = tmp_path / f"logo-{len(list(tmp_path.iterdir()))}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


@pytest.fixture
def fresh_header():
    """Let no header be remembered from before the setting, nor after it."""
    loader = engines["django"].engine.template_loaders[0]
    loader.reset()
    yield
    loader.reset()


@pytest.mark.parametrize(
    "content",
    [
        DRAWN % '<path d="M0 0h120v40z" fill="url(#blue)"/>',
        DRAWN % "<style>path { fill: url(#blue); }</style>",
        DRAWN % f'<use {LINKS} xlink:href="#crest"/>',
        DRAWN % '<image href="data:image/png;base64,iVBORw0KGgo="/>',
        '<svg xmlns="http://www.w3.org/2000/svg" width="12cm" height="4cm"/>',
        '<?xml version="1.0" encoding="utf-16"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0,0,3,1"/>'.encode(
            "utf-16"
        ),
        png(300, 100),
    ],
)
def test_a_file_that_only_draws_is_taken(drawn, content):
    path = drawn(content)
    assert problem_with("LOGO", path) == ""
    assert logo(path).width / logo(path).height == 3


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (DRAWN % "<script>alert(1)</script>", "holds <script>"),
        (DRAWN % '<g xmlns:h="http://www.w3.org/1999/xhtml"><h:script>1</h:script></g>', "holds <script>"),
        (DRAWN % "<foreignObject/>", "holds <foreignObject>"),
        (DRAWN % '<path onclick="alert(1)"/>', "holds onclick"),
        (DRAWN % '<image href="https://elsewhere.example/crest.png"/>', "fetches something from elsewhere in href"),
        (DRAWN % f'<use {LINKS} xlink:href="crest.svg#crest"/>', "fetches something from elsewhere in href"),
        (DRAWN % '<a href=" javascript:alert(1)"><path/></a>', "fetches something from elsewhere in href"),
        (DRAWN % '<set attributeName="href" to="JavaScript:alert(1)"/>', "fetches something from elsewhere in to"),
        (
            DRAWN % "<path style=\"fill: URL( '//elsewhere.example/x#y')\"/>",
            "fetches something from elsewhere in style",
        ),
        (DRAWN % "<style>@import 'x.css';</style>", "fetches something from elsewhere in its style"),
        ('<!DOCTYPE svg [<!ENTITY a "a">]>' + DRAWN % "&a;", "has a document type"),
        (
            ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE svg>' + DRAWN % "").encode("utf-16"),
            "has a document type",
        ),
        ('<?xml-stylesheet href="https://elsewhere.example/x.css"?>' + DRAWN % "", "holds <?xml-stylesheet?>"),
        ('<svg viewBox="0 0 3 1"/>', "is neither SVG nor PNG"),
        ("<html/>", "is neither SVG nor PNG"),
        ('<?xml version="1.0" encoding="klingon"?>' + DRAWN % "", "is neither SVG nor PNG"),
        ("", "is neither SVG nor PNG"),
        (b"GIF89a", "is neither SVG nor PNG"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "says no size"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 nan 1"/>', "says no size"),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="50%"/>', "says no size"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 1"/>', "is 9 wide and 1 high"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 3"/>', "is 1 wide and 3 high"),
        (png(2001, 400), "is 2001 by 400 pixels"),
        (png(0, 0), "is 0 by 0 pixels"),
        (png(3, 1)[:20], "begins like a PNG and is none"),
        (DRAWN % ("<!-- " + "x" * MOST_BYTES + " -->"), "is larger than 100 kB"),
    ],
)
def test_a_file_that_does_more_is_refused_with_a_sentence(drawn, content, why):
    path = drawn(content)
    assert problem_with("LOGO", path).startswith(f"LOGO names {path!r}, which {why}")


def test_what_is_no_file_is_refused(tmp_path):
    assert problem_with("LOGO", "https://example.edu/logo.svg").startswith("LOGO is an address, and must be a file")
    assert "which is no file that can be read" in problem_with("LOGO", str(tmp_path))
    assert problem_with("LOGO", "") == ""
    assert {"LOGO", "LOGO_ON_DARK"} < {rule.name for rule in RULES}


@pytest.mark.django_db
def test_the_header_shows_the_logo_with_the_name_of_the_institution(client, settings, drawn, fresh_header):
    settings.LOGO, settings.INSTITUTION_NAME = drawn(DRAWN % "<path/>"), "Example School"
    page = get(client, "/accounts/login/")
    shown = [tuple(map(one.attribute, ("src", "alt", "width", "height"))) for one in page.parts(".q-brand img")]
    assert shown == [("/logo", "Example School", "96", "32"), ("/logo-on-dark", "Example School", "96", "32")]
    assert (
        len(page.parts(".q-logo.is-on-dark.is-on-white")) == 1
    )  # drawn for light pages, it stands on white on dark ones
    assert page.parts(".q-brand svg") == []
    answer = client.get("/logo")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/svg+xml", "public, max-age=3600")
    assert "sandbox" in answer["Content-Security-Policy"] and answer.content == (DRAWN % "<path/>").encode()


@pytest.mark.django_db
def test_dark_pages_have_a_logo_of_their_own(client, settings, drawn, fresh_header):
    settings.LOGO, settings.LOGO_ON_DARK = drawn(DRAWN % "<path/>"), drawn(png(40, 40))
    page = get(client, "/accounts/login/")
    assert page.parts(".q-logo.is-on-white") == []
    assert client.get("/logo-on-dark")["Content-Type"] == "image/png"


@pytest.mark.django_db
def test_an_error_page_has_it_too_and_needs_nothing_of_it(client, settings, drawn, fresh_header, tmp_path):
    settings.LOGO = drawn(DRAWN % "<path/>")
    assert len(read(client.get("/nowhere/")).parts(".q-logo")) == 2
    settings.LOGO = str(tmp_path / "gone since the start.svg")
    page = Page(render_to_string("bare.html"))
    assert page.parts(".q-logo") == [] and len(page.parts(".q-brand svg")) == 1
    assert client.get("/logo").status_code == 404


@pytest.mark.django_db
def test_without_one_there_is_none(client):
    assert client.get("/logo").status_code == 404
