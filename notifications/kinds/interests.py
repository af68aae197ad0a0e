"""Mail to people who asked for a date of a workshop: that there is one, and that it was cancelled.

Like a nomination, the mail about a date is of use until registering ends, which is asked at every claim.
"""

from datetime import datetime
from typing import Any

from foundation import database_clock
from foundation.links import absolute
from notifications.kinds.contexts import first_name, opening_with_zone, session_context
from notifications.kinds.nominations import is_on_offer
from notifications.kinds.registrations import facts_of_ending
from notifications.models import Notice, NoticeQuerySet, counts_of
from notifications.models.kind import Example, Family, Kind
from registrations.models import Interest
from sessions_app.models import Session


def owe_interested(kind: Kind, interest: Interest, session: Session, **facts: Any) -> None:
    """Owe the person who asked for a date one plain mail about `session`."""
    facts = counts_of(session) | {"interest": interest.pk, "dated": session.pk} | facts
    Notice.objects.owe_to(kind, f"{interest.pk}:{session.pk}:", interest.person.email, interest.person, facts)


def dated_notices(interest: Interest, session: Session) -> NoticeQuerySet:
    """Return the Notice that tells the person who asked for a date of `session`, if one was ever owed."""
    return Notice.objects.filter(dedupe_key=f"{DATED.name}:{interest.pk}:{session.pk}:")


def still_wants_the_date(notice: Notice, now: datetime) -> bool:
    """Tell whether the reader still waits for a date, and may register for this one, now or once that begins."""
    session = Session.objects.listed().filter(pk=notice.facts["dated"]).select_related("workshop").first()
    if session is None or not is_on_offer(session, now):
        return False
    return Interest.objects.met_by(session, now).filter(pk=notice.facts["interest"]).exists()


def interest_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about a new date may name."""
    interest = Interest.objects.select_related("person").get(pk=notice.facts["interest"])
    session = Session.objects.select_related("workshop").get(pk=notice.facts["dated"])
    return about_interest(notice, interest, session)


def about_interest(notice: Notice, interest: Interest, session: Session) -> dict[str, Any]:
    """Return what a mail names to a person who asked for a date, about `session`."""
    name, now, offers_dates = first_name(interest.person), database_clock.now(), notice.kind == UNDATED.name
    return session_context(notice, session, name, offers_dates=offers_dates) | {
        "interest_url": absolute(interest.get_absolute_url()),
        "opens": opening_with_zone(session, now) if session.opens_later(now) else "",
    }


def example_context(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example: the reader asked for a date."""
    return about_interest(notice, Interest(person=notice.person, workshop=session.workshop), session)


DATED = Kind(
    name="dated",
    label="A new date",
    family=Family.NEWS,
    context=interest_context,
    placeholders={"interest_url": "the link to hear no more of this workshop"},
    required=frozenset(),
    still_true=still_wants_the_date,
    example=Example(context=example_context),
)
UNDATED = Kind(
    name="undated",
    label="A new date cancelled",
    family=Family.NEWS,
    context=interest_context,
    example=Example(fits=(Session.Status.CANCELLED,), facts=facts_of_ending, context=example_context),
)

KINDS = (DATED, UNDATED)
