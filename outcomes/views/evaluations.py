"""The page on which a person evaluates a session: for the reader of one's mail, signed in or not.

The mail may have been passed on, so the page names nobody. A GET, as of a program that scans mail, changes nothing.
What is typed goes into the seal of the evaluation and nowhere else: neither into a browser session nor into a log.
"""

from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from accounts.sealed import Unreadable
from foundation import database_clock
from outcomes.evaluations.asked import refusal_for
from outcomes.evaluations.form import EvaluationForm
from outcomes.evaluations.invitations import opened_by
from outcomes.models import Evaluation
from registrations.display.titles import day_of, title_and_day
from sessions_app.models import Session

# What the page says, and with which status.
ASKS, DONE, CLOSED, EARLY, NONE, NOT_ASKED, UNKNOWN = "asks", "done", "closed", "early", "none", "not_asked", "unknown"
LATER = "Your answers could not be taken just now, and nothing is lost: keep this page open and send them again later."
STATUSES = {
    CLOSED: HTTPStatus.GONE,
    NONE: HTTPStatus.GONE,
    NOT_ASKED: HTTPStatus.FORBIDDEN,
    UNKNOWN: HTTPStatus.NOT_FOUND,
}


@never_cache
@sensitive_post_parameters()
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def evaluation(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the questions, POST hands in the answers and leads back here, where the page says thank you.

    A form that is not valid is 422, as typed. What comes after the end is 410, with the words that were typed.
    """
    opened, now = opened_by(token), database_clock.now()
    if opened is None:
        return _page(request, UNKNOWN)
    person, session = opened
    asked = Evaluation.objects.filter(session=session).first()
    state, refusal = _state_of(asked, person, session, now)
    form = EvaluationForm(request.POST if request.method == "POST" else None, questions=asked.asks if asked else [])
    if state != ASKS or asked is None:
        if request.method == "POST" and state == DONE:
            return redirect("evaluation", token)
        return _page(request, state, session, now, asked, form, refusal)
    if request.method != "POST":
        return _page(request, state, session, now, asked, form)
    if not form.is_valid():
        return _page(request, state, session, now, asked, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        asked.answer(person, form.sheet(), now=now)
    except Evaluation.Closed:
        return _page(request, CLOSED, session, now, asked, form)
    except Unreadable:
        return _page(request, ASKS, session, now, asked, form, LATER, status=HTTPStatus.CONFLICT)
    return redirect("evaluation", token)


def _state_of(asked: Evaluation | None, person: Person, session: Session, now: datetime) -> tuple[str, str]:
    """Return what the page says, and for NOT_ASKED why."""
    if asked is None:
        is_ahead = session.is_running or session.status == Session.Status.COMPLETED
        return (EARLY if is_ahead and session.ends_at + settings.EVALUATION_LIFE > now else NONE), ""
    if asked.has_answer_of(person):
        return DONE, ""
    if not asked.is_open(now):
        return CLOSED, ""
    refusal = refusal_for(person, session)
    return (NOT_ASKED if refusal else ASKS), refusal


def _page(
    request: HttpRequest,
    state: str,
    session: Session | None = None,
    now: datetime | None = None,
    asked: Evaluation | None = None,
    form: EvaluationForm | None = None,
    refusal: str = "",
    status: int | None = None,
) -> HttpResponse:
    context: dict[str, object] = {"nav": "my", "state": state, "form": form, "refusal": refusal}
    if session and now:
        context |= {
            "session": session,
            "titled": title_and_day(session, now),
            "closes": day_of(session, asked.closes_at, now) if asked else "",
            "has_time": asked is not None and asked.is_open(now),
        }
    status = status or STATUSES.get(state, HTTPStatus.OK)
    response = render(request, "outcomes/evaluation.html", context, status=status)
    # The address opens the page. Not even a log of our own server is to have it as a referrer; “no-referrer” would take
    # the origin from the form too, which is then refused as one of another site.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
