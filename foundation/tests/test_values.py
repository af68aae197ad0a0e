"""One rule per value: what is stored, what is refused, and that every form of one value is stored as one."""

import logging
import unicodedata
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from foundation.text import one_line
from foundation.values.addresses import AddressField, AddressFormField, read_address
from foundation.values.days import validate_day
from foundation.values.dois import DoiFormField, read_doi
from foundation.values.lines import LineField, OneLineField, line_key, plain_line, read_line
from foundation.values.links import LinkField, LinkFormField, read_link
from foundation.values.zones import read_zone, validate_time_zone, zone_names, zone_of

UNSEEN = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u200f", "\u061c", "\u034f", "\u180e"]
UNSEEN += ["\ufe0f", "\U000e0041", "\u2063", "\u115f", "\U000e0100"]
TYPED = st.text(
    st.one_of(st.characters(), st.sampled_from([*UNSEEN, " ", "\u0301", "क", "्", "ل", "🏴", "❤", "葛", "a"]))
)


def refusal(read, typed: str) -> str:
    with pytest.raises(ValidationError) as error:
        read(typed)
    return error.value.message


# ---- lines ----


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("typed", ["{}Implicit Bias", "Implicit{} Bias", "Impl{}icit Bias", "Implicit Bias{}"])
def test_a_character_nobody_sees_makes_no_second_title(unseen, typed):
    assert read_line(typed.format(unseen)) == "Implicit Bias"
    assert line_key(typed.format(unseen)) == "implicit bias"


@pytest.mark.parametrize("blank", ["  ", "\u00a0", "\u2009", "\u3000", "\u202f", "\u2800", "\u3164", "\t"])
def test_every_kind_of_blank_is_one_space(blank):
    assert read_line(f"{blank}Implicit{blank}Bias{blank}") == "Implicit Bias"


def test_composed_and_decomposed_letters_are_one_title():
    assert read_line(unicodedata.normalize("NFD", "Café 오리")) == "Café 오리"
    assert read_line("Cafe\u034f\u0301") == "Café"


@pytest.mark.parametrize(
    "title",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        "ක්\u200dර",
        "র\u200d্য",
        "👩🏽\u200d⚕\ufe0f",
        "🏳\ufe0f\u200d🌈",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "葛\U000e0100城",
    ]
    + ["🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "ᠮᠣ\u180b", "Größe", "נְקֻדּוֹת"],
)
def test_what_a_script_or_an_emoji_needs_stays(title):
    assert read_line(title) == unicodedata.normalize("NFC", title)


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
@pytest.mark.parametrize("word", ["ا{}ب", "ل{}ेखक", "偏{}见", "Im{}plicit", "ب{}", "{}ب", "И{}мя"])
def test_a_joiner_that_joins_nothing_makes_no_second_title(word, joiner):
    assert read_line(word.format(joiner)) == word.format("")


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\ufeff", "\u3164\u2800", "\u200d\u00ad \u200e"])
def test_a_line_of_nothing_to_see_is_empty(typed):
    assert read_line(typed) == ""


@pytest.mark.parametrize("letter", ["\0", "\r", "\n", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800"])
@pytest.mark.parametrize("typed", ["A{}B", "{}", "A{}"])
def test_control_characters_and_halves_of_characters_are_refused(letter, typed):
    assert refusal(read_line, typed.format(letter)) == "Enter this on one line, without control characters"


@pytest.mark.parametrize("mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_marks_that_turn_the_direction_are_refused(mark):
    assert refusal(read_line, f"A{mark}B") == "Enter this on one line, without control characters"
    assert line_key(f"A{mark}B") == "ab"


@pytest.mark.parametrize("typed", ["\u0301", " \u0301\u0302", "\u20e3"])
def test_marks_without_their_letter_are_refused(typed):
    assert refusal(read_line, typed) == "Enter something that can be read"


@given(TYPED)
@example("a\ufe0f\u200d🌈")
@example("e\u200b\u0301")
def test_reading_a_line_twice_changes_nothing(typed):
    assert plain_line(plain_line(typed)) == plain_line(typed)
    assert line_key(plain_line(typed)) == line_key(typed)


@given(TYPED)
def test_an_accepted_line_is_written_as_it_is(typed):
    try:
        line = read_line(typed)
    except ValidationError:
        return
    assert one_line(line) == line
    assert line.encode("utf-8").decode() == line


def test_the_field_of_a_form_and_of_a_row_read_alike():
    for field in (OneLineField(max_length=13), LineField(max_length=13)):
        clean = field.clean if isinstance(field, OneLineField) else lambda value, f=field: f.clean(value, None)
        assert clean(" Implicit\u200b  Bias ") == "Implicit Bias"
        for wrong in ("", "\u200b", "Implicit Biases", "A\0", "A\nB"):
            with pytest.raises(ValidationError):
                clean(wrong)


# ---- addresses ----


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Kai@Example.EDU ", "kai@example.edu"),
        ("kai\u200b@exam\u00adple.edu\ufeff", "kai@example.edu"),
        ("\u202akai@example.edu\u202c", "kai@example.edu"),
        ("kai@Bücher.example", "kai@xn--bcher-kva.example"),
        ("kai@XN--BCHER-KVA.example", "kai@xn--bcher-kva.example"),
        ("o'brien+x/y=z@example.edu", "o'brien+x/y=z@example.edu"),
        ("a" * 64 + "@example.edu", "a" * 64 + "@example.edu"),
    ],
)
def test_an_address_is_stored_in_one_form(typed, stored):
    assert read_address(typed) == stored
    assert AddressFormField().clean(typed) == AddressField().clean(typed, None) == stored


@pytest.mark.parametrize(
    "typed",
    ['"kai kim"@example.edu', '"kai"@example.edu', "kai@[127.0.0.1]", "kai@[IPv6:::1]", "käthe@example.edu", "kai@b"]
    + ["\u212aai@example.edu", "ı@example.edu", "a" * 65 + "@example.edu", "kai@" + "b" * 64 + ".edu", "kai@.edu"]
    + ["kai@" + ".".join(["b" * 60] * 5), "kai@ü..edu", "kai@-b.edu", "kai@example.edu.", ".kai@example.edu", "@", ""]
    + ["kai..kim@example.edu", "kai@example_.edu", "=?utf-8?q?kim?=@example.edu", "kai@example.edu\nBcc: x@example.edu"]
    + ["kai@example.edu\0", "kai@example.edu,kim@example.edu", "<kai@example.edu>", "kai kim@example.edu", "kai"],
)
def test_what_cannot_be_written_to_is_no_address(typed):
    assert refusal(read_address, typed) == "Enter an e-mail address like name@school.edu."
    for clean in (AddressFormField().clean, lambda value: AddressField().clean(value, None)):
        with pytest.raises(ValidationError):
            clean(typed)


@given(
    st.one_of(st.text(), st.emails(), st.builds("{}@{}".format, TYPED, st.sampled_from(["x.edu", "bücher.example"])))
)
def test_reading_an_address_twice_changes_nothing(typed):
    try:
        address = read_address(typed)
    except ValidationError:
        return
    assert read_address(address) == address == address.lower()
    assert address.isascii() and address.isprintable()


# ---- links ----


def test_a_link_is_stored_without_what_nobody_sees():
    assert read_link(" https://zoom.example/j/1\u200b?pwd=\u00ada ") == "https://zoom.example/j/1?pwd=a"
    assert LinkFormField().clean("zoom.example/j/1\u200b") == "https://zoom.example/j/1"
    assert LinkField().clean("https://zoom.example/\u2060", None) == "https://zoom.example/"


@pytest.mark.parametrize(
    "typed",
    ["ftp://files.example/x", "javascript:alert(1)", "https://", "https://a.example/\0", "https://a.example/a b"]
    + ["https://a.example/\u2028x", "https://[", "https://a.example/\x1b", "https://a.example/\ud800", "meet me"],
)
def test_what_a_browser_does_not_open_is_no_link(typed):
    for clean in (read_link, LinkFormField().clean, lambda value: LinkField().clean(value, None)):
        with pytest.raises(ValidationError, match="Enter a link that starts with https://, and nothing else."):
            clean(typed)


# ---- zones ----


@pytest.mark.parametrize(
    "name",
    [
        "localtime",
        "Factory",
        "posixrules",
        "posix/America/Chicago",
        "right/America/Chicago",
        "US/Pacific-New",
        "",
        "CST5",
    ]
    + [
        "../etc/passwd",
        "america/chicago",
        "America/Chicago ",
        "tzdata.zi",
        "zone.tab",
        "America",
        "\0",
        "America/Chicago\0",
    ],
)
def test_a_name_of_no_place_is_no_zone(name):
    said = f"“{name}” is not a time zone. Use a name like America/Chicago.".replace("\0", "�")
    assert refusal(validate_time_zone, name) == said
    assert read_zone(" America/Chicago\u200b") == "America/Chicago"


def test_every_name_that_is_accepted_can_be_loaded():
    assert len(zone_names()) > 500
    for name in zone_names():
        validate_time_zone(name)
        assert zone_of(name) == ZoneInfo(name)


@pytest.mark.parametrize("name", ["US/Pacific-New", "localtime", "", "../etc/passwd", "\0"])
def test_a_zone_that_is_gone_is_read_as_the_portals_and_logged_once(name, settings, caplog):
    zone_of.cache_clear()
    settings.TIME_ZONE = "America/Denver"
    with caplog.at_level(logging.ERROR, "foundation.values.zones"):
        assert zone_of(name) == zone_of(name) == ZoneInfo("America/Denver")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    zone_of.cache_clear()


# ---- days ----


def test_only_days_of_this_century_are_planned_for():
    validate_day(date(2000, 1, 1))
    validate_day(date(2100, 12, 31))
    assert refusal(validate_day, date(1999, 12, 31)) == "Choose a date from the year 2000 on."
    assert refusal(validate_day, date(2101, 1, 1)) == "Choose a date before the year 2101."


# ---- DOIs ----


@pytest.mark.parametrize(
    "typed",
    [
        "10.36834/cmej.71566",
        " doi:10.36834/cmej.71566 ",
        "DOI: 10.36834/cmej.71566",
        "https://doi.org/10.36834/cmej.71566",
        "http://dx.doi.org/10.36834/cmej.71566",
        "10.36834/cmej\u200b.71566",
    ],
)
def test_every_spelling_of_a_doi_is_its_name_alone(typed):
    assert read_doi(typed) == DoiFormField().clean(typed) == "10.36834/cmej.71566"


@pytest.mark.parametrize(
    "typed",
    [
        "cmej.71566",
        "10.1/x",
        "11.1000/182",
        "10.1000/",
        "10.1000/1 82",
        "https://example.org/10.1000/182",
        "10.1000/\0",
    ],
)
def test_what_is_no_doi_is_refused_with_an_example(typed):
    said = refusal(read_doi, typed)
    assert "is not a DOI. Copy it as the article gives it, such as 10.1000/182." in said


@given(TYPED)
def test_a_doi_read_again_is_the_same(typed):
    try:
        doi = read_doi(f"10.1000/{typed}")
    except ValidationError:
        return
    assert read_doi(doi) == doi and doi.isprintable()
