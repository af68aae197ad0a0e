import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from catalog.models import Objective, Workshop
from devtools.testing.office_pages import filled_in, workshop_page
from devtools.testing.page import read

pytestmark = pytest.mark.django_db
ADD = "/admin/catalog/workshop/add/"


def objectives(*rows, initial=0) -> dict:
    fields = {"objectives-TOTAL_FORMS": len(rows), "objectives-INITIAL_FORMS": initial}
    for number, (position, text) in enumerate(rows):
        fields |= {f"objectives-{number}-position": position, f"objectives-{number}-text": text}
    return fields


def test_a_workshop_is_made_with_its_objectives_in_order(clerk):
    fields = filled_in(clerk, ADD, "workshop_form", title="Implicit Bias", slug="implicit-bias")
    fields |= objectives((2, "second"), ("", "last"), (1, "first"), ("", ""))
    assert clerk.post(ADD, fields).status_code == 302
    workshop = Workshop.objects.get(slug="implicit-bias")
    assert [(one.position, one.text) for one in workshop.objectives.all()] == [(1, "first"), (2, "second"), (3, "last")]
    assert (workshop.default_minimum, workshop.default_capacity) == (6, 24)


def test_an_objective_that_changed_is_on_record(clerk, workshop):
    Objective.objects.create(workshop=workshop, position=1, text="Notice")
    fields = filled_in(clerk, workshop_page(workshop), "workshop_form", **{"objectives-0-text": "Notice and say so"})
    assert clerk.post(workshop_page(workshop), fields).status_code == 302
    entry = LogEntry.objects.filter(content_type__model="workshop").latest("pk")
    assert entry.get_change_message() == "Objectives: from 1. Notice to 1. Notice and say so."


def test_a_workshop_with_a_minimum_above_its_capacity_is_refused(clerk):
    fields = filled_in(clerk, ADD, "workshop_form", title="Small", slug="small", default_minimum=30)
    response = clerk.post(ADD, fields)
    assert response.status_code == 400
    assert read(response).everything.count("The minimum cannot be larger than the capacity, 24.") == 1
    assert not Workshop.objects.filter(slug="small").exists()


def test_a_workshop_links_to_its_page(clerk, workshop):
    assert workshop.get_absolute_url() in read(clerk.get(workshop_page(workshop))).addresses


def test_a_workshop_with_sessions_is_not_deleted(clerk, make_session, workshop):
    make_session()
    clerk.post(reverse("admin:catalog_workshop_delete", args=[workshop.pk]), {"post": "yes"})
    assert Workshop.objects.filter(pk=workshop.pk).exists()


# ---- what kind of thing it is ----


@pytest.mark.parametrize(
    ("offering", "typed", "minimum"),
    [("lecture", "", 1), ("lecture", "4", 4), ("training", "", 6), ("debrief", "", 6), ("dialogue", "8", 8)],
)
def test_a_minimum_left_blank_follows_from_the_offering(clerk, offering, typed, minimum):
    fields = filled_in(clerk, ADD, "workshop_form", title="New", slug="new", offering=offering, default_minimum=typed)
    assert clerk.post(ADD, fields).status_code == 302
    assert Workshop.objects.get(slug="new").default_minimum == minimum


def test_the_form_of_a_new_workshop_leaves_the_minimum_to_the_offering(clerk):
    field = read(clerk.get(ADD)).field(name="default_minimum")
    assert (field.value, field.help) == ("", "Blank: 6; for a lecture 1.")


def test_a_minimum_that_is_cleared_follows_from_the_offering_again(clerk, workshop):
    page = workshop_page(workshop)
    fields = filled_in(clerk, page, "workshop_form", offering="lecture")
    assert clerk.post(page, fields).status_code == 302
    workshop.refresh_from_db()
    assert (workshop.offering, workshop.default_minimum) == ("lecture", 6)
    assert clerk.post(page, filled_in(clerk, page, "workshop_form", default_minimum="")).status_code == 302
    workshop.refresh_from_db()
    assert workshop.default_minimum == 1


@pytest.mark.parametrize("typed", ["0", "-1", "x", "9" * 30, "1.5"])
def test_a_minimum_that_is_no_number_of_people_is_refused(clerk, typed):
    fields = filled_in(clerk, ADD, "workshop_form", title="New", slug="new", default_minimum=typed)
    response = clerk.post(ADD, fields)
    assert response.status_code == 400 and read(response).field(name="default_minimum").value == typed


def test_the_facts_of_a_workshop_are_the_offices_to_set(clerk):
    facts = {"offering": "dialogue", "offering_name": "change chat", "language": "Spanish", "is_recorded": "on"}
    facts |= {"recording_note": "The recording is in the library."}
    fields = filled_in(clerk, ADD, "workshop_form", title="New", slug="new") | facts
    fields.pop("is_interactive"), fields.pop("has_captions")
    assert clerk.post(ADD, fields).status_code == 302
    made = Workshop.objects.get(slug="new")
    assert (made.kind_words, made.recording_words) == ("Change chat", "Recorded. The recording is in the library.")
    assert (made.language, made.has_captions) == ("Spanish", False)
