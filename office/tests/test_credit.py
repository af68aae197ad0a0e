"""Credit in the admin: its kinds, and what a meeting of a workshop or of one session is worth."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry

from devtools.testing.office_pages import filled_in, schedule, session_page, workshop_page
from devtools.testing.page import read
from outcomes.models import CreditKind, CreditOffer

pytestmark = pytest.mark.django_db
KINDS = "/admin/outcomes/creditkind/"


@pytest.fixture
def kind_of_credit(db):
    return CreditKind.objects.create(name="Implicit-bias hours")


def row(kind_of_credit, hours, **more) -> dict:
    """Fill in the first row of credit."""
    typed = {"kind": kind_of_credit.pk, "hours": hours} | more
    return {"credit_offers-TOTAL_FORMS": 1} | {f"credit_offers-0-{name}": value for name, value in typed.items()}


def save(clerk, workshop, **typed):
    page = workshop_page(workshop)
    return clerk.post(page, filled_in(clerk, page, "workshop_form", **typed))


def last_record(noun: str) -> str:
    return LogEntry.objects.filter(content_type__model=noun).latest("pk").get_change_message()


def test_a_kind_is_made_and_named_in_the_list(clerk):
    typed = {"name": "State hours", "statement": "Counts in this state.", "asks_license": "on"}
    answer = clerk.post(f"{KINDS}add/", filled_in(clerk, f"{KINDS}add/", "creditkind_form", **typed))
    assert answer.status_code == 302
    made = CreditKind.objects.get()
    assert (made.unit, made.asks_license, made.is_active) == ("hours", True, True)
    assert "State hours" in read(clerk.get(KINDS)).source


def test_a_kind_that_something_is_worth_is_not_deleted(clerk, kind_of_credit, workshop):
    CreditOffer.objects.create(workshop=workshop, kind=kind_of_credit, hours=1)
    answer = clerk.post(f"{KINDS}{kind_of_credit.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 409
    assert "Switch it off instead" in read(answer).source


def test_a_workshop_is_worth_hours_and_it_is_on_record(clerk, workshop, kind_of_credit):
    assert save(clerk, workshop, **row(kind_of_credit, "1.5", needs_evaluation="on")).status_code == 302
    offer = workshop.credit_offers.get()
    assert (offer.kind, offer.hours, offer.needs_evaluation) == (kind_of_credit, Decimal("1.5"), True)
    said = "Credit: from nothing to Implicit-bias hours: 1.5 hours a meeting, with the evaluation."
    assert last_record("workshop") == said


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ("0", "A meeting is worth more than 0 hours."),
        ("-1", "A meeting is worth more than 0 hours."),
        ("1000", "A meeting is worth 100 hours at most."),
        ("1,000", "Enter hours as a number in quarters, such as 1.5."),
        ("1.1", "Enter hours in quarters, such as 1, 1.25, 1.5 or 1.75."),
        ("NaN", "Enter hours as a number in quarters, such as 1.5."),
        ("1e400", "A meeting is worth 100 hours at most."),
        ("", "Say how many hours a meeting is worth."),
    ],
)
def test_hours_that_cannot_be_are_refused_with_one_sentence(clerk, workshop, kind_of_credit, hours, sentence):
    answer = save(clerk, workshop, **row(kind_of_credit, hours))
    assert answer.status_code == 400
    said = read(answer)
    assert sentence in said.text
    assert said.field(name="credit_offers-0-hours").value == hours
    assert not CreditOffer.objects.exists()


def test_a_session_is_worth_something_else_than_its_workshop(clerk, workshop, kind_of_credit, wednesday):
    answer, session = schedule(clerk, workshop, wednesday, **row(kind_of_credit, "0.75"))
    assert answer.status_code == 302
    assert session.credit_offers.get().hours == Decimal("0.75")


def test_the_credit_of_a_published_session_changes_and_is_on_record(clerk, make_session, kind_of_credit):
    session = make_session()
    page = session_page(session)
    assert clerk.post(page, filled_in(clerk, page, "session_form", **row(kind_of_credit, "2"))).status_code == 302
    assert session.credit_offers.get().hours == 2
    assert last_record("session") == "Credit: from nothing to Implicit-bias hours: 2 hours a meeting."


def test_a_kind_that_is_given_no_more_is_no_choice(clerk, workshop, kind_of_credit):
    CreditKind.objects.update(is_active=False)
    assert save(clerk, workshop, **row(kind_of_credit, "1")).status_code == 400
    assert not CreditOffer.objects.exists()
