"""Write a Notice for each event that people are told of: one per address, or per meeting with an invitation.

registration_made        a mail: they are registered, or on the waitlist; invitations if the session is confirmed, and a
                         facilitator keeps one entry of both
registrations_promoted   a mail to each: a seat is theirs; invitations as above
registrations_confirmed  an invitation for each, to each meeting
registration_withdrawn   a mail: they have left, and why if they did not do it; the meetings leave the calendar
registrations_cancelled  a mail to each: the session is cancelled, with other dates; the meetings leave the calendar
registrations_changed    a mail to each about what changed; updates, invitations and cancellations if they have some
registration_switched    an update to each invitation, or a mail where no invitation has gone out: where they take part
seat_opened              a mail to each person who waits: a seat is open
waitlist_closed          a mail to each person who waited: no seat came, with other dates
leadings_made            a mail to each facilitator: will they lead it? With an entry of their own in the calendar
leading_changed          a mail to a facilitator about what differs from what they were told, with an entry of their own
leading_declined         a mail to the office, unless they take it back within two minutes
nomination_made          a mail to the person who was proposed
nominations_changed      a mail to them about what changed, unless they have answered
nominations_ended        a mail to them that the session is cancelled, unless the first one was never written
interests_met            a mail to people who asked for a date: there is one, with all of the next ten minutes
interests_unmet          a mail to them that the date is cancelled, unless no mail about it went out
person_changed           the private feed is revoked, if the person may not sign in any more
titles_chosen            an update to each calendar entry that has the other title; nothing else
address_change_asked     a mail to each address: the old one may stop it, the new one says yes
address_changed          a mail to each address; the private feed is revoked; the new address gets waiting mail, and
                         invitations once more
second_factor_taken      a mail to the person: the office took it away
accommodation_asked      a mail to the people who arrange access: a request waits
accommodation_answered   a mail to the person who asked: an answer is there
certificate_issued       a mail to its person, unless the mail after the session will have it
certificate_revoked      a mail to its person ten minutes later, unless there is another one by then
dispute_decided          a mail to the person who said that their attendance is wrong: what was decided
outside_answered         a mail to the person who told of an activity elsewhere: whether it counts
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from accounts.models import AddressChange, Person
from accounts.models.address_change import Links
from accounts.signals import address_change_asked, address_changed, person_changed, second_factor_taken, titles_chosen
from foundation import database_clock
from foundation.text import with_full_stop
from foundation.wake import wake
from notifications.kinds import registrations as standing
from notifications.kinds.account import owe_access_answer, owe_access_request, owe_account_news
from notifications.kinds.addresses import owe_news, owe_questions
from notifications.kinds.answers import owe_answer, owe_decision
from notifications.kinds.certificates import owe_certificate, owe_revoked
from notifications.kinds.interests import owe_dates, owe_no_date
from notifications.kinds.leading import owe_leader, owe_leaders, owe_leaders_who_have_a_seat, owe_refusal
from notifications.kinds.nominations import (
    NOMINATED,
    bring_nominated_up_to_date,
    owe_called_off,
    owe_nominated,
)
from notifications.kinds.up_to_date import bring_up_to_date
from notifications.models import CalendarFeed, CalendarThread, Notice
from notifications.tasks import deliver_soon
from outcomes.models import AttendanceDispute, Certificate, OutsideActivity
from outcomes.signals import certificate_issued, certificate_revoked, dispute_decided, outside_answered
from registrations.models import Accommodation, Interest, Nomination, Registration
from registrations.signals import (
    accommodation_answered,
    accommodation_asked,
    interests_met,
    interests_unmet,
    nomination_made,
    nominations_changed,
    nominations_ended,
    registration_made,
    registration_switched,
    registration_withdrawn,
    registrations_cancelled,
    registrations_changed,
    registrations_confirmed,
    registrations_promoted,
    seat_opened,
    waitlist_closed,
)
from sessions_app.models import Leading, Meeting, Session
from sessions_app.signals import (
    leading_changed,
    leading_declined,
    leadings_made,
)


@receiver(registration_made, dispatch_uid="notifications.registration_made")
def tell_registered(sender: type, registration: Registration, by_office: bool = False, **kwargs: Any) -> None:
    """Tell the person they are registered (with an invitation if the session is confirmed) or on the waitlist.

    Where the office registered them the mail says so.
    """
    did: dict[str, Any] = {"by_office": True} if by_office else {}
    if registration.is_waitlisted:
        session, at = registration.session, registration.registered_at
        last_day, seat_open = session.is_in_last_day(at), session.has_seat_for_the_quickest(at, registration.mode)
        position = registration.place_in_line
        standing.owe_plain(
            standing.WAITLISTED, registration, place=position, last_day=last_day, seat_open=seat_open, **did
        )
    elif registration.session.is_confirmed:
        standing.owe_invitations(standing.CONFIRMED, registration, **did)
        owe_leaders_who_have_a_seat([registration], registration.registered_at)
    else:
        CalendarThread.objects.begin(registration)
        standing.owe_plain(standing.REGISTERED, registration, **did)
    wake(deliver_soon)


@receiver(registrations_promoted, dispatch_uid="notifications.registrations_promoted")
def tell_promoted(sender: type, registrations: Sequence[Registration], how: str = "", **kwargs: Any) -> None:
    """Tell people that a seat is theirs, with an invitation if the session is confirmed."""
    if registrations[0].session.is_confirmed:
        standing.owe_invitations(standing.PROMOTED, *registrations, how=how)
        owe_leaders_who_have_a_seat(registrations, database_clock.now())
    else:
        CalendarThread.objects.begin(*registrations)
        standing.owe_plain(standing.PROMOTED, *registrations, how=how)
    wake(deliver_soon)


@receiver(registrations_confirmed, dispatch_uid="notifications.registrations_confirmed")
def tell_confirmed(sender: type, registrations: Sequence[Registration], **kwargs: Any) -> None:
    """Invite people to every meeting of their session, which is now confirmed."""
    standing.owe_invitations(standing.CONFIRMED, *registrations)
    wake(deliver_soon)


@receiver(registration_withdrawn, dispatch_uid="notifications.registration_withdrawn")
def tell_withdrawn(
    sender: type,
    registration: Registration,
    why: str = "",
    reason: str = "",
    asked_office: bool = False,
    **kwargs: Any,
) -> None:
    """Tell the person that the registration has ended, or why it has, and take the meetings off the calendar.

    `why` says that the session is not open to them any more; `reason` is the office's own.
    """
    left_at, by_office = registration.withdrawn_at, not registration.gave_up and not why
    assert left_at is not None
    has_begun, ahead = registration.session.has_started(left_at), Q(meeting__starts_at__gt=left_at)
    facts = {"why": why, "by_office": by_office, "has_begun": has_begun}
    facts |= {"reason": with_full_stop(reason)} if reason else {"asked_office": True} if asked_office else {}
    standing.owe_cancellations(standing.WITHDRAWN, [registration], ahead, lambda _: facts)
    if registration.session.is_confirmed:
        owe_leaders_who_have_a_seat([registration], left_at)
    wake(deliver_soon)


@receiver(registrations_cancelled, dispatch_uid="notifications.registrations_cancelled")
def tell_cancelled(
    sender: type, registrations: Sequence[Registration], were_registered: Collection[int], **kwargs: Any
) -> None:
    """Tell people that the session is cancelled and take the meetings off their calendars."""
    session = registrations[0].session
    facts = {
        "count": session.cancelled_count,
        "reason": session.cancel_reason,
        "by_rule": session.cancelled_by_rule,
    }
    standing.owe_cancellations(
        standing.CANCELLED,
        registrations,
        Q(meeting__ends_at__gt=session.cancelled_at),
        lambda one: {"was_registered": one.pk in were_registered, **facts},
    )
    wake(deliver_soon)


@receiver(seat_opened, dispatch_uid="notifications.seat_opened")
def tell_seat_opened(sender: type, registrations: Sequence[Registration], freed: str, **kwargs: Any) -> None:
    """Tell people who wait that a seat is open, once per seat."""
    standing.owe_plain(standing.SEAT_OPENED, *registrations, event=freed)
    wake(deliver_soon)


@receiver(waitlist_closed, dispatch_uid="notifications.waitlist_closed")
def tell_waitlist_closed(sender: type, registrations: Sequence[Registration], **kwargs: Any) -> None:
    """Tell people who waited until the start that no seat came, with the next dates."""
    standing.owe_plain(standing.WAITLIST_CLOSED, *registrations)
    wake(deliver_soon)


@receiver(leadings_made, dispatch_uid="notifications.leadings_made")
def ask_to_lead(sender: type, leadings: Sequence[Leading], now: datetime, **kwargs: Any) -> None:
    """Ask facilitators whether they lead sessions that were published at one press."""
    owe_leaders(leadings, now)
    wake(deliver_soon)


@receiver(leading_changed, dispatch_uid="notifications.leading_changed")
def tell_who_leads(sender: type, leading: Leading, now: datetime, **kwargs: Any) -> None:
    """Tell a facilitator what differs from what they were told; at once where the session is cancelled."""
    owe_leader(leading, now)
    wake(deliver_soon)


@receiver(leading_declined, dispatch_uid="notifications.leading_declined")
def tell_that_somebody_said_no(sender: type, leading: Leading, now: datetime, **kwargs: Any) -> None:
    """Tell the office that a facilitator said no."""
    owe_refusal(leading, now)


@receiver(nomination_made, dispatch_uid="notifications.nomination_made")
def tell_nominated(sender: type, nomination: Nomination, **kwargs: Any) -> None:
    """Tell the person who was proposed, and nobody else."""
    owe_nominated(NOMINATED, [nomination])
    wake(deliver_soon)


@receiver(nominations_ended, dispatch_uid="notifications.nominations_ended")
def tell_called_off(sender: type, nominations: Sequence[Nomination], **kwargs: Any) -> None:
    """Tell people who were proposed that the session is cancelled, unless nobody can have read the first mail."""
    if owe_called_off(nominations, database_clock.now()):
        wake(deliver_soon)


@receiver(interests_met, dispatch_uid="notifications.interests_met")
def tell_dated(sender: type, met: Sequence[tuple[Interest, Sequence[Session]]], **kwargs: Any) -> None:
    """Tell people that dates they asked for are open, with the others of the next ten minutes."""
    owe_dates(met, database_clock.now())


@receiver(interests_unmet, dispatch_uid="notifications.interests_unmet")
def tell_undated(sender: type, interests: Sequence[Interest], session: Session, **kwargs: Any) -> None:
    """Tell people who were told of this date, or of its seats, that it is cancelled."""
    if owe_no_date(interests, session, database_clock.now()):
        wake(deliver_soon)


@receiver(registrations_changed, dispatch_uid="notifications.registrations_changed")
def tell_changed(
    sender: type,
    registrations: Sequence[Registration],
    before: list[Meeting] | None,
    now: datetime,
    modes_were: Mapping[int, str],
    was: str = "",
    **kwargs: Any,
) -> None:
    """Tell people what changed: a cancelled meeting at once, everything else two minutes after the first change."""
    bring_up_to_date(registrations, before, now, modes_were, was)
    wake(deliver_soon)


@receiver(registration_switched, dispatch_uid="notifications.registration_switched")
def tell_switched(sender: type, registration: Registration, was: str, now: datetime, **kwargs: Any) -> None:
    """Tell the person where they take part from now on, two minutes later: not at all if they are back by then."""
    bring_up_to_date([registration], registration.session.held_meetings, now, {registration.pk: was})
    wake(deliver_soon)


@receiver(nominations_changed, dispatch_uid="notifications.nominations_changed")
def tell_altered(
    sender: type,
    nominations: Sequence[Nomination],
    session: Session,
    before: list[Meeting] | None,
    now: datetime,
    was: str = "",
    **kwargs: Any,
) -> None:
    """Tell people who were proposed, and have not answered, that times or places changed."""
    bring_nominated_up_to_date(nominations, session, before, now, was)


@receiver(person_changed, dispatch_uid="notifications.person_changed")
def close_feed_when_switched_off(sender: type, person: Person, **kwargs: Any) -> None:
    """Revoke the private feed of a person who may not sign in any more. It does not come back when they may again."""
    if not person.is_active:
        CalendarFeed.objects.revoke(person, by=Person.objects.rule())


@receiver(address_change_asked, dispatch_uid="notifications.address_change_asked")
def ask_both_addresses(sender: type, change: AddressChange, links: Links, **kwargs: Any) -> None:
    """Tell the old address, which may stop it, and ask the new one whether it says yes."""
    owe_questions(change, links)
    wake(deliver_soon)


@receiver(address_changed, dispatch_uid="notifications.address_changed.news")
def tell_both_addresses(
    sender: type, person: Person, old_address: str = "", is_vouched_for: bool = False, **kwargs: Any
) -> None:
    """Tell both addresses that the new one is in force."""
    if old_address:
        owe_news(person, old_address, is_vouched_for)


@receiver(titles_chosen, dispatch_uid="notifications.titles_chosen")
def name_as_chosen(sender: type, person: Person, now: datetime, **kwargs: Any) -> None:
    """Bring the calendar entries of the person up to the choice of title, in ascending order of the sessions."""
    seats = person.registrations.registered().filter(session__ends_at__gt=now)
    for registration in seats.select_related("session").order_by("session_id"):
        registration.session.lock()
        registration.refresh_from_db(fields=["status"])
        registration.person = person
        bring_up_to_date([registration], None, now)
    wake(deliver_soon)


@receiver(address_changed, dispatch_uid="notifications.address_changed")
def close_feed_of_another_address(sender: type, person: Person, **kwargs: Any) -> None:
    """Revoke the private feed: people who have signed in with the old address may have its link."""
    CalendarFeed.objects.revoke(person, by=Person.objects.rule())


@receiver(address_changed, dispatch_uid="notifications.address_changed.mail")
def write_to_the_new_address(sender: type, person: Person, is_vouched_for: bool = False, **kwargs: Any) -> None:
    """Send waiting mail to the new address, and owe it the invitations that hold, in ascending order of the sessions.

    The old address is sent nothing: it may still be the person's, and a cancellation would empty their calendar.
    """
    Notice.objects.readdress(person, with_secrets=is_vouched_for)
    threads = CalendarThread.objects.filter(
        registration__person=person, registration__status=Registration.Status.REGISTERED
    )
    for thread in threads.select_related("registration__session", "meeting").order_by("registration__session", "pk"):
        with suppress(CalendarThread.NotInvited):
            thread.registration.person = person
            thread.send_again(by=Person.objects.rule())
    wake(deliver_soon)


@receiver(second_factor_taken, dispatch_uid="notifications.second_factor_taken")
def tell_of_the_second_factor(sender: type, person: Person, **kwargs: Any) -> None:
    """Tell the person that the office took a second factor of theirs away."""
    owe_account_news(person.email, "The office removed a second step from your account")
    wake(deliver_soon)


@receiver(accommodation_asked, dispatch_uid="notifications.accommodation_asked")
def tell_the_group(sender: type, accommodation: Accommodation, **kwargs: Any) -> None:
    """Tell the people who arrange access that a request waits for them."""
    owe_access_request(accommodation)
    wake(deliver_soon)


@receiver(accommodation_answered, dispatch_uid="notifications.accommodation_answered")
def tell_answered(sender: type, accommodation: Accommodation, **kwargs: Any) -> None:
    """Tell the person who asked that there is an answer."""
    owe_access_answer(accommodation)
    wake(deliver_soon)


@receiver(certificate_issued, dispatch_uid="notifications.certificate_issued")
def tell_of_the_certificate(
    sender: type, certificate: Certificate, replaces: Certificate | None, **kwargs: Any
) -> None:
    """Tell the person that there is a certificate, where the mail after the session does not."""
    owe_certificate(certificate, replaces)
    wake(deliver_soon)


@receiver(certificate_revoked, dispatch_uid="notifications.certificate_revoked")
def tell_that_it_is_revoked(sender: type, certificate: Certificate, **kwargs: Any) -> None:
    """Tell the person that their certificate is not valid any more."""
    owe_revoked(certificate)


@receiver(dispute_decided, dispatch_uid="notifications.dispute_decided")
def tell_what_was_decided(sender: type, dispute: AttendanceDispute, **kwargs: Any) -> None:
    """Tell the person who said that their attendance is wrong what the office decided."""
    owe_decision(dispute)
    wake(deliver_soon)


@receiver(outside_answered, dispatch_uid="notifications.outside_answered")
def tell_whether_it_counts(sender: type, activity: OutsideActivity, **kwargs: Any) -> None:
    """Tell the person who told of an activity elsewhere whether it counts."""
    owe_answer(activity)
    wake(deliver_soon)
