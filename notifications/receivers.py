"""Hear the news about registrations and write what is owed: a Notice per address, or per meeting with an invitation."""

from contextlib import suppress
from datetime import datetime

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import Person
from accounts.signals import address_changed, person_changed
from foundation.wake import wake
from notifications.kinds.account import owe_access_answer, owe_access_request
from notifications.kinds.at_risk import room_left_notices
from notifications.kinds.changes import bring_up_to_date
from notifications.kinds.decisions import owe_question
from notifications.kinds.interests import DATED, UNDATED, dated_notices, owe_interested
from notifications.kinds.nominations import (
    CALLED_OFF,
    NOMINATED,
    bring_nominated_up_to_date,
    notices_about,
    owe_nominated,
)
from notifications.kinds.registrations import (
    CANCELLED,
    CONFIRMED,
    PROMOTED,
    REGISTERED,
    SEAT_OPENED,
    WAITLIST_CLOSED,
    WAITLISTED,
    WITHDRAWN,
    owe_cancellations,
    owe_invitations,
    owe_plain,
)
from notifications.models import CalendarFeed, CalendarThread, Notice, counts_of
from notifications.tasks import deliver_soon
from registrations.models import Accommodation, Interest, Nomination, Registration
from registrations.signals import (
    accommodation_answered,
    accommodation_asked,
    interest_met,
    interest_unmet,
    nomination_changed,
    nomination_ended,
    nomination_made,
    registration_cancelled,
    registration_changed,
    registration_confirmed,
    registration_made,
    registration_promoted,
    registration_withdrawn,
    seat_opened,
    waitlist_closed,
)
from sessions_app.models import Meeting, Session
from sessions_app.signals import session_asked


@receiver(registration_made, dispatch_uid="notifications.registration_made")
def tell_registered(sender, registration: Registration, **kwargs) -> None:
    """Tell the person they are registered (with an invitation if the session is confirmed) or on the waitlist."""
    if registration.is_waitlisted:
        session, at = registration.session, registration.registered_at
        last_day, seat_open = session.is_in_last_day(at), session.has_seat_for_the_quickest(at)
        place = registration.place_in_line
        owe_plain(WAITLISTED, registration, place=place, last_day=last_day, seat_open=seat_open)
    elif registration.session.is_confirmed:
        owe_invitations(CONFIRMED, registration)
    else:
        CalendarThread.objects.begin(registration)
        owe_plain(REGISTERED, registration)
    wake(deliver_soon)


@receiver(registration_promoted, dispatch_uid="notifications.registration_promoted")
def tell_promoted(sender, registration: Registration, how: str = "", **kwargs) -> None:
    """Tell the person that a seat is theirs, with an invitation if the session is confirmed."""
    if registration.session.is_confirmed:
        owe_invitations(PROMOTED, registration, how=how)
    else:
        CalendarThread.objects.begin(registration)
        owe_plain(PROMOTED, registration, how=how)
    wake(deliver_soon)


@receiver(registration_confirmed, dispatch_uid="notifications.registration_confirmed")
def tell_confirmed(sender, registration: Registration, **kwargs) -> None:
    """Invite the person to every meeting of the session that is now confirmed."""
    owe_invitations(CONFIRMED, registration)
    wake(deliver_soon)


@receiver(registration_withdrawn, dispatch_uid="notifications.registration_withdrawn")
def tell_withdrawn(sender, registration: Registration, why: str = "", **kwargs) -> None:
    """Confirm that the place was given up, or say why it was, and take the meetings off the calendar."""
    left_at, by_office = registration.withdrawn_at, not registration.gave_up and not why
    has_begun, ahead = registration.session.has_started(left_at), Q(meeting__starts_at__gt=left_at)
    owe_cancellations(WITHDRAWN, registration, ahead, why=why, by_office=by_office, has_begun=has_begun)
    wake(deliver_soon)


@receiver(registration_cancelled, dispatch_uid="notifications.registration_cancelled")
def tell_cancelled(sender, registration: Registration, was_registered: bool, **kwargs) -> None:
    """Tell the person that the session is cancelled and take the meetings off the calendar."""
    session = registration.session
    owe_cancellations(
        CANCELLED,
        registration,
        Q(meeting__ends_at__gt=session.cancelled_at),
        was_registered=was_registered,
        count=session.cancelled_count,
        reason=session.cancel_reason,
        by_rule=session.cancelled_by_rule,
    )
    wake(deliver_soon)


@receiver(seat_opened, dispatch_uid="notifications.seat_opened")
def tell_seat_opened(sender, registration: Registration, freed: str, **kwargs) -> None:
    """Tell somebody who waits that a seat stands open, once per seat."""
    Notice.objects.owe(SEAT_OPENED, registration, counts_of(registration.session), event=freed)
    wake(deliver_soon)


@receiver(waitlist_closed, dispatch_uid="notifications.waitlist_closed")
def tell_waitlist_closed(sender, registration: Registration, **kwargs) -> None:
    """Tell somebody who waited until the start that no seat came, with the next dates."""
    owe_plain(WAITLIST_CLOSED, registration)
    wake(deliver_soon)


@receiver(session_asked, dispatch_uid="notifications.session_asked")
def tell_the_office(sender, session: Session, **kwargs) -> None:
    """Ask the office whether a session short of its minimum runs. Once it must have answered the mail is of no use."""
    owe_question(session)
    wake(deliver_soon)


@receiver(nomination_made, dispatch_uid="notifications.nomination_made")
def tell_nominated(sender, nomination: Nomination, **kwargs) -> None:
    """Tell whoever was proposed, alone."""
    owe_nominated(NOMINATED, nomination)
    wake(deliver_soon)


@receiver(nomination_ended, dispatch_uid="notifications.nomination_ended")
def tell_called_off(sender, nomination: Nomination, **kwargs) -> None:
    """Tell whoever was proposed that the session is cancelled, unless nobody can have read the first mail."""
    first = notices_about(nomination, NOMINATED)
    if first.unwritten().update(expires_at=timezone.now()) == 0:
        session = nomination.session
        why = {"count": session.cancelled_count, "by_rule": session.cancelled_by_rule, "reason": session.cancel_reason}
        owe_nominated(CALLED_OFF, nomination, **why)
        wake(deliver_soon)


@receiver(interest_met, dispatch_uid="notifications.interest_met")
def tell_dated(sender, interest: Interest, session: Session, **kwargs) -> None:
    """Tell the person, once, that a date they asked for is open: a session may be listed a second time."""
    if dated_notices(interest, session).exists():
        return
    owe_interested(DATED, interest, session)
    wake(deliver_soon)


@receiver(interest_unmet, dispatch_uid="notifications.interest_unmet")
def tell_undated(sender, interest: Interest, session: Session, **kwargs) -> None:
    """Tell whoever was told of this date, or of its seats, that it is cancelled. A mail that is unread is of no use."""
    now = timezone.now()
    first = dated_notices(interest, session) | room_left_notices(interest.person, session)
    first.unwritten().update(expires_at=now)
    if first.exclude(state=Notice.State.EXPIRED).exclude(expires_at=now).exists():
        why = {"reason": session.cancel_reason, "by_rule": session.cancelled_by_rule}
        owe_interested(UNDATED, interest, session, **why)
        wake(deliver_soon)


@receiver(registration_changed, dispatch_uid="notifications.registration_changed")
def tell_changed(sender, registration: Registration, before: list[Meeting] | None, now: datetime, **kwargs) -> None:
    """Tell the person what changed: a cancelled meeting at once, everything else two minutes after the first change."""
    bring_up_to_date(registration, before, now)
    wake(deliver_soon)


@receiver(nomination_changed, dispatch_uid="notifications.nomination_changed")
def tell_altered(sender, nomination: Nomination, before: list[Meeting] | None, now: datetime, **kwargs) -> None:
    """Tell whoever was proposed, and has not answered, that times or places changed."""
    bring_nominated_up_to_date(nomination, before, now)


@receiver(person_changed, dispatch_uid="notifications.person_changed")
def close_feed_when_switched_off(sender, person: Person, **kwargs) -> None:
    """Revoke the private feed of somebody who may not sign in any longer. Switching them on again brings none back."""
    if not person.is_active:
        CalendarFeed.objects.revoke(person, by=Person.objects.rule())


@receiver(address_changed, dispatch_uid="notifications.address_changed")
def close_feed_of_another_address(sender, person: Person, **kwargs) -> None:
    """Revoke the private feed: whoever had the old address may have its link."""
    CalendarFeed.objects.revoke(person, by=Person.objects.rule())


@receiver(address_changed, dispatch_uid="notifications.address_changed.mail")
def write_to_the_new_address(sender, person: Person, **kwargs) -> None:
    """Let what waits go to the new address, and owe it the invitations that hold, in ascending order of the sessions.

    The old address is sent nothing: it may still lead to the person, whose calendar a cancellation would empty.
    """
    Notice.objects.readdress(person)
    threads = CalendarThread.objects.filter(
        registration__person=person, registration__status=Registration.Status.REGISTERED
    )
    for thread in threads.select_related("registration__session", "meeting").order_by("registration__session", "pk"):
        with suppress(CalendarThread.NotInvited):
            thread.registration.person = person
            thread.send_again(by=Person.objects.rule())
    wake(deliver_soon)


@receiver(accommodation_asked, dispatch_uid="notifications.accommodation_asked")
def tell_the_group(sender, accommodation: Accommodation, **kwargs) -> None:
    """Tell those who arrange access that something waits for them."""
    owe_access_request(accommodation)
    wake(deliver_soon)


@receiver(accommodation_answered, dispatch_uid="notifications.accommodation_answered")
def tell_answered(sender, accommodation: Accommodation, **kwargs) -> None:
    """Tell the person that there is an answer."""
    owe_access_answer(accommodation)
    wake(deliver_soon)
