"""The admin's pages: their addresses, and their forms filled in as a browser does, from what the page shows."""

from datetime import date, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

from django.urls import reverse

from catalog.models import Workshop
from sessions_app.models import Session

SCHEDULE = "/admin/sessions_app/session/add/"


class Form(HTMLParser):
    """Read what a browser would send of the form with the given id: name to list of values, buttons left out."""

    def __init__(self, page: str, form_id: str):
        super().__init__()
        self.form_id, self.inside, self.values = form_id, False, {}
        self.select = self.textarea = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = attrs.get("id") == self.form_id
        if not self.inside:
            return
        name, kind = attrs.get("name"), attrs.get("type")
        if tag == "input" and name and kind != "submit" and (kind not in ("checkbox", "radio") or "checked" in attrs):
            self.values.setdefault(name, []).append(attrs.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in attrs:
            self.values.setdefault(self.select, []).append(attrs.get("value", ""))
        elif tag == "textarea":
            self.textarea = name
            self.values[name] = [""]

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            # A browser drops the line break that follows the tag.
            self.values[self.textarea][0] += data.removeprefix("\r\n") if not self.values[self.textarea][0] else data


def filled_in(client, url: str, form_id: str, **typed) -> dict:
    """Open `url` and return its form as it would be sent, with what is `typed` in place of what was there."""
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return Form(response.content.decode(), form_id).values | {"_save": "Save"} | typed


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
