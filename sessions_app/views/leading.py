"""The page that the mail to a facilitator leads to: say yes or no to leading one session, without signing in.

The mail may have been passed on. So the page shows what stood in the mail and who is asked, and nobody who registered.
A GET, as of a program that scans mail, changes nothing.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from foundation import database_clock
from sessions_app.display.leading import meetings_led, title_and_day_of
from sessions_app.models import Leading, Session
from sessions_app.models.leading import MOST_REASON
from sessions_app.models.leading_keys import opened_by, path_of_leading

# What the page says.
ASKS, ACCEPTED, DECLINED, SETTLED, TAKEN_OFF = "asks", "accepted", "declined", "settled", "taken_off"
CANCELLED, OVER, UNKNOWN = "cancelled", "over", "unknown"
YES, NO = "yes", "no"
STATUSES = {OVER: HTTPStatus.GONE, UNKNOWN: HTTPStatus.NOT_FOUND}


class RefusalForm(forms.Form):
    """Say why not; nothing needs to be said."""

    reason = forms.CharField(
        label="Why not, if you like",
        required=False,
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The office alone reads it.",
    )


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leading(request: HttpRequest, uuid: UUID, key: str) -> HttpResponse:
    """GET asks, POST with the `answer` yes or no says so and leads to what the page says then.

    A key of something else, or a part of one, is 404; a session that is over is 410. A refusal is 409 with its
    sentence, and what was typed is kept.
    """
    asked, now = opened_by(uuid, key), database_clock.now()
    if asked is None:
        return _page(request, None, now, state=UNKNOWN)
    if request.method != "POST":
        return _page(request, asked, now)
    form = RefusalForm(request.POST)
    answer = request.POST.get("answer")
    if answer not in (YES, NO):
        refusal = "Nothing was answered. Press one of the two buttons."
        return _page(request, asked, now, form, refusal=refusal, status=HTTPStatus.BAD_REQUEST)
    if answer == NO and not form.is_valid():
        return _page(request, asked, now, form, status=HTTPStatus.BAD_REQUEST)
    try:
        if answer == YES:
            asked.accept(now=now)
        else:
            asked.decline(form.cleaned_data["reason"], now=now)
    except Leading.Refused as refused:
        return _page(request, asked, now, form, refusal=str(refused), status=HTTPStatus.CONFLICT)
    return redirect(path_of_leading(asked))


def state_of(asked: Leading, now: datetime) -> str:
    """Return what the page says of `asked`."""
    session = asked.session
    if session.status == Session.Status.CANCELLED:
        return CANCELLED
    if not session.is_running or not session.has_meeting_ahead(now):
        return OVER
    if asked.is_declined:
        return SETTLED if asked.settled_at else DECLINED
    if not asked.stands:
        return TAKEN_OFF
    return ACCEPTED if asked.is_accepted else ASKS


def _page(
    request: HttpRequest,
    asked: Leading | None,
    now: datetime,
    form: RefusalForm | None = None,
    *,
    state: str = "",
    refusal: str = "",
    status: int = 0,
) -> HttpResponse:
    state = state or (state_of(asked, now) if asked else UNKNOWN)
    context: dict[str, Any] = {"nav": "my", "state": state, "form": form or RefusalForm(), "refusal": refusal}
    if asked:
        context |= {
            "leading": asked,
            "session": asked.session,
            "titled": title_and_day_of(asked.session, now),
            "meetings": meetings_led(asked.session, now) if state in (ASKS, ACCEPTED, DECLINED) else [],
            "others": [one for one in asked.session.led_by if one.pk != asked.facilitator_id],
            "is_theirs": request.user.is_authenticated and request.user == asked.facilitator.reader,
        }
    answered = status or STATUSES.get(state, HTTPStatus.OK)
    response = render(request, "sessions_app/leading/answer.html", context, status=answered)
    # The address is the key: no log is to have it as a referrer, and the form still needs an origin.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
