"""Tell the office that a confirmed session starts within a day and people cannot join it: it has no link.

A sweep finds such sessions every minute: those that are confirmed so late too. The office is told once for each meeting
and start; a link that is there before the mail leaves takes it back.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from foundation.dates import clock, long_day
from foundation.links import absolute
from notifications.kinds.contexts import session_context
from notifications.kinds.prompts import owe_prompts
from notifications.kinds.registrations import CONFIRMED_OR_OVER
from notifications.models import Notice
from notifications.models.kind import Example, Family, Kind
from sessions_app.models import Meeting, Session
from sessions_app.models.linking import ONLINE, lacks_link

AHEAD = timedelta(hours=24)


def owe(now: datetime) -> None:
    """Owe the office the mail about every meeting that starts within 24 hours without a link to join."""
    soon = Meeting.objects.filter(join_link="", starts_at__gt=now, starts_at__lte=now + AHEAD)
    confirmed = soon.filter(session__status=Session.Status.CONFIRMED, session__format__in=ONLINE)
    owe_prompts(sorted(set(confirmed.values_list("session", flat=True))), plan, now)


def plan(session: Session, now: datetime) -> list[Notice]:
    """Return, unsaved, the Notice about the first meeting of `session` that starts within 24 hours without a link."""
    if session.status != Session.Status.CONFIRMED:
        return []
    soon = session.meetings.filter(starts_at__gt=now, starts_at__lte=now + AHEAD).order_by("starts_at", "pk")
    meeting = next((one for one in soon if lacks_link(one, session.format)), None)
    if meeting is None:
        return []
    return [
        Notice(
            kind=NO_LINK.name,
            to=settings.OFFICE_EMAIL,
            facts={"linkless": session.pk, "meeting": meeting.pk, "starts_at": meeting.starts_at.isoformat()},
            dedupe_key=f"{NO_LINK.name}:{session.pk}:{meeting.pk}:{meeting.starts_at:%Y%m%d%H%M}",
            created_at=now,
            next_attempt_at=now,
            expires_at=meeting.starts_at,
        )
    ]


def still_lacks_link(notice: Notice, now: datetime) -> bool:
    """Tell whether the session is confirmed, and the meeting still starts then, later than `now` and without a link."""
    meeting = Meeting.objects.select_related("session").filter(pk=notice.facts["meeting"], starts_at__gt=now).first()
    if meeting is None or meeting.starts_at.isoformat() != notice.facts["starts_at"]:
        return False
    return meeting.session.status == Session.Status.CONFIRMED and lacks_link(meeting, meeting.session.format)


def no_link_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail to the office may name."""
    session = Session.objects.select_related("workshop").get(pk=notice.facts["linkless"])
    meeting = session.meetings.select_related("venue__campus").get(pk=notice.facts["meeting"])
    return session_context(notice, session, "", [meeting]) | {
        "starts": f"{long_day(meeting.starts_at, meeting.time_zone)} at {clock(meeting.starts_at, meeting.time_zone)}",
        "seats": session.seats_taken,
        "relocate_url": absolute(reverse("admin:sessions_app_session_relocate", args=[session.pk])),
    }


def example_facts(session: Session) -> dict[str, Any]:
    """Return the facts of an example: the first meeting of `session` has no link."""
    return {"linkless": session.pk, "meeting": session.meetings.all()[0].pk}


NO_LINK = Kind(
    name="no_link",
    label="No link to join",
    family=Family.PROMPT,
    context=no_link_context,
    placeholders={
        "starts": "when it starts: Tuesday, May 14 at noon",
        "seats": "how many people have a seat",
        "relocate_url": "the link to the page where the link to join is set",
    },
    required=frozenset({"relocate_url"}),
    still_true=still_lacks_link,
    example=Example(fits=CONFIRMED_OR_OVER, facts=example_facts),
)

KINDS = (NO_LINK,)
