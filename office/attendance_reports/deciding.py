"""What a report leaves open: of people who missed much of a meeting, the office says whether they were there."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from office.attendance_reports.page import ROSTER
from office.base import acting
from outcomes.models import Attendance
from sessions_app.models import Session

KEY = re.compile(r"[0-9]{1,18}")


def to_decide(session: Session) -> list[Attendance]:
    """Return what reports have left for the office to decide in `session`, in the order of its meetings. One query."""
    unsure = Attendance.objects.of_session(session).unsure()
    return list(unsure.select_related("person", "meeting").order_by("meeting__starts_at", "person__name", "name", "pk"))


def decide(request: HttpRequest, session: Session) -> HttpResponse:
    """Say whether somebody counts as there; the button that was pressed says who and what."""
    for state in (Attendance.State.HERE, Attendance.State.ABSENT):
        key = request.POST.get(state, "")
        one = (
            Attendance.objects.of_session(session).filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
        )
        if one is None:
            continue
        # Said by somebody else in the meantime, it stays so, and the roster shows it.
        if one.state == Attendance.State.UNSURE:
            one.say(state, Attendance.Source.ROSTER, acting(request), minutes=one.minutes)
            who = one.person or one.name
            messages.success(request, f"{who} counts as here." if one.is_here else f"{who} counts as absent.")
    return redirect(f"{reverse(ROSTER, args=[session.pk])}#to-decide")
