"""Ask first: what saving a form does to people, said and counted, and done only once the office has said yes to it."""

import hashlib
from collections.abc import Iterable
from copy import copy
from datetime import datetime

from django import forms

from accounts.models import Campus, Person
from catalog.models import Facilitator, Workshop
from foundation import database_clock
from foundation.dates import day_and_time
from foundation.naming import Named
from foundation.text import number_words
from registrations.models import Interest, Registration
from sessions_app.models import Mode, Session
from sessions_app.receivers import SHOWN_BY

NOT_YET = "Nothing is saved yet: say yes below and save again, or change it back."
LOOK_AT_IT = "Nothing is saved yet: something speaks against it, see below. Change it, or save again as it is."


class AsksFirst(forms.ModelForm):
    """A form that says what saving it does to people, and saves once somebody has said yes to exactly that.

    `consequences` of a subclass returns the sentences, and `concerns` what speaks against what was typed, which
    needs no yes but a second press. While neither is agreed to the form is refused; `asked` and `concerned` hold the
    sentences for the page, and `agreement` what a yes to them is.
    """

    asked: list[str] = []
    concerned: list[str] = []
    agreement = ""

    def consequences(self) -> list[str]:
        """Return what saving does to people, a sentence each, from what was typed; none where it does nothing."""
        return []

    def concerns(self) -> list[str]:
        """Return what speaks against what was typed, a sentence each; none where nothing does."""
        return []

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.errors and self.has_changed():
            self.ask(self.consequences() if self.instance.pk else [], self.concerns())

    def ask(self, consequences: list[str], concerns: list[str], *meant: object) -> None:
        """Refuse the form until somebody has agreed to these sentences, said of what is `meant`."""
        said = [*consequences, *concerns]
        agreement = hashlib.sha256("\n".join([*said, *map(str, meant)]).encode()).hexdigest()[:16]
        if not said or self.data.get("agreed") == agreement:
            return
        self.asked, self.concerned, self.agreement = consequences, concerns, agreement
        self.add_error(None, NOT_YET if consequences else LOOK_AT_IT)


# ---- sentences ----


def people_words(number: int) -> str:
    """“one person”, “twelve people”, “30 people”."""
    return "one person" if number == 1 else f"{number_words(number)} people"


def of_a_new_name(noun: Named) -> list[str]:
    """Return what a new name of something does: people who have it in a calendar get an update."""
    confirmed = Session.objects.filter(status=Session.Status.CONFIRMED, ends_at__gt=database_clock.now())
    sessions = confirmed.filter(SHOWN_BY[type(noun)](noun)).order_by()
    told = Registration.objects.filter(session__in=sessions, status=Registration.Status.REGISTERED).count()
    if not told:
        return []
    many = sessions.count()
    held = "one confirmed session" if many == 1 else f"{number_words(many)} confirmed sessions"
    return [f"The name changes in the calendars of {people_words(told)}, for {held}: each of them gets an update."]


def of_more_seats(before: Session, capacity: int, room: int | None = None, online: int | None = None) -> list[str]:
    """Return what a larger capacity, or more seats of a mode, does: people who wait get seats, or are told."""
    now = database_clock.now()
    if not before.is_running or before.has_started(now):
        return []
    sizes = {Mode.ROOM: room, Mode.ONLINE: online} if before.asks_how else {"": capacity}
    promoted = sum(
        min(before.waiting_in(line), max(0, (size or 0) - before.taken_in(line)))
        for line, size in sizes.items()
        if (size or 0) > before.capacity_in(line)
    )
    if not promoted:
        return []
    if before.is_in_last_day(now):
        return ["People on the waitlist are told that a seat is open: the first of them to take it has it."]
    who = "One person on the waitlist gets a seat and is"
    if promoted > 1:
        who = f"{number_words(promoted).capitalize()} people on the waitlist get a seat and are"
    return [f"{who} told at once."]


def of_other_facilitators(before: Session, chosen: Iterable[Facilitator]) -> list[str]:
    """Return what other facilitators of a session do: those are asked and told, and calendars that name them change."""
    if not before.is_running or before.ends_at <= database_clock.now():
        return []
    old, new = set(before.facilitators.select_related("person")), set(chosen)
    said = [
        f"{one.name} is asked to lead it, with an invitation to {one.address}."
        for one in sorted(new - old, key=str)
        if one.address
    ]
    said += [f"{one.name} is told that they no longer lead it." for one in sorted(old - new, key=str) if one.address]
    if before.is_confirmed and before.seats_taken and new:
        said.append(
            f"The calendars of {people_words(before.seats_taken)} registered say who leads it: they get an update."
        )
    return said


def of_a_window(before: Session, opens_at: datetime | None, closes_at: datetime) -> list[str]:
    """Return what other times for registering do to people who could register, or cannot yet."""
    now = database_clock.now()
    after = copy(before)
    after.registration_opens_at, after.registration_closes_at = opens_at, closes_at
    is_later = (opens_at or now) > max(now, before.registration_opens_at or now)
    if not is_later and closes_at >= before.registration_closes_at:
        return []
    said = [f"People were told that they can register from {before.window_words()}. Now it is {after.window_words()}."]
    if before.takes_registrations(now) and not after.takes_registrations(now):
        said.append("Nobody can register from now on.")
    proposed = before.nominations.open().count()
    if proposed:
        said.append(f"Proposals that are not answered yet, and can be accepted only within these times: {proposed}.")
    said.append("People who are registered or wait stay as they are, and nobody is written to.")
    return said


def of_the_deadline(before: Session, choice: str) -> list[str]:
    """Return what another rule for the deadline does to people who were told by when they hear of it."""
    if not before.seats_taken:
        return []
    people, day = people_words(before.seats_taken), day_and_time(before.confirm_by, before.time_zone)
    if choice == Session.AtDeadline.ASK:
        return [
            f"If it is short on {day}, you are asked first and have a day to answer: the answer to {people} registered "
            "comes up to a day later than they were told."
        ]
    return [f"If it is short on {day}, it is cancelled without a question, and {people} registered are told."]


def of_a_campus(before: Session, campus: Campus | None) -> list[str]:
    """Return what another campus does: people elsewhere keep their seats, and people who may come now are told."""
    now, after = database_clock.now(), copy(before)
    after.for_campus = campus
    said = []
    if campus:
        elsewhere = before.registrations.active().exclude(person__campus=campus)
        kept = elsewhere.filter(status=Registration.Status.REGISTERED).count()
        passed_over = elsewhere.filter(status=Registration.Status.WAITLISTED).count()
        if kept:
            said.append(f"People with a seat who are not at {campus}, and keep it: {kept}.")
        if passed_over:
            said.append(f"People who wait, are not at {campus}, and are passed over from now on: {passed_over}.")
    if after.listed and after.takes_registrations(now):
        already = before.registrations.order_by().values("person")
        met = Interest.objects.met_by(after, now).exclude(person__in=already)
        told = met.exclude(pk__in=Interest.objects.met_by(before, now).values("pk")).count()
        if told:
            said.append(f"A mail about this date goes to {people_words(told)} who asked for one and may come now.")
    return said


def of_listing(before: Session) -> list[str]:
    """Return what listing a session does: people who asked for a date of its workshop are told."""
    now = database_clock.now()
    told = Interest.objects.met_by(before, now).count() if before.takes_registrations(now) else 0
    return [f"A mail about this date goes to {people_words(told)} who asked for one."] if told else []


def of_a_narrower_audience(seats: int) -> list[str]:
    """Return what an audience does that leaves out people who have so many seats in sessions to come."""
    if not seats:
        return []
    if seats == 1:
        taken = "One seat in sessions to come is taken by somebody this workshop would no longer be for."
        lost = "That person loses it and is told why."
    else:
        taken = f"{seats} seats in sessions to come are taken by people this workshop would no longer be for."
        lost = "They lose their seats and are told why."
    return [f"{taken} {lost} The next in line get what becomes free; people who wait and may not come are passed over."]


def of_a_draft_workshop(workshop: Workshop) -> list[str]:
    """Return what taking back a workshop does: nobody sees its sessions, which go on."""
    sessions = list(workshop.sessions.running().upcoming())
    if not sessions:
        return []
    seats = sum(one.seats_taken + one.waiting_count for one in sessions)
    many = "One session" if len(sessions) == 1 else f"{number_words(len(sessions)).capitalize()} sessions"
    return [
        f"{many} to come, with {people_words(seats)}, cannot be found any more, and nobody registers. They are not "
        "cancelled, and nobody is told: cancel each date that is not held."
    ]


def of_a_person_who_may_not_come(person: Person) -> list[str]:
    """Return what switching a person off, or another role or campus, does: seats that are lost."""
    now = database_clock.now()
    lost = Registration.objects.filter(person=person.pk).out_of_reach_of(person, now)
    if not lost:
        return []
    dates = "; ".join(str(one.session) for one in lost)
    return [f"{person} loses the seat in {dates}, and is told why. The next in line get what becomes free."]
