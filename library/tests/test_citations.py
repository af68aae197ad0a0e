"""References in the style of the AMA, and RIS both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devtools.testing.page import get
from library.citations.ris import Unreadable, read_ris, text_of, write_ris
from library.citations.style import reference, reference_html
from library.models import Citation, Resource

ARTICLE = {
    "authors": "Sonnenberg, Lyn K.\nDo, Victor\nLeBlanc, C\nBusari, JO",
    "title": "Six ways to get a grip by calling-out racism and enacting allyship in medical education",
    "journal": "Canadian Medical Education Journal",
    "year": 2021,
    "volume": "12",
    "issue": "4",
    "pages": "111-115",
    "doi": "10.36834/cmej.71566",
}
WRITTEN = (
    "Sonnenberg LK, Do V, LeBlanc C, Busari JO. Six ways to get a grip by calling-out racism and enacting allyship in "
    "medical education. Canadian Medical Education Journal. 2021;12(4):111-115. doi:10.36834/cmej.71566"
)


def cite(**fields) -> str:
    return reference(Citation(resource=Resource(title="The page"), **fields).facts())


def test_an_article_is_cited_as_the_ama_does():
    assert cite(**ARTICLE) == WRITTEN


@pytest.mark.parametrize(
    "fields, end",
    [
        ({"volume": ""}, "Journal. 2021;(4):111-115. doi:10.36834/cmej.71566"),
        ({"volume": "", "issue": "", "pages": ""}, "Journal. 2021. doi:10.36834/cmej.71566"),
        ({"doi": "", "url": "https://journal.example.org/a_b?x=1"}, ":111-115. https://journal.example.org/a_b?x=1"),
        ({"doi": ""}, "2021;12(4):111-115."),
    ],
)
def test_what_is_not_known_is_left_out(fields, end):
    assert cite(**ARTICLE | fields).endswith(end)


@pytest.mark.parametrize(
    "authors, start",
    [
        (
            "\n".join(f"Family{number}, Ada" for number in range(6)),
            "Family0 A, Family1 A, Family2 A, Family3 A, Family4 A, ",
        ),
        ("\n".join(f"Family{number}, Ada" for number in range(7)), "Family0 A, Family1 A, Family2 A, et al. Six"),
        ("World Health Organization", "World Health Organization. Six"),
        ("van der Berg, Anna-Lena", "van der Berg A-L. Six"),
        ("", "Six ways"),
    ],
)
def test_authors_are_named_as_the_ama_does(authors, start):
    assert cite(**ARTICLE | {"authors": authors}).startswith(start)


@pytest.mark.parametrize(
    "fields, written",
    [
        (
            {"type": "book", "authors": "Freire, Paulo", "title": "Pedagogy", "publisher": "Herder", "year": 1970},
            "Freire P. Pedagogy. Herder; 1970.",
        ),
        (
            {
                "type": "chapter",
                "authors": "Freire, Paulo",
                "title": "One",
                "journal": "All",
                "publisher": "Herder",
                "year": 1970,
                "pages": "1-9",
            },
            "Freire P. One. In: All. Herder; 1970:1-9.",
        ),
        ({"type": "webpage", "title": "Why me?", "url": "https://example.org/"}, "Why me? https://example.org/"),
        ({"type": "webpage", "title": ""}, "The page."),
    ],
    ids=["book", "chapter", "page", "nothing"],
)
def test_other_works_are_cited_as_the_ama_does(fields, written):
    assert cite(**fields) == written


def test_the_journal_is_in_italics_and_nothing_of_a_title_is_markup():
    facts = Citation(**ARTICLE | {"title": "<script>a</script> & b?"}, resource=Resource()).facts()
    html = reference_html(facts)
    assert "<i>Canadian Medical Education Journal</i>." in html
    assert "&lt;script&gt;a&lt;/script&gt; &amp; b? <i>" in html


LINE = st.text(max_size=40)


@given(
    st.fixed_dictionaries(
        dict.fromkeys(("authors", "title", "journal", "publisher", "volume", "issue", "pages"), LINE)
    ),
    st.sampled_from(Citation.Type.values),
)
def test_no_citation_is_too_odd_to_be_written(fields, kind):
    facts = Citation(resource=Resource(title="The page"), type=kind, **fields).facts()
    assert isinstance(reference(facts), str)
    assert "<" not in reference_html(facts).replace("<i>", "").replace("</i>", "")
    write_ris(facts)


# ---- RIS ----


def test_what_is_written_as_ris_is_read_back():
    facts = Citation(**ARTICLE, resource=Resource()).facts()
    written = write_ris(facts)
    assert written.startswith("TY  - JOUR\r\nAU  - Sonnenberg, Lyn K.\r\n") and written.endswith("ER  - \r\n")
    (record,) = read_ris(written)
    again = Citation(**record.fields, resource=Resource())
    assert reference(again.facts()) == WRITTEN


@pytest.mark.django_db
def test_the_page_shows_the_reference_to_be_marked_at_once_and_as_ris(client, make_resource):
    resource = make_resource(cited=ARTICLE)
    page = get(client, resource.get_absolute_url())
    (shown,) = page.parts(".q-cite")
    assert shown.text == WRITTEN
    answer = client.get(page.link("For your reference manager (RIS)"))
    assert answer["Content-Type"] == "application/x-research-info-systems; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="six-ways-to-be-an-ally.ris"'
    assert b"DO  - 10.36834/cmej.71566\r\n" in answer.content


@pytest.mark.django_db
def test_a_resource_without_a_citation_has_none_as_ris(client, make_resource):
    assert client.get(f"{make_resource().get_absolute_url()}citation.ris").status_code == 404


EXPORTED = """TY  - JOUR
T1  - Étude
A1  - Müller, Jörg
Y1  - 2019/05/01/
JF  - Revue
VL  - 3
SP  - 7
EP  - 9
UR  - https://journal.example.org/a
ER  -

TY  - VIDEO
TI  - A talk
ER  -
"""


def test_other_tags_for_the_same_are_read_too():
    article, film = read_ris(EXPORTED.replace("\n", "\r\n"))
    assert article.fields["authors"] == "Müller, Jörg" and article.fields["year"] == 2019
    assert (article.fields["journal"], article.fields["pages"]) == ("Revue", "7-9")
    assert (film.fields["type"], film.fields["title"]) == ("motion_picture", "A talk")


@pytest.mark.parametrize(
    "text, sentence",
    [
        (EXPORTED[:-6], "Record 2, which begins on line 12, has no end: the file seems to be cut off."),
        (EXPORTED.replace("ER  -\n", "", 1), "Record 1, which begins on line 1, has no end"),
        ("TI  - Alone\nER  - \n", "Line 1 belongs to no record"),
        ("Dear office", "There is no record in it."),
        ("", "There is no record in it."),
        ("TY  - JOUR\nloose text\nER  - \n", "Line 2 belongs to no tag of its record"),
        ("TY  - JOUR\nER  - \n" * 201, "This file has 201 records, and 200 is the most at once."),
    ],
)
def test_ris_that_is_not_whole_is_refused_with_what_to_do(text, sentence):
    with pytest.raises(Unreadable) as refusal:
        read_ris(text)
    assert sentence in str(refusal.value)


def test_ris_in_latin_1_is_refused_with_its_line():
    with pytest.raises(Unreadable) as refusal:
        text_of(EXPORTED.encode("latin-1"))
    assert "Line 2 is not in UTF-8; the file is probably in Latin-1." in str(refusal.value)


def test_a_doi_that_is_none_is_left_out_and_said_so():
    (record,) = read_ris("TY  - JOUR\nTI  - A\nDO  - see the journal\nUR  - nowhere\nER  - \n")
    assert (record.fields["doi"], record.fields["url"]) == ("", "")
    assert record.problems == [
        "“see the journal” is not a DOI. Copy it as the article gives it, such as 10.1000/182. It is left out.",
        "“nowhere” is no link. It is left out.",
    ]


@given(st.text(st.sampled_from("TYERAUTIDO12 -\n\r;é\0"), max_size=200))
def test_no_text_is_too_odd_to_be_read_as_ris(text):
    for odd in (text, f"TY  - JOUR\n{text}\nER  - \n"):
        try:
            read_ris(odd)
        except Unreadable as refusal:
            assert str(refusal).endswith((".", "”."))
