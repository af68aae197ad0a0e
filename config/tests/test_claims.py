"""Nothing that a page or a mail claims is false for an office: what is said of a workshop follows from its facts."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from catalog.models import Format
from devtools.testing.mail_reader import read_mail
from devtools.testing.page import get, read
from notifications.outbox.compose import write_mail
from registrations.models import Registration

ROOT = Path(settings.BASE_DIR)
# What no template and no sentence of ours can know.
CLAIMS = re.compile(
    r"medical school|\bDEI\b|diversity|implicit bias|(never|nothing is) recorded|live (and|in) |always on|"
    r"open to everyone at|most sessions|everyone at the",
    re.IGNORECASE,
)
# Examples in docstrings and comments are for people who read the code.
NOT_SHOWN = re.compile(r'""".*?"""|^\s*#[^\n]*|\{#.*?#\}', re.DOTALL | re.MULTILINE)
APPS = ["accounts", "catalog", "foundation", "notifications", "office", "registrations", "sessions_app"]
SAYING = [
    *sorted((ROOT / "templates").rglob("*.*")),
    *(
        path
        for app in [*APPS, "config"]
        for path in sorted((ROOT / app).rglob("*.py"))
        if not {"tests", "migrations"}.intersection(path.parts)
    ),
]


def claimed(text: str) -> list[str]:
    return [found.group() for found in CLAIMS.finditer(NOT_SHOWN.sub("", text))]


def test_no_template_and_no_sentence_claims_what_only_an_office_can():
    found = {str(path.relative_to(ROOT)): claimed(path.read_text(encoding="utf-8")) for path in SAYING}
    assert {name: claims for name, claims in found.items() if claims} == {}


@pytest.mark.parametrize(
    "claim", ["Sessions are never recorded.", "the DEI office", "Captions are always on.", "Live and interactive"]
)
def test_a_claim_is_found(claim):
    assert claimed(f"<p>{claim}</p>") != [] and claimed(f'"""{claim}"""') == []


LECTURE = {
    "offering": "lecture",
    "is_interactive": False,
    "is_recorded": True,
    "recording_note": "The recording is in the library.",
    "has_captions": False,
    "language": "Spanish",
    "default_minimum": 1,
}
OPPOSITES = ["interactive", "not recorded", "captions", "english", "training,"]


@pytest.fixture
def lecture(workshop):
    """A workshop of which everything is otherwise than usual, for faculty alone."""
    for name, value in LECTURE.items():
        setattr(workshop, name, value)
    workshop.for_staff = workshop.for_residents = workshop.for_students = workshop.for_others = False
    workshop.save()
    return workshop


@pytest.mark.django_db
def test_a_page_says_of_a_lecture_what_is_true(client, lecture, make_session):
    made = make_session()
    for path in (lecture.get_absolute_url(), made.get_absolute_url()):
        main = get(client, path).part("main").text
        assert "Lecture" in main and "Spanish" in main
        assert "Recorded. The recording is in the library." in main
        assert [word for word in OPPOSITES if word in main.lower()] == []
    assert "Lecture · 90 minutes" in get(client, reverse("workshops")).text


@pytest.mark.django_db
def test_no_lecture_asks_whether_a_team_is_six_or_more(client, lecture):
    page = get(client, lecture.get_absolute_url())
    assert "Is your team" not in page.text and "ask for a session" not in page.part("main").text
    assert "About this lecture" in page.headings()
    lecture.offering, lecture.default_minimum = "dialogue", 4
    lecture.save()
    page = get(client, lecture.get_absolute_url())
    assert {"Is your team four or more?", "About this dialogue"} <= set(page.headings())


@pytest.mark.django_db
def test_the_offices_own_name_for_a_kind_stands_on_every_page(client, workshop, make_session):
    workshop.offering, workshop.offering_name = "dialogue", "change chat"
    workshop.save()
    made = make_session()
    for path in (workshop.get_absolute_url(), made.get_absolute_url(), reverse("workshops")):
        assert "Change chat" in get(client, path).text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("format", "captions", "said"),
    [
        (Format.ONLINE, True, "Live captions are on."),
        (Format.HYBRID, True, "Live captions are on online."),
        (Format.IN_PERSON, True, ""),
        (Format.ONLINE, False, ""),
    ],
)
def test_captions_are_claimed_only_where_they_are(client, workshop, make_session, format, captions, said):
    workshop.has_captions = captions
    workshop.save()
    made = make_session(format=format, published=False)
    made.status = made.Status.OPEN
    made.save()
    text = get(client, made.get_absolute_url()).part("main").text
    assert said in text if said else "aptions" not in text


@pytest.mark.django_db
def test_the_form_of_access_needs_claims_no_captions_that_are_not_there(me, person, workshop, session):
    registration = Registration.objects.register(person, session)
    page = reverse("accommodation", args=[registration.uuid])
    assert "Live captions are on" in get(me, page).text
    workshop.has_captions = False
    workshop.save()
    assert "aptions" not in get(me, page).text


@pytest.mark.django_db
def test_mail_says_of_a_session_what_is_true(lecture, make_session, person, now):
    person.role = person.Role.FACULTY
    person.save()
    registration = Registration.objects.register(person, make_session(minimum=1), now=now)
    said = "Lecture · Spanish · Recorded. The recording is in the library."
    for notice in registration.notices.all():
        for body in read_mail(write_mail(notice)).bodies:
            assert said in body


@pytest.mark.django_db
def test_mail_names_the_office_and_the_institution_of_the_settings(make_session, person, now, settings):
    settings.OFFICE_NAME, settings.INSTITUTION_NAME = "Office of Belonging", "Lakeside Hospital"
    registration = Registration.objects.register(person, make_session(minimum=1), now=now)
    for body in read_mail(write_mail(registration.notices.first())).bodies:
        assert "Office of Belonging, Lakeside Hospital" in body


@pytest.mark.django_db
def test_a_lecture_that_needs_one_person_counts_nobody_else(client, make_session, people, now):
    made = make_session(minimum=1)
    main = read(client.get(made.get_absolute_url())).part("main").text
    assert "It needs one person" in main and "If nobody has registered by" in main
    assert "first of one" not in main and "one have" not in main.lower()
