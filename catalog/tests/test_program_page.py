"""The page of a program: its words, its workshops in order with every date, and what the viewer has done."""

import pytest
from django.urls import reverse

from catalog.models import Partner, Program, Workshop
from devtools.bench.data import fill
from devtools.testing.page import read
from foundation.kept import pages
from registrations.models import PriorAttendance, Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def bias(db) -> Workshop:
    return Workshop.objects.create(title="Implicit Bias", slug="implicit-bias", status="published")


@pytest.fixture
def shown_program(bias, workshop) -> Program:
    """A published program of two: Implicit Bias, then Bystander Interventions."""
    made = Program.objects.create(
        title="Ally Training",
        slug="ally-training",
        lead="A year of it.",
        description="For *everybody* who wants to act.",
        status="published",
        rule=Program.Rule.ALL,
    )
    made.entries.create(workshop=workshop, position=2)
    made.entries.create(workshop=bias, position=1)
    return made


def test_the_page_has_its_words_its_rule_and_its_people(client, shown_program):
    shown_program.sponsor = Partner.objects.create(name="Dean’s Fund", slug="fund", link="https://fund.example.org/")
    shown_program.contact = "ally@example.edu"
    shown_program.save()
    shown_program.partners.add(Partner.objects.create(name="City Museum", slug="museum"))
    page = read(client.get(shown_program.get_absolute_url()))
    assert page.headings()[0] == "Ally Training"
    for words in ("A year of it.", "Take both.", "For everybody who wants to act.", "City Museum"):
        assert words in page.text
    assert page.link("Dean’s Fund") == reverse("partners") + "#fund"
    assert page.link("ally@example.edu") == "mailto:ally@example.edu"


def test_without_a_contact_people_write_to_the_office(client, shown_program, settings):
    page = read(client.get(shown_program.get_absolute_url()))
    assert page.link(settings.OFFICE_NAME) == f"mailto:{settings.OFFICE_EMAIL}"


def test_its_workshops_stand_in_order_each_with_every_date(client, shown_program, bias, make_session):
    sessions = [make_session(days=days, workshop=bias) for days in (5, 30, 60)]
    last = make_session(days=20)
    page = read(client.get(shown_program.get_absolute_url()))
    first, second = page.parts("ol.q-steps > li")
    assert "Implicit Bias" in first.text and "Bystander Interventions" in second.text
    assert [one for one in first.addresses if one.endswith("/registration/")] == [
        reverse("register", args=[one.code]) for one in sessions
    ]
    assert reverse("register", args=[last.code]) in second.addresses and "0 of 6" in second.text


def test_a_date_that_is_unlisted_over_or_a_draft_is_not_shown(client, shown_program, make_session, now):
    shown = [make_session(listed=False), make_session(published=False)]
    page = read(client.get(shown_program.get_absolute_url()))
    assert not [one for one in shown if one.code in page.everything]
    assert page.text.count("No dates yet.") == 2


def test_a_workshop_without_dates_leads_to_telling_when_there_is_one(client, shown_program, workshop):
    page = read(client.get(shown_program.get_absolute_url()))
    assert reverse("interested", args=[workshop.slug]) in page.addresses


def test_signed_in_people_see_what_they_have_done(me, shown_program, bias, person, make_session, now):
    PriorAttendance.objects.create(person=person, workshop=bias)
    registration = Registration.objects.register(person, make_session(), now=now)
    page = read(me.get(shown_program.get_absolute_url()))
    first, second = page.parts("ol.q-steps > li")
    assert "1 of 2 done" in page.text
    assert "Done: taken elsewhere" in first.text and "✓" in first.everything
    assert "Booked for" in second.text and registration.get_absolute_url() in second.addresses


def test_a_workshop_names_what_it_comes_after(client, shown_program, bias, workshop):
    workshop.requires.add(bias, Workshop.objects.create(title="Allyship", slug="allyship"))
    page = read(client.get(shown_program.get_absolute_url()))
    assert "Comes after Allyship and Implicit Bias" in page.text and page.link("Allyship") == "/workshops/allyship/"


def test_a_program_with_dates_leads_to_registering_for_several(client, shown_program, make_session):
    several = reverse("program_registration", args=[shown_program.slug])
    assert several not in read(client.get(shown_program.get_absolute_url())).addresses
    make_session()
    assert several in read(client.get(shown_program.get_absolute_url())).addresses


def test_a_program_that_is_complete_says_so(me, shown_program, bias, workshop, person):
    for one in (bias, workshop):
        PriorAttendance.objects.create(person=person, workshop=one)
    assert "You have completed this program." in read(me.get(shown_program.get_absolute_url())).text


def test_visitors_are_told_nothing_of_what_is_done(client, shown_program):
    page = read(client.get(shown_program.get_absolute_url()))
    assert "done" not in page.text.lower() and "Booked" not in page.text


def test_a_draft_workshop_of_it_is_seen_by_the_office_alone(client, shown_program, bias, office):
    Workshop.objects.filter(pk=bias.pk).update(status="draft")
    page = read(client.get(shown_program.get_absolute_url()))
    assert "Implicit Bias" not in page.everything and "Take this workshop." in page.text
    client.force_login(office)
    page = read(client.get(shown_program.get_absolute_url()))
    assert "Implicit Bias" in page.text and "It does not count until it is published." in page.text


def test_a_draft_program_is_the_offices_alone(client, shown_program, person, office):
    Program.objects.update(status="draft")
    assert client.get(shown_program.get_absolute_url()).status_code == 404
    client.force_login(person)
    assert client.get(shown_program.get_absolute_url()).status_code == 404
    client.force_login(office)
    assert "Only the office sees this page" in read(client.get(shown_program.get_absolute_url())).text


def test_a_program_without_workshops_says_so(client, shown_program):
    shown_program.entries.all().delete()
    page = read(client.get(shown_program.get_absolute_url()))
    assert "No workshops yet." in page.text and "Take" not in page.text


def test_a_workshop_with_more_dates_than_are_shown_leads_to_all(client, shown_program, bias, make_session, monkeypatch):
    monkeypatch.setattr("sessions_app.templatetags.quorum.MOST_DATES", 1)
    sessions = [make_session(days=days, workshop=bias) for days in (5, 30)]
    page = read(client.get(shown_program.get_absolute_url()))
    assert sessions[0].code in page.everything and sessions[1].code not in page.everything
    assert page.link("All dates of Implicit Bias") == bias.get_absolute_url()


@pytest.mark.parametrize(("workshops", "sessions"), [(2, 12), (60, 400)])
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_the_page_makes_the_same_queries_at_any_size(
    client, now, django_assert_num_queries, workshops, sessions, is_signed_in
):
    viewer = fill(sessions, now)
    more = [Workshop(title=f"W{n}", slug=f"w{n}", status="published") for n in range(workshops)]
    Workshop.objects.bulk_create(more)
    made = Program.objects.create(title="P", slug="p", status="published", rule="categories")
    for position, one in enumerate(Workshop.objects.order_by("-pk")[: workshops + 12]):
        made.entries.create(workshop=one, position=position, category=made.categories.create(name=f"C{position}"))
    made.partners.add(Partner.objects.create(name="Museum", slug="museum"))
    more[0].requires.add(more[1])
    if is_signed_in:
        client.force_login(viewer)
    assert client.get(made.get_absolute_url()).status_code == 200
    pages.pages.clear()
    # The program with its sponsor, partners, categories, entries, what those come after, their dates, and how many
    # units are represented; signed in the viewer's sign-in and person, registrations, and the four of the progress. As
    # it is kept for visitors, the number before and after, and the office's own words.
    with django_assert_num_queries(14 if is_signed_in else 7 + 3):
        client.get(made.get_absolute_url())
