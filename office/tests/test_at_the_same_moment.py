"""Two people do it at the same moment: one is answered with a sentence, none with an error (G15)."""

import pytest
from django.db import DatabaseError, IntegrityError
from django.http import HttpResponse
from django.test import Client

from accounts.models import Unit
from catalog.models import Topic, Workshop
from devtools.testing.access import access_page
from devtools.testing.meanwhile import meanwhile
from devtools.testing.office_pages import filled_in, workshop_page
from devtools.testing.page import read
from foundation.middleware.overtaken import OvertakenMiddleware
from notifications.models import CalendarFeed
from registrations.models import Accommodation, PriorAttendance

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

UNITS, FASTER = "/admin/accounts/unit/", "Somebody was faster."


@pytest.fixture
def unit(db) -> Unit:
    return Unit.objects.create(name="Pediatrics")


def test_the_same_unit_named_twice_is_one_and_a_sentence(clerk):
    typed = filled_in(clerk, f"{UNITS}add/", "unit_form", name="Surgery")
    with meanwhile(lambda: Unit.objects.create(name="Surgery")):
        response = clerk.post(f"{UNITS}add/", typed)
    page = read(response)
    assert response.status_code == 400 and "Unit with this Name already exists." in page.text
    assert page.field(name="name").value == "Surgery" and Unit.objects.count() == 1


def test_a_row_saved_while_it_is_deleted_is_gone_with_a_sentence(clerk, unit):
    page = f"{UNITS}{unit.pk}/change/"
    typed = filled_in(clerk, page, "unit_form", name="Children")
    with meanwhile(lambda: Unit.objects.filter(pk=unit.pk).delete()):
        response = clerk.post(page, typed, follow=True)
    assert response.status_code == 200 and "Perhaps it was deleted?" in read(response).text


def test_a_row_deleted_twice_is_gone_with_a_sentence(clerk):
    topic = Topic.objects.create(name="Bias", slug="bias")
    with meanwhile(lambda: Topic.objects.filter(pk=topic.pk).delete()):
        response = clerk.post(f"/admin/catalog/topic/{topic.pk}/delete/", {"post": "yes"}, follow=True)
    assert response.status_code == 200 and "Perhaps it was deleted?" in read(response).text


def test_what_is_chosen_while_it_is_deleted_is_to_be_chosen_again(clerk, person, unit):
    page = f"/admin/accounts/person/{person.pk}/change/"
    typed = filled_in(clerk, page, "person_form", unit=unit.pk, pronouns="they")
    with meanwhile(lambda: Unit.objects.filter(pk=unit.pk).delete()):
        response = clerk.post(page, typed)
    shown = read(response)
    assert response.status_code == 400 and "That choice is not one of the available choices." in shown.text
    assert shown.field(name="pronouns").value == "they" and "was changed successfully" not in shown.text


def test_a_workshop_taken_elsewhere_is_noted_once(clerk, person, workshop):
    page = "/admin/registrations/priorattendance/add/"
    typed = filled_in(clerk, page, "priorattendance_form", email=person.email, workshop=workshop.pk)
    with meanwhile(lambda: PriorAttendance.objects.create(person=person, workshop=workshop)):
        response = clerk.post(page, typed)
    assert response.status_code == 400 and "This person is already marked" in read(response).text


def with_order(client, workshop, **typed):
    page = workshop_page(workshop)
    return client.post(page, filled_in(client, page, "workshop_form", **typed))


@pytest.mark.parametrize("stands", ["requires", "successor"])
def test_two_of_the_office_make_no_circle_at_once(clerk, office, workshop, stands):
    """Each form is sound alone. Without the lock on the order both would be saved."""
    other = Workshop.objects.create(title="Allyship", slug="allyship")
    colleague = Client()
    colleague.force_login(office)
    typed = filled_in(clerk, workshop_page(workshop), "workshop_form", **{stands: other.pk})
    with meanwhile(lambda: with_order(colleague, other, **{stands: workshop.pk})):
        response = clerk.post(workshop_page(workshop), typed)
    words = "comes after" if stands == "requires" else "counts as"
    said = f"Bystander Interventions {words} Allyship, which {words} Bystander Interventions."
    assert response.status_code == 400 and said in read(response).text
    assert Workshop.objects.exclude(**{stands: None}).get() == other


def test_a_profile_saved_while_its_unit_is_deleted_says_so(me, person, unit, caplog):
    typed = {"name": "Kept", "role": "staff", "unit": unit.pk, "campus": "", "pronouns": ""}
    with meanwhile(lambda: Unit.objects.filter(pk=unit.pk).delete()):
        response = me.post("/accounts/profile/", typed)
    person.refresh_from_db()
    assert response.status_code == 409 and FASTER in read(response).text and person.unit is None
    assert "overtaken at profile: IntegrityError" in caplog.text and "Kept" not in caplog.text


# ---- what people need to take part ----


def test_needs_saved_while_they_are_deleted_are_asked_again(me, mine):
    Accommodation.objects.ask(mine, "An interpreter.")
    with meanwhile(lambda: Accommodation.objects.take_back(mine)):
        response = me.post(access_page(mine), {"needs": "Captions."})
    assert response.status_code == 302 and Accommodation.objects.get().needs == "Captions."


def test_needs_deleted_while_they_are_saved_are_gone(me, mine):
    Accommodation.objects.ask(mine, "An interpreter.")
    with meanwhile(lambda: Accommodation.objects.ask(mine, "Captions.")):
        response = me.post(f"{access_page(mine)}deletion/")
    assert response.status_code == 302 and not Accommodation.objects.exists()


def test_needs_deleted_without_the_lock_are_an_answer_too(me, mine):
    """As the nightly task deletes them, and a person with all their rows."""
    Accommodation.objects.ask(mine, "An interpreter.")
    with meanwhile(lambda: Accommodation.objects.all().delete()):
        response = me.post(access_page(mine), {"needs": "Captions."})
    assert response.status_code == 409 and FASTER in read(response).text


# ---- the private link ----


@pytest.mark.parametrize("had", [False, True])
def test_a_link_made_while_it_is_deleted_opens(me, person, now, had):
    if had:
        CalendarFeed.objects.renew(person, now)
    with meanwhile(lambda: CalendarFeed.objects.revoke(person, by=person)):
        assert me.post("/my/calendar/").status_code == 200
    assert CalendarFeed.objects.count() == 1


@pytest.mark.parametrize("had", [False, True])
def test_a_link_deleted_while_it_is_made_is_gone(me, person, now, had):
    if had:
        CalendarFeed.objects.renew(person, now)
    with meanwhile(lambda: CalendarFeed.objects.renew(person, now)):
        assert me.post("/my/calendar/deletion/").status_code == 302
    assert not CalendarFeed.objects.exists()


@pytest.mark.parametrize("had", [False, True])
def test_two_links_made_at_once_are_one(me, person, now, had):
    if had:
        CalendarFeed.objects.renew(person, now)
    with meanwhile(lambda: CalendarFeed.objects.renew(person, now)):
        assert me.post("/my/calendar/").status_code == 200
    assert CalendarFeed.objects.count() == 1


# ---- what no page has a sentence for ----


@pytest.mark.parametrize("error", [IntegrityError("x"), Unit.DoesNotExist("x"), DatabaseError("x"), ValueError("x")])
def test_what_nobody_overtook_stays_an_error(rf, error):
    answer = OvertakenMiddleware(lambda request: HttpResponse()).process_exception
    assert answer(rf.get("/"), error) is None
    if not isinstance(error, IntegrityError | Unit.DoesNotExist):
        assert answer(rf.post("/"), error) is None
