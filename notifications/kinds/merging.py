"""Mail about two dates that become one: the other date is offered, and both are held after all.

People who move are told as of any move to another date, and people who stay once their date is cancelled.
"""

from datetime import datetime
from typing import Any

from foundation.dates import clock, long_day
from foundation.links import absolute
from notifications.kinds.contexts import OF_A_REGISTRATION, day_of, first_name, registration_context, session_context
from notifications.models import Notice
from notifications.models.kind import Example, Family, Kind
from registrations.merging.keys import path_of_answering
from registrations.models import MergeOffer
from sessions_app.models import Session

NOWHERE = "/registrations/00000000-0000-0000-0000-000000000000/"


def owe_offer(offer: MergeOffer) -> None:
    """Owe the person the mail that offers the other date."""
    session = offer.registration.session
    facts = {"offer": offer.pk, "reason": session.cancel_reason}
    Notice.objects.owe(MERGE_OFFER, offer.registration, facts, event=str(offer.pk))


def owe_called_off(offer: MergeOffer) -> None:
    """Owe the person the mail that both dates are held, unless nobody can have read that one was offered."""
    asked = Notice.objects.filter(dedupe_key=f"{MERGE_OFFER.name}:{offer.registration_id}::{offer.pk}")
    if asked.unwritten().exists():
        return
    Notice.objects.owe(MERGE_OFF, offer.registration, {"offer": offer.pk}, event=str(offer.pk))


def still_asks(notice: Notice, now: datetime) -> bool:
    """Tell whether the person may still answer, and has not."""
    offer = _offer_of(notice)
    by = offer.registration.session.merge_by
    return offer.may_be_answered and not offer.answer and by is not None and by > now


def still_there(notice: Notice, now: datetime) -> bool:
    """Tell whether the person still has the date that is held after all."""
    return notice.registration.is_active and not notice.registration.session.is_merging


# ---- what the templates may name ----


def offer_context(notice: Notice) -> dict[str, Any]:
    """Return what the mail that offers the other date may name: the date it shows is the other one."""
    offer = _offer_of(notice)
    session = offer.registration.session
    return _about(notice, session, offer.into, session.merge_by, absolute(path_of_answering(offer)))


def called_off_context(notice: Notice) -> dict[str, Any]:
    """Return what the mail that both dates are held may name: the date it shows is the person's own."""
    return registration_context(notice) | {"other_day": day_of_session(_offer_of(notice).into)}


def _about(notice: Notice, session: Session, into: Session, by: datetime | None, answer_url: str) -> dict[str, Any]:
    registration = notice.registration
    answer_by = by or session.confirm_by
    name = first_name(registration.person)
    # Facts replace names of the context, so what is the other date's is named after them.
    return session_context(notice, into, name, mode=registration.mode) | {
        "old_day": day_of(registration),
        "waits": registration.is_waitlisted,
        "answer_by": f"{long_day(answer_by, session.time_zone)}, {clock(answer_by, session.time_zone)}",
        "answer_url": answer_url,
        "registration_url": absolute(registration.get_absolute_url()),
        "is_confirmed": into.is_confirmed,
    }


def _offer_of(notice: Notice) -> MergeOffer:
    related = ("registration__session__workshop", "registration__person", "into__workshop")
    return MergeOffer.objects.select_related(*related).get(pk=notice.facts["offer"])


def day_of_session(session: Session) -> str:
    """Return “Tuesday, May 14”."""
    return long_day(session.starts_at, session.time_zone)


# ---- the examples ----


def example_offer(notice: Notice, session: Session) -> dict[str, Any]:
    """Return what the offer names where nobody was asked yet: the date it is into, or will be, another or the same."""
    into, by = notice.facts.get("into"), notice.facts.get("answer_by")
    other = Session.objects.select_related("workshop").filter(pk=into).first() or session
    answer_by = datetime.fromisoformat(by) if by else session.merge_by
    return _about(notice, session, other, answer_by, absolute(NOWHERE))


def example_called_off(notice: Notice, session: Session) -> dict[str, Any]:
    """Return what the mail that both dates are held names, with another date of the workshop."""
    other = next(iter(session.other_dates), session)
    return registration_context(notice) | {"other_day": day_of_session(other)}


def facts_of_example(session: Session) -> dict[str, Any]:
    """Return the facts of the example: another date of the workshop."""
    other = next(iter(session.other_dates), session)
    return {"into": session.merges_into_id or other.pk, "reason": session.cancel_reason or "The reason you give."}


MERGE_OFFER = Kind(
    name="merge_offer",
    label="Another date offered",
    family=Family.NEWS,
    context=offer_context,
    placeholders={
        "registration_url": OF_A_REGISTRATION["registration_url"],
        "old_day": "the date the person has: Tuesday, May 14",
        "answer_by": "the day and time by which people answer",
        "answer_url": "the link to say yes or no",
    },
    required=frozenset({"answer_by", "answer_url"}),
    still_true=still_asks,
    example=Example(facts=facts_of_example, context=example_offer),
)
MERGE_OFF = Kind(
    name="merge_off",
    label="Both dates are held",
    family=Family.NEWS,
    context=called_off_context,
    placeholders={**OF_A_REGISTRATION, "other_day": "the date that was offered: Tuesday, May 14"},
    required=frozenset(),
    still_true=still_there,
    example=Example(context=example_called_off),
)

KINDS = (MERGE_OFFER, MERGE_OFF)
