"""Two people of the office change the same object: what does not clash is merged, what does is shown side by side."""

import pytest
from django.contrib import admin
from django.test import Client

from catalog.models import Workshop
from devtools.testing.office_pages import filled_in, session_page, workshop_page
from devtools.testing.page import read
from office.stale.forms import OfficeForm
from sessions_app.models import Meeting, Session

pytestmark = pytest.mark.django_db

# Of each form two fields that two people change at once. "" where a form has one field only.
TWO = {
    "accounts.campus": ("name", "time_zone"),
    "accounts.person": ("name", "pronouns"),
    "accounts.unit": ("name", ""),
    "catalog.action": ("name", "summary"),
    "catalog.facilitator": ("name", "credentials"),
    "catalog.pagetext": ("text", ""),
    "catalog.partner": ("name", "link"),
    "catalog.program": ("title", "lead"),
    "catalog.teammember": ("name", "role"),
    "catalog.topic": ("name", "slug"),
    "catalog.workshop": ("title", "summary"),
    "library.resource": ("title", "summary"),
    "notifications.wording": ("subject", "words"),
    "outcomes.creditkind": ("name", "unit"),
    "outcomes.requirement": ("title", "hours"),
    "sessions_app.blackout": ("words", "first_day"),
    "sessions_app.requestrules": ("closed_words", "lead_days"),
    "sessions_app.session": ("capacity", "accommodation_lead_days"),
    "sessions_app.venue": ("building", "room"),
}
SPECIAL = {
    "subject": ("{title}: theirs", "{title}: mine"),
    "time_zone": ("America/Denver", "America/Boise"),
    "link": ("https://theirs.example.edu/", "https://mine.example.edu/"),
    "slug": ("theirs-now", "mine-now"),
    "hours": ("7.00", "8.00"),
    "lead_days": ("7", "8"),
    "first_day": ("2024-01-07", "2024-01-08"),
    "capacity": ("31", "32"),
    "accommodation_lead_days": ("7", "8"),
}
PAGES = {page.opts.label_lower: page for page in admin.site._registry.values()}


def values(field: str) -> tuple[str, str]:
    return SPECIAL.get(field, (f"Theirs {field}", f"Mine {field}"))


def save(client: Client, url: str, typed: dict):
    """Send a form, and say yes where it asks first. Returns the answer."""
    response = client.post(url, typed)
    page = read(response) if response.status_code == 400 else None
    if page and "Nothing is saved yet: say yes" in page.text:
        response = client.post(url, typed | {"agreed": page.field(name="agreed").attributes["value"]})
    return response


def now_in(client: Client, url: str, form: str, field: str) -> str:
    return filled_in(client, url, form)[field][0]


@pytest.fixture
def page_of_noun(every_noun, clerk):
    """page_of_noun(label) is the page of a row of that noun, and the id of its form."""

    def page(label: str) -> tuple[str, str]:
        model = PAGES[label].model
        return f"/admin/{label.replace('.', '/')}/{model.objects.first().pk}/change/", f"{model._meta.model_name}_form"

    return page


def test_every_form_of_the_office_is_tried():
    forms = [page for page in PAGES.values() if issubclass(page.form, OfficeForm) and "change" in page.office_may]
    assert {page.opts.label_lower for page in forms} == set(TWO)


@pytest.mark.parametrize("label", TWO)
def test_no_form_loses_what_either_of_two_has_typed(label, page_of_noun, clerk):
    url, form = page_of_noun(label)
    first, second = TWO[label]
    (theirs, mine), other = values(first), values(second)[1]
    if second:
        typed = filled_in(clerk, url, form) | {second: other}
        assert save(clerk, url, filled_in(clerk, url, form) | {first: theirs}).status_code == 302
        merged = save(clerk, url, typed)
        assert merged.status_code == 302, read(merged).text
        assert (now_in(clerk, url, form, first), now_in(clerk, url, form, second)) == (theirs, other)
    typed = filled_in(clerk, url, form) | {first: mine}
    again = values(first)[0] + ("" if first in SPECIAL else " again")
    if first in SPECIAL:
        again = {"capacity": "33", "first_day": "2024-01-09", "subject": "{title}: again"}[first]
    assert save(clerk, url, filled_in(clerk, url, form) | {first: again}).status_code == 302
    clash = save(clerk, url, typed)
    shown = read(clash)
    assert clash.status_code == 409 and "You both changed this" in shown.text
    assert again in shown.text and mine in shown.text and now_in(clerk, url, form, first) == again
    assert shown.form(id=form).data[first] == [mine]
    knowing = shown.form(id=form).data | {"_save": "Save"}
    assert save(clerk, url, knowing | {f"keep:{first}": "theirs"}).status_code == 302
    assert now_in(clerk, url, form, first) == again
    assert save(clerk, url, knowing).status_code == 302
    assert now_in(clerk, url, form, first) == mine


def test_what_somebody_else_changed_is_said_after_saving(clerk, workshop):
    url = workshop_page(workshop)
    typed = filled_in(clerk, url, "workshop_form", summary="My summary.")
    Workshop.objects.filter(pk=workshop.pk).update(title="Their Title")
    page = read(clerk.post(url, typed, follow=True))
    assert "Somebody else changed this while you had it open, and that is kept." in page.text
    assert "Title was Bystander Interventions, and is now Their Title." in page.text


# ---- rows ----


@pytest.fixture
def aims(workshop):
    """The workshop with three objectives, which its form shows."""
    return [workshop.objectives.create(text=text, position=n) for n, text in enumerate(("One", "Two", "Three"), 1)]


def texts(workshop) -> list[str]:
    return list(workshop.objectives.values_list("text", flat=True))


def test_rows_that_two_people_changed_are_merged(clerk, workshop, aims):
    url = workshop_page(workshop)
    typed = filled_in(clerk, url, "workshop_form") | {"objectives-2-text": "My three"}
    workshop.objectives.create(text="Their four", position=4)
    workshop.objectives.filter(pk=aims[0].pk).update(text="Their one")
    workshop.objectives.filter(pk=aims[1].pk).delete()
    typed |= {"objectives-TOTAL_FORMS": "4", "objectives-3-text": "My four", "objectives-3-position": "9"}
    response = clerk.post(url, typed)
    assert response.status_code == 302, read(response).text
    assert texts(workshop) == ["Their one", "My three", "Their four", "My four"]


def test_a_row_that_two_people_changed_is_shown_side_by_side(clerk, workshop, aims):
    url = workshop_page(workshop)
    typed = filled_in(clerk, url, "workshop_form") | {"objectives-1-text": "My two", "title": "My Title"}
    workshop.objectives.filter(pk=aims[1].pk).update(text="Their two")
    workshop.objectives.filter(pk=aims[0].pk).delete()
    clash = clerk.post(url, typed)
    page = read(clash)
    assert clash.status_code == 409 and "Their two" in page.text and page.field(name="title").value == "My Title"
    again = page.form(id="workshop_form").data | {"_save": "Save"}
    assert again["objectives-0-text"] == ["My two"] and texts(workshop) == ["Their two", "Three"]
    assert clerk.post(url, again | {"keep:objectives-0-text": "theirs"}).status_code == 302
    assert texts(workshop) == ["Their two", "Three"] and Workshop.objects.get().title == "My Title"


@pytest.mark.parametrize("keep, left", [("theirs", ["One", "Three"]), ("mine", ["One", "Three", "My two"])])
def test_a_row_changed_here_and_deleted_there_is_asked_about(clerk, workshop, aims, keep, left):
    url = workshop_page(workshop)
    typed = filled_in(clerk, url, "workshop_form") | {"objectives-1-text": "My two", "objectives-1-position": "9"}
    workshop.objectives.filter(pk=aims[1].pk).delete()
    page = read(clash := clerk.post(url, typed))
    assert clash.status_code == 409 and "My two" in page.text and "deleted" in page.text
    again = page.form(id="workshop_form").data | {"_save": "Save"}
    assert clerk.post(url, again | {"keep:objectives-2-": keep}).status_code == 302
    assert texts(workshop) == left


@pytest.mark.parametrize("keep, left", [("theirs", ["One", "Their two", "Three"]), ("mine", ["One", "Three"])])
def test_a_row_deleted_here_and_changed_there_is_asked_about(clerk, workshop, aims, keep, left):
    url = workshop_page(workshop)
    typed = filled_in(clerk, url, "workshop_form") | {"objectives-1-DELETE": "on"}
    workshop.objectives.filter(pk=aims[1].pk).update(text="Their two")
    page = read(clash := clerk.post(url, typed))
    assert clash.status_code == 409 and "Their two" in page.text
    again = page.form(id="workshop_form").data | {"_save": "Save"}
    assert clerk.post(url, again | {"keep:objectives-1-DELETE": keep}).status_code == 302
    assert texts(workshop) == left


def test_further_meetings_that_were_written_again_are_merged(clerk, workshop, make_session):
    from devtools.testing.cast import weekly

    draft = make_session(published=False, meetings=weekly(3))
    url = session_page(draft)
    typed = filled_in(clerk, url, "session_form") | {"meetings-0-join_link": "https://mine.example.edu/two"}
    theirs = filled_in(clerk, url, "session_form") | {"meetings-1-join_link": "https://theirs.example.edu/three"}
    assert save(clerk, url, theirs).status_code == 302
    response = save(clerk, url, typed)
    assert response.status_code == 302, read(response).text
    links = Meeting.objects.filter(session=draft).values_list("join_link", flat=True)
    assert list(links)[1:] == ["https://mine.example.edu/two", "https://theirs.example.edu/three"]


def test_what_was_typed_into_a_draft_that_somebody_published_is_shown(clerk, office, make_session):
    draft = make_session(published=False)
    url = session_page(draft)
    typed = filled_in(clerk, url, "session_form") | {"day": "2031-05-14", "capacity": "30"}
    Session.objects.get(pk=draft.pk).publish(by=office)
    page = read(clash := clerk.post(url, typed))
    assert clash.status_code == 409 and "2031-05-14" in page.text and "cannot be typed here any more" in page.text
    assert page.form(id="session_form").data["capacity"] == ["30"]
    draft.refresh_from_db()
    assert draft.capacity == 24
