"""One session leads to others: “Save and add another” keeps what they share, and a copy goes to other dates."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from office.base import OfficeAdmin
from office.sessions.fields import MeetingFields
from sessions_app.models import Session

KEPT = ("starts", "ends", "zone", "venue", "join_link")


class CopiesOfSessions(OfficeAdmin):
    """The part of the page of a session that leads to the next one."""

    def response_add(self, request: HttpRequest, obj: Session, post_url_continue: str | None = None) -> HttpResponse:
        """Ask for another session of the workshop, at the same time of day and place."""
        response = super().response_add(request, obj, post_url_continue)
        if "_addanother" not in request.POST or not isinstance(response, HttpResponseRedirect):
            return response
        return HttpResponseRedirect(f"{reverse('admin:sessions_app_session_add')}?like={obj.code}")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return what another session has from the one that the address names; nothing else of it fills in the form."""
        code = request.GET.get("like", "")
        like = Session.objects.filter(code=code).first() if code and "\0" not in code else None
        return {**super().get_changeform_initial_data(request), **(kept_of(like) if like else {})}


def kept_of(session: Session) -> dict[str, str]:
    """Return what another session has from this one, as the fields of its form show it."""
    kept = {"workshop": str(session.workshop_id)}
    if first := session.meetings.first():
        shown = MeetingFields.initial_of(first)
        shown |= {name: f"{shown[name]:%H:%M}" for name in ("starts", "ends")}
        kept |= {name: str(shown[name]) for name in KEPT if shown[name]}
    return kept
