"""What becomes of the people while two dates become one. The verbs that call hold the lock of both dates."""

from collections import Counter
from contextlib import suppress
from datetime import datetime

from accounts.models import Person
from registrations import waitlist
from registrations.merging.asked import concerned
from registrations.models.merge_offer import MergeOffer
from registrations.models.registration import Registration
from registrations.signals import merge_called_off, merge_offered
from sessions_app.models import Session


def offer(session: Session, into: Session, now: datetime) -> None:
    """Offer `into` to everybody in `session` who may come to it and is not there already, and say so once to each."""
    for registration in concerned(session, into, now).asked:
        made = MergeOffer.objects.create(registration=registration, into=into, offered_at=now)
        merge_offered.send(MergeOffer, offer=made)


def move_in_order(session: Session, into: Session, now: datetime, *, is_over: bool = False) -> None:
    """Move the people who said yes and are sure of a seat, in the order of their seats, the waitlisted after them.

    A seat is somebody's if as many are free as people before them may still take. Once the merge `is_over`, people who
    have not said yes take none.
    """
    before: Counter[str] = Counter()
    rule = Person.objects.rule()
    for each in _open_offers(session, into):
        if each.answer == MergeOffer.Answer.NO:
            continue
        lines = [into.line_of(each.mode or each.registration.mode)]
        if each.answer != MergeOffer.Answer.YES:
            if is_over:
                continue
            # Of somebody who has not said how they take part: they may want a seat of either kind.
            lines = lines if each.registration.mode else list(into.lines)
        elif _has_seat_for(each, into, before, now):
            with suppress(Registration.Refused):
                each.registration.session = session
                each.registration.transfer(into, rule, now, each.mode)
                each.close(now)
            continue
        before.update(lines)


def _has_seat_for(each: MergeOffer, into: Session, before: Counter[str], now: datetime) -> bool:
    line = into.line_of(each.mode)
    return into.seats_left_in(line) > before[line] and waitlist.has_room(into, now, each.mode)


def _open_offers(session: Session, into: Session) -> list[MergeOffer]:
    """Return the open offers of people who are still in `session`, in the order in which they move."""
    offers = MergeOffer.objects.open().filter(registration__session=session, into=into)
    offers = offers.filter(registration__status__in=Registration.ACTIVE)
    return list(offers.select_related("registration__person").in_order())


def let_the_rest_wait(session: Session, into: Session, now: datetime) -> None:
    """Put the people who said yes, and for whom there was no seat, at the end of the waitlist of `into`, in order.

    `session` is cancelled by now. A person who may not come any more has been told that it is.
    """
    rule = Person.objects.rule()
    offers = MergeOffer.objects.open().filter(registration__session=session, into=into, answer=MergeOffer.Answer.YES)
    waiting = offers.filter(registration__status=Registration.Status.SESSION_CANCELLED)
    # Whether they had a seat is no longer in the status, and stands in `seated_at`.
    waited = list(waiting.select_related("registration__person"))
    for each in sorted(waited, key=lambda one: (one.registration.seated_at is None, one.registration.position)):
        with suppress(Registration.Refused):
            each.registration.session = session
            each.registration.rebook(into, rule, now, each.mode)
    close_offers(session, now)


def call_off(session: Session, into: Session, now: datetime) -> None:
    """End every offer of `session`, which goes on; tell the people who were asked and are still in it."""
    for each in _open_offers(session, into):
        merge_called_off.send(MergeOffer, offer=each)
    close_offers(session, now)
    waitlist.pass_on(session, now, freed=f"kept-{now:%Y%m%d%H%M%S%f}")


def close_offers(session: Session, now: datetime) -> None:
    """End what is open of the offers to people of `session`."""
    MergeOffer.objects.open().filter(registration__session=session).update(ended_at=now)


def is_answered(session: Session) -> bool:
    """Tell whether nobody in `session` has still to answer."""
    return not MergeOffer.objects.unanswered().filter(registration__session=session).exists()
