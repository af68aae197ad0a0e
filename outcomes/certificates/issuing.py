"""When a certificate is issued and revoked by itself.

The rule: people are certified for a session once the lists of all its meetings are closed and say that they were there
throughout, registered or not; and for a program once they have completed it by its rule, with the same press, or with
the office's word that they took the rest elsewhere. Where a correction says otherwise, or that word is taken back, the
certificate is revoked, and issued again, with another code, where a second one says that it was true. What a workshop
is worth by then changes no certificate that has been issued.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.conf import settings

from accounts.models import Person
from catalog import order
from catalog.models import Program, Workshop
from foundation.dates import local
from foundation.verbs import lock_row, part_of_a_verb
from outcomes.attended import Presence, is_taken, presence_at
from outcomes.certificates.words import words_of_program, words_of_session
from outcomes.credit import credit_of
from outcomes.models import Certificate
from outcomes.models.certificate import Credited
from registrations.progress import Taken, reckon, taken_by
from sessions_app.models import Meeting, Session

CORRECTED = "Attendance was corrected."
INCOMPLETE = "The program is not complete any more."


@part_of_a_verb
def settle(session: Session, now: datetime, only: Person | None = None) -> None:
    """Issue and revoke the certificates of `session`, of all people or `only` one: they say what attendance says.

    Quiet where they do already. In the transaction of its caller, under the lock of the session.
    """
    session.lock()
    taken = is_taken(session)
    valid = Certificate.objects.valid().filter(session=session).select_related("person")
    by_person = {one.person_id: one for one in (valid.filter(person=only) if only else valid)}
    if not taken and not by_person:
        return
    presence = presence_at(session, [only.pk] if only else None)
    lost = [one for key, one in by_person.items() if key not in presence or not presence[key].was_there_throughout]
    for certificate in lost:
        certificate.revoke(CORRECTED, by=Person.objects.rule(), now=now)
    due = [key for key, seen in presence.items() if taken and seen.was_there_throughout and key not in by_person]
    if due:
        _issue(session, {key: presence[key] for key in due}, now)
    moved = {*due, *(one.person_id for one in lost if one.person_id)}
    if moved:
        settle_programs(session.workshop, moved, now)


def _issue(session: Session, presence: dict[int, Presence], now: datetime) -> None:
    meetings = list(Meeting.objects.filter(session=session))
    credit = credit_of({(key, session.pk) for key in presence})
    for person in Person.objects.filter(pk__in=presence).order_by("pk"):
        words = words_of_session(session, meetings, presence[person.pk].time)
        rows = [Credited(one.kind, one.hours) for one in credit.get((person.pk, session.pk), []) if not one.waits]
        Certificate.objects.issue(person, session, words, rows, now=now)


@part_of_a_verb
def add_credit(person: Person, session: Session, now: datetime) -> None:
    """Issue the certificate of `person` again with the credit that waited for the evaluation, if there is any."""
    session.lock()
    certificate = Certificate.objects.valid().filter(person=person, session=session).first()
    if certificate is None:
        return
    there = {one.kind_id: Credited(one.kind, one.hours) for one in certificate.credits.select_related("kind")}
    earned = credit_of({(person.pk, session.pk)}).get((person.pk, session.pk), [])
    newly = [Credited(one.kind, one.hours) for one in earned if not one.waits and one.kind.pk not in there]
    if newly:
        certificate.replace(by=person, credits=[*there.values(), *newly], now=now)


# ---- programs ----


@part_of_a_verb
def settle_programs(workshop: Workshop, people: Collection[int], now: datetime, why: str = CORRECTED) -> None:
    """Issue and revoke the certificates of `people` (keys) for the programs that `workshop` is part of, or counts in.

    `why` is what a revoked one says. Each person is locked: two sessions of theirs may be settled at once.
    """
    programs = list(Program.objects.published().exclude(rule=Program.Rule.NONE).with_entries())
    counting = order.counting_as({entry.workshop_id for program in programs for entry in program.offered})
    concerned = [
        program for program in programs if any(workshop.pk in counting[one.workshop_id] for one in program.offered)
    ]
    if not concerned:
        return
    for person in Person.objects.filter(pk__in=people).order_by("pk"):
        lock_row(person)
        for program in concerned:
            _settle_program(person, program, counting, now, why)


def _settle_program(person: Person, program: Program, counting: dict[int, set[int]], now: datetime, why: str) -> None:
    entries = program.offered
    wanted = set().union(*(counting[entry.workshop_id] for entry in entries))
    taken = taken_by(person, wanted, now)
    today = local(now, settings.TIME_ZONE).date()
    progress = reckon(entries, program.rule_over(entries), counting, taken, [], today)
    valid = Certificate.objects.valid().filter(person=person, program=program).first()
    if valid and not progress.is_complete:
        valid.revoke(why, by=Person.objects.rule(), now=now)
    if valid or not progress.is_complete:
        return
    done = [_newest(taken, counting[entry.workshop_id], entry.workshop.title) for entry in entries]
    counted = [one for one in done if one]
    days = [on for _, on in counted if on]
    minutes = _minutes(person, [counting[entry.workshop_id] for entry in entries])
    words = words_of_program(program, counted, max(days, default=today), minutes)
    Certificate.objects.issue(person, program, words, now=now)


def _newest(taken: Collection[Taken], counting: Collection[int], title: str) -> tuple[str, date | None] | None:
    """Return the workshop `title` with the last day on which something that counts as it was taken; None if never."""
    found = [one for one in taken if one.workshop in counting]
    return (title, max((one.on for one in found if one.on), default=None)) if found else None


def _minutes(person: Person, per_entry: Collection[Collection[int]]) -> int:
    """Return the minutes that valid certificates of sessions say, the newest one for each workshop of a program."""
    rows = Certificate.objects.valid().filter(person=person, session__isnull=False).order_by("day", "pk")
    of_workshop = dict(rows.values_list("session__workshop", "minutes"))
    return sum(max((of_workshop.get(key) or 0 for key in counting), default=0) for counting in per_entry)
