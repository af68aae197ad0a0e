"""Offer a date by mail: to whoever was proposed for it, and to whoever asked to hear of one.

An offer is of use until registering ends. When that is, is asked at every claim and not noted with the notice: a
session that moves while its mail waits takes the offer along.
"""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Person
from notifications.calendars.snapshots import counts_of
from notifications.kinds.still_true import asked_of
from notifications.models import Notice
from registrations.models import Interest, Nomination
from sessions_app.models import Session


def owe_nominated(kind: str, nomination: Nomination, **facts) -> None:
    """Owe the address that was proposed one plain notice."""
    person = Person.objects.filter(email=nomination.email).first()
    facts = counts_of(nomination.session) | {"nomination": nomination.pk} | facts
    Notice.objects.owe_to(kind, f"{nomination.pk}::", nomination.email, person, facts)


def owe_interested(kind: str, interest: Interest, session: Session, **facts) -> None:
    """Owe whoever asked for a date one plain notice about `session`."""
    facts = counts_of(session) | {"interest": interest.pk, "dated": session.pk} | facts
    Notice.objects.owe_to(kind, f"{interest.pk}:{session.pk}:", interest.person.email, interest.person, facts)


def told_of_date(interest: Interest, session: Session) -> QuerySet[Notice]:
    """Return the notice that says `session` is a date, if whoever asked for one was ever owed it."""
    return Notice.objects.filter(dedupe_key=f"{Notice.Kind.DATED}:{interest.pk}:{session.pk}:")


@asked_of(Notice.Kind.NOMINATED)
def may_still_accept(notice: Notice, now: datetime) -> bool:
    """Tell whether the reader has not answered, and could still register."""
    nomination = Nomination.objects.open().filter(pk=notice.facts["nomination"]).select_related("session").first()
    return nomination is not None and _is_on_offer(nomination.session, now)


@asked_of(Notice.Kind.DATED)
def still_wants_the_date(notice: Notice, now: datetime) -> bool:
    """Tell whether the reader still waits for a date, and may register for this one, now or once that begins."""
    session = Session.objects.listed().filter(pk=notice.facts["dated"]).select_related("workshop").first()
    if session is None or not _is_on_offer(session, now):
        return False
    return Interest.objects.met_by(session, now).filter(pk=notice.facts["interest"]).exists()


def _is_on_offer(session: Session, now: datetime) -> bool:
    """Tell whether people may register for `session`, or may later on."""
    return session.is_running and now < session.registration_closes_at and not session.has_started(now)
