"""Hear the news about sessions, change registrations, and say so once per registration.

session_confirmed                         registrations_confirmed, of the registered people
session_cancelled                         registrations and nominations end: registrations_cancelled, nominations_ended,
                                          interests_unmet, calls_ended
session_changed                           how people take part follows the format; free seats are given;
                                          registrations_changed, nominations_changed, calls_changed
session_extended                          registrations_extended, of the registered people
sessions_published, session_listed        interests_met for the people who want a date of the workshop
session_merging                           each person who may come to the other date is offered it
merge_answered                            people who are sure of a seat there move
session_merge_goes_on                     the same, because others have left
session_merge_ends                        people who said yes move in order, while there are seats
session_merged                            the others who said yes wait there; the offers end
session_kept                              the offers end; merge_called_off for each person who was asked
request_scheduled                         the team is nominated, and the person who asked is registered if they come too
session_opened_to                         free seats are given; interests_met for the people who may come now
session_resized                           added seats are given; the session is settled if its minimum is reached
registration_made                         the session is settled if its minimum is reached
registrations_promoted                    the same
registration_withdrawn                    what the person needs to take part follows them to the other date
registration_rebooked                     the same
person_changes_now                        the sessions in which the person has a seat are locked, before the person is
person_changed, audience_changed          seats that people may no longer have are freed
address_changes_now                       the sessions of the person are locked, before the person is
address_changed                           what the person needs to take part is deleted, unless they are vouched for
user_logged_in                            the person is registered for the session they chose while signed out, or
                                          is told from now on of the dates they asked for
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.db import OperationalError
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import resolve

from accounts.models import Person
from accounts.pressed.press import Press
from accounts.signals import address_changed, address_changes_now, person_changed, person_changes_now
from catalog.models import Workshop
from catalog.signals import audience_changed
from foundation import database_clock
from foundation.wake import wake
from registrations.clash import Clash
from registrations.display.access import and_access
from registrations.display.joining import after_asking, after_pressing
from registrations.display.ways import on_a_page
from registrations.merging import flow
from registrations.models import Accommodation, Call, Interest, MergeOffer, Nomination, Registration
from registrations.models.standing import lock_all
from registrations.newcomers import Intent
from registrations.signals import (
    calls_changed,
    calls_ended,
    interests_met,
    interests_unmet,
    merge_answered,
    nominations_changed,
    nominations_ended,
    registration_made,
    registration_rebooked,
    registration_withdrawn,
    registrations_cancelled,
    registrations_changed,
    registrations_confirmed,
    registrations_extended,
    registrations_promoted,
)
from registrations.waitlist import follow_format, pass_on, promote_waiting
from sessions_app.models import Meeting, Session, SessionRequest
from sessions_app.signals import (
    request_scheduled,
    session_cancelled,
    session_changed,
    session_confirmed,
    session_extended,
    session_kept,
    session_listed,
    session_merge_ends,
    session_merge_goes_on,
    session_merged,
    session_merging,
    session_opened_to,
    session_resized,
    sessions_published,
)
from sessions_app.tasks import settle_session


@receiver(session_confirmed, dispatch_uid="registrations.session_confirmed")
def tell_the_registered(sender: type, session: Session, **kwargs: Any) -> None:
    """Say of the registered people that their session is confirmed."""
    if registered := list(session.registrations.registered().select_related("person")):
        registrations_confirmed.send(Registration, registrations=registered)


@receiver(session_cancelled, dispatch_uid="registrations.session_cancelled")
def end_registrations(sender: type, session: Session, **kwargs: Any) -> None:
    """End every registration of a cancelled session and say so, in as many statements for many as for one."""
    if active := list(session.registrations.active().select_related("person")):
        were_registered = {registration.pk for registration in active if registration.is_registered}
        session.registrations.active().update(status=Registration.Status.SESSION_CANCELLED)
        for registration in active:
            registration.status = Registration.Status.SESSION_CANCELLED
        registrations_cancelled.send(Registration, registrations=active, were_registered=were_registered)
    session.count_nobody()


@receiver(session_cancelled, dispatch_uid="registrations.session_cancelled.others")
def tell_the_others_it_is_off(sender: type, session: Session, **kwargs: Any) -> None:
    """Say that a session is cancelled of people who never registered: proposed, interested in a date, or called to it.

    In this order: a person whom the office called, and who hears of it already, hears of it once.
    """
    end_nominations(session)
    people, asked = session.registrations.order_by().values("person"), Interest.objects
    if interests := list(asked.met_by(session, database_clock.now()).exclude(person__in=people)):
        interests_unmet.send(Interest, interests=interests, session=session)
    if calls := list(Call.objects.unanswered(session).select_related("person")):
        calls_ended.send(Call, calls=calls, session=session)


def end_nominations(session: Session) -> None:
    """End the nominations nobody answered and say so of the people who were told and never registered."""
    people = session.registrations.values_list("person__email", flat=True)
    registered_once, now = set(people), database_clock.now()
    ended = list(session.nominations.open())
    of_these = session.nominations.filter(pk__in=[one.pk for one in ended])
    of_these.update(status=Nomination.Status.SESSION_CANCELLED, answered_at=now)
    for nomination in ended:
        nomination.status, nomination.answered_at = Nomination.Status.SESSION_CANCELLED, now
    if told := [one for one in ended if one.told_at and one.email not in registered_once]:
        nominations_ended.send(Nomination, nominations=told)


@receiver(session_changed, dispatch_uid="registrations.session_changed")
def tell_of_the_change(
    sender: type, session: Session, before: list[Meeting] | None, now: datetime, was: str = "", **kwargs: Any
) -> None:
    """Say of the people with a registration, an open nomination or a call that their session has changed.

    Where it is held in another format than it `was`, how people take part follows first. A session moved out of its
    last day, or with one line instead of two, has its free seats given in order, before anybody is told.
    """
    modes = follow_format(session, was, now) if was else {}
    promote_waiting(session, now)
    if active := list(session.registrations.active().select_related("person")):
        registrations_changed.send(
            Registration, registrations=active, before=before, now=now, was=was, modes_were=modes
        )
    registered = session.registrations.order_by().values("person__email")
    if nominations := list(session.nominations.open().filter(told_at__isnull=False).exclude(email__in=registered)):
        nominations_changed.send(Nomination, nominations=nominations, session=session, before=before, now=now, was=was)
    if calls := list(Call.objects.unanswered(session).select_related("person")):
        calls_changed.send(Call, calls=calls, session=session, before=before, now=now, was=was)


@receiver(session_extended, dispatch_uid="registrations.session_extended")
def tell_the_new_date(sender: type, session: Session, was: datetime, now: datetime, **kwargs: Any) -> None:
    """Say of the registered people that the decision has another date: they were told by when they hear of it."""
    if registered := list(session.registrations.registered().select_related("person")):
        registrations_extended.send(Registration, registrations=registered, was=was, now=now)


@receiver(session_merging, dispatch_uid="registrations.session_merging")
def offer_the_other_date(sender: type, session: Session, into: Session, now: datetime, **kwargs: Any) -> None:
    """Offer the other date to the people of this one, in order."""
    flow.offer(session, into, now)


@receiver(merge_answered, dispatch_uid="registrations.merge_answered")
def move_those_who_are_sure(sender: type, offer: MergeOffer, now: datetime, **kwargs: Any) -> None:
    """Move the person who said yes, or those behind a person who said no, as far as there are seats for all before."""
    flow.move_in_order(offer.registration.session, offer.into, now)


@receiver(session_merge_goes_on, dispatch_uid="registrations.session_merge_goes_on")
def move_those_who_are_sure_by_now(sender: type, session: Session, into: Session, now: datetime, **kwargs: Any) -> None:
    """Move people who said yes, as far as there are seats for all before them."""
    flow.move_in_order(session, into, now)


@receiver(session_merge_ends, dispatch_uid="registrations.session_merge_ends")
def move_those_who_said_yes(sender: type, session: Session, into: Session, now: datetime, **kwargs: Any) -> None:
    """Move the people who said yes while there are seats: those who did not answer take none."""
    flow.move_in_order(session, into, now, is_over=True)


@receiver(session_merged, dispatch_uid="registrations.session_merged")
def let_the_rest_wait(sender: type, session: Session, into: Session, now: datetime, **kwargs: Any) -> None:
    """Put the people who said yes and found no seat on the waitlist of the other date, and end the offers."""
    flow.let_the_rest_wait(session, into, now)


@receiver(session_kept, dispatch_uid="registrations.session_kept")
def let_both_dates_be(sender: type, session: Session, into: Session, now: datetime, **kwargs: Any) -> None:
    """End the offers, say so to people who still have this date, and give its free seats in order again."""
    flow.call_off(session, into, now)


@receiver(session_listed, dispatch_uid="registrations.session_listed")
def tell_the_interested(sender: type, session: Session, **kwargs: Any) -> None:
    """Say of the people who asked for it that a session of the workshop is listed."""
    tell_the_interested_of_all(sender, [session])


@receiver(sessions_published, dispatch_uid="registrations.sessions_published")
def tell_the_interested_of_all(sender: type, sessions: Sequence[Session], **kwargs: Any) -> None:
    """Say of the people who asked for one which listed sessions of the workshop have opened."""
    seen = [session for session in sessions if session.listed and session.is_running]
    if met := Interest.objects.met_by_each(seen, database_clock.now()):
        interests_met.send(Interest, met=met)


@receiver(session_opened_to, dispatch_uid="registrations.session_opened_to")
def give_seats_to_others(sender: type, session: Session, now: datetime, **kwargs: Any) -> None:
    """Give free seats to people who wait and may come now, and tell the interested: each once of one date."""
    pass_on(session, now, freed=f"opened-{now:%Y%m%d%H%M%S%f}")
    tell_the_interested(sender, session)


@receiver(session_resized, dispatch_uid="registrations.session_resized")
def fill_added_seats(sender: type, session: Session, added: int, has_another_capacity: bool, **kwargs: Any) -> None:
    """Give added seats to the people waiting; a lowered minimum may already be reached.

    From now on none of its seats is beyond capacity: the session holds what the office set, also after people leave.
    """
    now = database_clock.now()
    if has_another_capacity:
        session.registrations.filter(beyond_capacity=True).update(beyond_capacity=False)
    if added > 0:
        pass_on(session, now, freed=f"added-{now:%Y%m%d%H%M%S%f}")
    wake_when_reached(session)


@receiver(registration_made, dispatch_uid="registrations.registration_made")
def wake_the_decision(sender: type, registration: Registration, **kwargs: Any) -> None:
    """Wake Celery when this seat brings an open session to its minimum."""
    wake_when_reached(registration.session)


@receiver(registrations_promoted, dispatch_uid="registrations.registrations_promoted")
def wake_the_decision_of_all(sender: type, registrations: Sequence[Registration], **kwargs: Any) -> None:
    """Do so when these seats, all of one session, bring it there."""
    wake_when_reached(registrations[0].session)


def wake_when_reached(session: Session) -> None:
    """Wake `settle_session` after the commit if `session` is open and has its minimum."""
    if session.status == Session.Status.OPEN and session.seats_taken >= session.minimum:
        wake(settle_session, session.pk)


@receiver(registration_withdrawn, dispatch_uid="registrations.registration_withdrawn")
def take_along_what_was_asked(sender: type, registration: Registration, **kwargs: Any) -> None:
    """Let what the person needs to take part follow them to another date."""
    if registration.moved_to:
        Accommodation.objects.follow(registration, registration.moved_to, now=registration.withdrawn_at)


@receiver(registration_rebooked, dispatch_uid="registrations.registration_rebooked")
def take_along_what_was_asked_elsewhere(sender: type, registration: Registration, now: datetime, **kwargs: Any) -> None:
    """Let what the person needs to take part follow them from a cancelled session to another date."""
    if registration.moved_to:
        Accommodation.objects.follow(registration, registration.moved_to, now=now)


@receiver(request_scheduled, dispatch_uid="registrations.request_scheduled")
def invite_the_team(
    sender: type, request: SessionRequest, session: Session, by: Person, now: datetime, **kwargs: Any
) -> None:
    """Register the person who asked, if they said so, and nominate their colleagues in their name.

    A person who may not register, or is elsewhere at that time, is left out: their mail says that they are not in it.
    """
    if request.takes_part and request.by.profile_is_complete:
        with suppress(Registration.Refused, Clash):
            # What they asked for; a chair is kept for somebody to whom either is fine, and they may switch.
            mode = session.line_of(request.where)
            Registration.objects.register_unless_clash(request.by, session, now=now, mode=mode)
    emails = [email for email in request.addresses if not Nomination.problem_with(email, request.by)]
    if emails:
        Nomination.objects.nominate(emails, session, by=request.by, now=now, vouched_by=by)


@receiver(person_changes_now, dispatch_uid="registrations.person_changes_now")
def lock_what_may_be_freed(sender: type, person: Person, **kwargs: Any) -> None:
    """Lock the sessions that are not over and in which the person has a seat, in ascending order, before the person."""
    seats = person.registrations.registered().filter(session__ends_at__gt=database_clock.now())
    lock_all([seat.session for seat in seats.select_related("session")])


@receiver(person_changed, dispatch_uid="registrations.person_changed")
def free_seats_of_ineligible(sender: type, person: Person, **kwargs: Any) -> None:
    """Free the seats that the person may not have any longer, in ascending order of the sessions."""
    coming = person.registrations.registered().filter(session__starts_at__gt=database_clock.now())
    for registration in coming.select_related("session").order_by("session_id"):
        registration.person = person
        registration.disqualify()


@receiver(address_changes_now, dispatch_uid="registrations.address_changes_now")
def lock_the_sessions(sender: type, person: Person, **kwargs: Any) -> None:
    """Lock the sessions of the person in ascending order, so that nobody writes down what they need in between."""
    for session in Session.objects.filter(registrations__person=person).order_by("pk").distinct():
        session.lock()


@receiver(address_changed, dispatch_uid="registrations.address_changed")
def drop_what_was_asked(sender: type, person: Person, is_vouched_for: bool = False, **kwargs: Any) -> None:
    """Delete what the person needs to take part, unless it is certain that the new address is the same person's."""
    if not is_vouched_for:
        Accommodation.objects.filter(registration__person=person).delete()


@receiver(audience_changed, dispatch_uid="registrations.audience_changed")
def free_seats_of_others(sender: type, workshop: Workshop, now: datetime, **kwargs: Any) -> None:
    """Free the seats of people the workshop is no longer for, in ascending order of the sessions.

    Each session is locked before its people are looked at, so that nobody gets a seat in between.
    """
    for session in workshop.sessions.running().filter(starts_at__gt=now).order_by("pk"):
        session.lock()
        for registration in session.registrations.registered().select_related("person"):
            if not session.workshop.is_for(registration.person):
                registration.disqualify(now=now)


@receiver(user_logged_in, dispatch_uid="registrations.user_logged_in")
def carry_out_what_waited(sender: type[Person], request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Carry out, once, what was typed or pressed while signed out, and leave the outcome for the page that follows."""
    intent, press = Intent.take_from(request.session), Press.take_from(request.session, user, "register", "interested")
    if request.method != "POST":
        return
    # The newest wish counts.
    if intent is not None and (press is None or press.at < intent.at):
        if intent.email == user.email:
            _register(request, intent, user)
    elif press is not None and press.view == "interested":
        _note_interest(request, str(resolve(press.path).kwargs["slug"]), user)
    elif press is not None and (pressed := Intent.of(press, user)):
        _register(request, pressed, user)
    elif press is not None:
        messages.warning(request, "You are signed in and not registered yet: we have something to ask you first.")


def _register(request: HttpRequest, intent: Intent, user: Person) -> None:
    now = database_clock.now()
    try:
        registration = intent.carry_out(user, now)
    except Registration.Refused as refusal:
        messages.error(request, on_a_page(refusal))
    except Clash as clash:
        messages.warning(request, clash.with_link())
    # The person is signed in, registered or not: an exception here would undo that.
    except OperationalError:
        messages.error(request, "The portal is busy: you are signed in but not registered yet. Register again.")
    else:
        said, asked = after_pressing(registration, now, intent.promised), Accommodation.objects.of(registration)
        messages.success(request, and_access(said, registration, asked, now))


def _note_interest(request: HttpRequest, slug: str, user: Person) -> None:
    workshop = Workshop.objects.published().filter(slug=slug).first()
    if workshop is None:
        return
    try:
        Interest.objects.express(user, workshop)
    except Interest.Refused as refusal:
        messages.error(request, on_a_page(refusal))
    except OperationalError:
        messages.error(request, "The portal is busy: you are signed in, and it is not noted yet. Press it again.")
    else:
        messages.success(request, after_asking(workshop))
