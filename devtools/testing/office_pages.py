"""The admin's pages: their addresses, and their forms filled in as a browser does, from what the page shows."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.admin import ModelAdmin
from django.urls import reverse

from catalog.models import Workshop
from devtools.testing.page import read
from sessions_app.models import Session

SCHEDULE = "/admin/sessions_app/session/add/"


def filled_in(client, url: str, form_id: str, **typed) -> dict:
    """Open `url` and return its form as it would be sent, with what is `typed` in place of what was there."""
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return read(response).form(id=form_id).data | {"_save": "Save"} | typed


def list_of(page: ModelAdmin) -> str:
    return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")


def workshop_page(workshop: Workshop) -> str:
    return reverse("admin:catalog_workshop_change", args=[workshop.pk])


def session_page(session: Session) -> str:
    return reverse("admin:sessions_app_session_change", args=[session.pk])


def schedule(client, workshop: Workshop, on: date, **typed) -> tuple:
    """Send the schedule form with a workshop, a day and noon, and what else is typed. Gives response and session."""
    basic = {"workshop": workshop.pk, "day": on.isoformat(), "starts": "12:00"}
    response = client.post(SCHEDULE, filled_in(client, SCHEDULE, "session_form", **basic) | typed)
    return response, Session.objects.order_by("pk").last()


def in_chicago(at: datetime) -> datetime:
    """Return the instant on the clock of Chicago, without a zone."""
    return at.astimezone(ZoneInfo("America/Chicago")).replace(tzinfo=None)


def agree(client, url: str, typed: dict, *sentences: str):
    """Send a form that asks first, see that it says `sentences` and saves nothing, say yes, and return the answer."""
    asked = client.post(url, typed)
    page = read(asked)
    assert asked.status_code == 400 and "Nothing is saved yet" in page.text, page.text
    for sentence in sentences:
        assert sentence in page.text, page.text
    return client.post(url, typed | {"agreed": page.field(name="agreed").attributes["value"]})


def once_more(client, url: str, typed: dict, *sentences: str):
    """Send a form against which something speaks, see that it says `sentences`, send it again, and return the answer.

    Typed are the fields as the page gives them back.
    """
    asked = client.post(url, typed)
    page = read(asked)
    assert asked.status_code == 400 and "Look at this first" in page.text, page.text
    for sentence in sentences:
        assert sentence in page.text, page.text
    return client.post(url, typed | {"agreed": page.field(name="agreed").attributes["value"]})


def press_twice(client, url: str, typed: dict, *sentences: str):
    """Send a form that shows its mail first, see that it says `sentences`, agree to it, and return the answer."""
    shown = client.post(url, typed)
    page = read(shown)
    assert shown.status_code == 200 and "Nothing has happened yet." in page.text, page.text
    for sentence in sentences:
        assert sentence in page.text, page.text
    return client.post(url, typed | {"agreed": page.field(name="agreed").attributes["value"]})
