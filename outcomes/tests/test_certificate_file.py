"""The file of a certificate, read back by another library: its text, its size, its fonts."""

import io
import logging
import subprocess
import sys

import pytest
from django.urls import reverse
from fpdf import FPDF
from pypdf import PdfReader

from outcomes.certificates.fonts import SERIF, add_fonts
from outcomes.certificates.keys import address_of, address_with_name, name_key
from outcomes.certificates.setting import Line, Setting

SIZES = {"letter": (792, 612), "a4": (841.89, 595.28)}


def file_of(client, drawn_certificate, **query) -> PdfReader:
    answer = client.get(reverse("certificate_file", args=[drawn_certificate.code]), query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return PdfReader(io.BytesIO(answer.content))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def fonts_of(reader: PdfReader) -> dict[str, bool]:
    """Return the fonts of the first page by name, and whether each is embedded."""
    found = {}
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = inner["/FontDescriptor"].get_object()
        found[str(descriptor["/FontName"]).rpartition("+")[2].lstrip("/")] = "/FontFile2" in descriptor
    return found


@pytest.fixture
def drawn_certificate(certify, person, settings):
    settings.OFFICE_NAME = "Office of Belonging"
    return certify(person, name="Maria Åström-Đặng")


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_it_is_one_page_of_that_paper_and_says_it_all(me, drawn_certificate, paper):
    reader = file_of(me, drawn_certificate, paper=paper)
    [page] = reader.pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(SIZES[paper], abs=0.5)
    said = text_of(reader)
    for words in (
        "Certificate of completion",
        "Maria Åström-Đặng",
        drawn_certificate.title,
        drawn_certificate.days,
        "90 minutes",
        "1.5 hours: Implicit-bias hours",
        "Counts in this state.",
        "Office of Belonging",
        f"Verification code {drawn_certificate.code}",
        address_of(drawn_certificate),
    ):
        assert words in said


def test_its_fonts_are_embedded_and_cut_to_what_it_needs(me, drawn_certificate):
    answer = me.get(reverse("certificate_file", args=[drawn_certificate.code]))
    fonts = fonts_of(PdfReader(io.BytesIO(answer.content)))
    assert len(fonts) == 2 and all(fonts.values())
    assert len(answer.content) < 100_000


def test_the_link_behind_the_address_says_whose_it_is(me, drawn_certificate):
    [link] = [note.get_object() for note in file_of(me, drawn_certificate).pages[0]["/Annots"]]
    assert link["/A"]["/URI"] == address_with_name(drawn_certificate)


@pytest.mark.parametrize(
    "name",
    ["Zoë Ångström", "Ελένη Παπαδοπούλου", "Иван Ковальчук", "Nguyễn Thị Ánh", "O’Brien-Smith, MD"],
)
def test_names_of_many_languages_stand_there(client, certify, person, name):
    certificate = certify(person, name=name)
    client.force_login(person)
    assert name in text_of(file_of(client, certificate))


@pytest.mark.parametrize(
    ("name", "font"),
    [("יוסף כהן", "FrankRuhlLibre"), ("محمد عبد الله", "Amiri")],
)
def test_names_from_right_to_left_have_a_font_and_all_their_letters(client, certify, person, name, font):
    certificate = certify(person, name=name)
    client.force_login(person)
    reader = file_of(client, certificate)
    assert any(font in one for one in fonts_of(reader))
    said = text_of(reader)
    assert "cannot show" not in said
    # A reader gives them in the order of the page or of the language, and letters that are drawn as one as several.
    assert sorted(name.replace(" ", "")) == sorted(letter for letter in said if letter in set(name) - {" "})


def test_letters_that_join_are_drawn_in_their_joined_forms(client, certify, person):
    certificate = certify(person, name="ببب")
    client.force_login(person)
    fonts = file_of(client, certificate).pages[0]["/Resources"]["/Font"].values()
    [amiri] = [font.get_object() for font in fonts if "Amiri" in font.get_object()["/BaseFont"]]
    letters = amiri["/ToUnicode"].get_object().get_data().decode()
    # The one letter as it begins, goes on and ends a word.
    assert letters.count("<0628>") == 3


@pytest.mark.parametrize("name", ["W" * 200, "Maria del Carmen " * 11 + "Delgado", "é" * 120])
def test_a_name_of_200_letters_stands_there_whole(client, certify, person, name):
    certificate = certify(person, name="Short")
    certificate = certificate.replace(by=person, name=name)
    client.force_login(person)
    reader = file_of(client, certificate)
    assert len(reader.pages) == 1
    assert name.replace(" ", "") in text_of(reader).replace(" ", "")


@pytest.mark.parametrize(("name", "shown"), [("😀😀😀", ""), ("李明 (Ming Li)", "(Ming Li)")])
def test_letters_without_a_font_are_left_out_and_the_file_says_so(client, certify, person, name, shown):
    certificate = certify(person, name=name)
    client.force_login(person)
    said = text_of(file_of(client, certificate))
    assert "This file cannot show some characters of the name." in said and shown in said


def test_no_line_of_a_long_name_is_wider_than_its_column():
    pdf, name = FPDF(unit="pt"), "W" * 200
    add_fonts(pdf, name)
    pdf.add_page()
    setting = Setting(pdf, 640)
    size = setting.size_of_name(name, 42)
    lines = setting.broken(Line(name, SERIF, size, (0, 0, 0)))
    pdf.set_font(SERIF, size=size)
    assert len(lines) == 3 and "".join(lines) == name
    assert all(pdf.get_string_width(line) <= 640 for line in lines)


@pytest.mark.parametrize(("more", "pages"), [(3, 1), (9, 2)])
def test_much_credit_and_long_words_still_stand_on_paper(client, drawn_certificate, person, more, pages):
    kind, heights = drawn_certificate.credits.get().kind, []
    for number in range(more):
        other = type(kind).objects.create(name=f"{'Kind ' * 20}{number}", statement="A sentence of many words. " * 20)
        drawn_certificate.credits.create(kind=other, name=other.name, statement=other.statement, unit="hours", hours=1)
    client.force_login(person)
    reader = file_of(client, drawn_certificate)
    for page in reader.pages:
        page.extract_text(visitor_text=lambda text, cm, tm, font, size: heights.append(tm[5]) if text.strip() else None)
    assert len(reader.pages) == pages and 36 < min(heights) < max(heights) < 612 - 36
    said = text_of(reader)
    assert drawn_certificate.code in said and all(f"Kind {number}" in said for number in range(more))


def test_no_letter_of_a_name_gets_into_the_log(client, drawn_certificate, person, caplog):
    client.force_login(person)
    with caplog.at_level(logging.INFO):
        file_of(client, drawn_certificate)
    assert [one for one in caplog.records if one.name.startswith("fontTools")] == []


# ---- who may have it ----


def test_people_with_the_key_get_the_file(client, drawn_certificate):
    assert drawn_certificate.code in text_of(file_of(client, drawn_certificate, name=name_key(drawn_certificate)))


def test_nobody_else_gets_the_file(client, drawn_certificate, people, office):
    path = reverse("certificate_file", args=[drawn_certificate.code])
    assert client.get(path).status_code == 302
    for other in (*people(1), office):
        client.force_login(other)
        assert client.get(path).status_code == 404


def test_one_that_is_revoked_has_no_file(me, drawn_certificate, office):
    drawn_certificate.revoke("A mistake.", by=office)
    answer = me.get(reverse("certificate_file", args=[drawn_certificate.code]))
    assert (answer.status_code, answer["Location"]) == (302, drawn_certificate.get_absolute_url())


def test_no_other_paper_is_known(me, drawn_certificate):
    assert me.get(reverse("certificate_file", args=[drawn_certificate.code]), {"paper": "a0"}).status_code == 400


def test_a_process_that_draws_nothing_does_not_import_the_library():
    asks = "import django; django.setup(); import config.urls, sys; sys.exit('fpdf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks], check=False).returncode == 0
