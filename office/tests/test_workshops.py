import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from catalog.models import Objective, Program, Workshop
from devtools.testing.office_pages import filled_in, workshop_page
from devtools.testing.page import read
from registrations.models import PriorAttendance

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


# ---- deleting ----


def deleted(clerk, workshop):
    return clerk.post(reverse("admin:catalog_workshop_delete", args=[workshop.pk]), {"post": "yes"})


def test_a_workshop_that_nobody_needs_is_deleted(clerk, workshop):
    Objective.objects.create(workshop=workshop, text="Notice")
    assert deleted(clerk, workshop).status_code == 302 and not Workshop.objects.exists()


def test_a_workshop_that_others_need_is_not_deleted(clerk, make_session, workshop, person):
    make_session()
    make_session(published=False)
    Program.objects.create(title="Ally", slug="ally").entries.create(workshop=workshop)
    later = Workshop.objects.create(title="Part 2", slug="part-2")
    later.requires.add(workshop)
    Workshop.objects.create(title="Old", slug="old", successor=workshop)
    PriorAttendance.objects.create(person=person, workshop=workshop)
    response = deleted(clerk, workshop)
    page = read(response)
    assert response.status_code == 409 and Workshop.objects.filter(pk=workshop.pk).exists()
    assert (
        "Bystander Interventions cannot be deleted, because 1 program, 1 workshop taken elsewhere, 2 sessions "
        "and 2 workshops need it. Make it a draft instead: then only the office sees it."
    ) in page.text
    assert page.link("Ally") == reverse("admin:catalog_program_change", args=[Program.objects.get().pk])
    assert page.link("Part 2") == workshop_page(later)
    assert page.parts("#content form") == []


@pytest.mark.parametrize("need", ["prepares_for", "predecessors"])
def test_what_the_database_would_let_go_keeps_a_workshop_too(clerk, workshop, need):
    getattr(workshop, need).add(Workshop.objects.create(title="Other", slug="other"))
    response = deleted(clerk, workshop)
    assert response.status_code == 409 and "because 1 workshop needs it." in read(response).text
    assert Workshop.objects.filter(pk=workshop.pk).exists()


def test_what_needs_a_workshop_is_named_up_to_a_number(clerk, workshop, make_session, monkeypatch):
    monkeypatch.setattr("office.deleting.MOST_NAMED", 2)
    for days in (10, 20, 30, 40):
        make_session(days=days)
    page = read(deleted(clerk, workshop))
    assert "because 4 sessions need it." in page.text and "And 2 more." in page.text


# ---- what comes after what, and what counts as what ----


@pytest.fixture
def chain(workshop) -> tuple[Workshop, Workshop, Workshop]:
    """Part 3 comes after Part 2, which comes after Part 1."""
    one, two, three = (Workshop.objects.create(title=f"Part {n}", slug=f"part-{n}") for n in (1, 2, 3))
    three.requires.add(two)
    two.requires.add(one, workshop)
    return one, two, three


def saved(clerk, workshop, **typed):
    return clerk.post(workshop_page(workshop), filled_in(clerk, workshop_page(workshop), "workshop_form", **typed))


def test_a_circle_of_workshops_is_refused_and_named(clerk, chain):
    one, _, three = chain
    response = saved(clerk, one, requires=[three.pk])
    said = "Part 1 comes after Part 3, which comes after Part 2, which comes after Part 1."
    page = read(response)
    assert response.status_code == 400 and said in page.text and not one.requires.exists()
    assert page.field(name="requires").values == [str(three.pk)]


def test_a_workshop_may_come_after_the_same_one_twice_over(clerk, chain, workshop):
    """Part 3 comes after Part 1 through Part 2, and now also by itself: that is no circle."""
    one, two, three = chain
    assert saved(clerk, three, requires=[one.pk, two.pk]).status_code == 302
    assert set(three.requires.all()) == {one, two}


def test_a_workshop_counts_as_the_one_that_took_its_place(clerk, chain):
    one, two, _ = chain
    assert saved(clerk, one, successor=two.pk).status_code == 302
    assert Workshop.objects.get(pk=one.pk).successor == two
    assert LogEntry.objects.latest("pk").get_change_message() == "Counts as: from nothing to Part 2."


def test_a_circle_of_successors_is_refused_and_named(clerk, chain):
    one, two, three = chain
    Workshop.objects.filter(pk=one.pk).update(successor=two)
    Workshop.objects.filter(pk=two.pk).update(successor=three)
    response = saved(clerk, three, successor=one.pk)
    said = "Part 3 counts as Part 1, which counts as Part 2, which counts as Part 3."
    assert response.status_code == 400 and said in read(response).text
    assert Workshop.objects.get(pk=three.pk).successor is None


def test_a_workshop_neither_follows_itself_nor_counts_as_itself(clerk, workshop):
    response = saved(clerk, workshop, requires=[workshop.pk], successor=workshop.pk)
    assert response.status_code == 400 and not workshop.requires.exists()
    assert Workshop.objects.get(pk=workshop.pk).successor is None


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


def test_selected_drafts_of_workshops_are_published_after_asking(clerk, workshop, make_session, office):
    draft = Workshop.objects.create(title="Belonging", slug="belonging")
    make_session(workshop=draft, published=False)
    chosen = {"action": "publish_selected", "_selected_action": [draft.pk, workshop.pk], "index": "0"}
    url = "/admin/catalog/workshop/"
    asked = read(clerk.post(url, chosen))
    for sentence in (
        "Its one draft of a session stays a draft: publish it next.",
        "It has no objectives yet.",
        "It is published already.",
    ):
        assert sentence in asked.text
    draft.refresh_from_db()
    assert not draft.is_published
    done = read(clerk.post(url, asked.form(id="many_form").data | {"sure": "1"}, follow=True))
    draft.refresh_from_db()
    assert draft.is_published and draft.sessions.get().status == "draft"
    assert "One workshop is published." in done.text
