"""Foresee what people of a session are told once it is held or placed otherwise: how many, and the very mail.

Nothing is saved, and no query depends on how many people there are. The reader stands in for each of them, as in a
preview.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from accounts.models import Person
from notifications.calendars.snapshots import Snapshot, snapshot_of, snapshots_differ, when_and_where
from notifications.kinds.calling import CALL_MOVED, told_of
from notifications.kinds.changes import CHANGED
from notifications.kinds.nominations import ALTERED
from notifications.models import CalendarThread, Notice, Wording, counts_of
from notifications.models.kind import Kind
from notifications.outbox.compose import write_words
from notifications.outbox.preview import without_ways_in
from registrations.models import Registration
from sessions_app.models import Meeting, Session

NOMINATED, CALLED = "nominated", "called"


@dataclass(frozen=True)
class Foreseen:
    """So many people of a `standing` (a status of a registration, NOMINATED, CALLED) and `mode`, and the mail they get.

    `mail` is an unsaved Notice; None where nothing differs for them. `mails` is how many such mails each of them gets.
    """

    people: int
    standing: str
    mode: str = ""
    mail: Notice | None = None
    mails: int = 1


def foresee(session: Session, after: Session, reader: Person, now: datetime) -> list[Foreseen]:
    """Return what people of `session` are told once it is as `after`: a copy with its meetings, as `held_as` makes it.

    People with a seat come first, then those who wait, then those who were proposed, or asked by the office, and have
    not answered.
    """
    wordings = Wording.objects.in_bulk([CHANGED.name, ALTERED.name, CALL_MOVED.name])
    registered = session.registrations.order_by().values("person__email")
    proposed = session.nominations.open().filter(told_at__isnull=False).exclude(email__in=registered).count()
    called = told_of(session, now).count()
    return [
        *_registered(session, after, reader, now, wordings.get(CHANGED.name)),
        *_asked(session, after, reader, ALTERED, wordings.get(ALTERED.name), proposed, NOMINATED),
        *_asked(session, after, reader, CALL_MOVED, wordings.get(CALL_MOVED.name), called, CALLED),
    ]


def mail_to(reader: Person, session: Session, kind: Kind, facts: dict[str, object]) -> Notice:
    """Return the plain mail of `kind` that a person with a seat in `session` gets, with these facts. It is unsaved."""
    then = Registration(person=reader, session=session, status=Registration.Status.REGISTERED)
    mail = _notice(kind.name, then, facts)
    _write(mail, kind, Wording.objects.filter(pk=kind.name).first())
    return mail


def _registered(
    session: Session, after: Session, reader: Person, now: datetime, wording: Wording | None
) -> Iterator[Foreseen]:
    alike = session.registrations.active().order_by("status", "mode").values_list("status", "mode")
    for status, mode, people in alike.annotate(people=Count("pk")):
        mine = Registration(person=reader, session=session, status=status, mode=mode)
        mode_after = after.mode_after(mode, session.format)
        then = Registration(person=reader, session=after, status=status, mode=mode_after)
        if then.is_registered and session.is_confirmed:
            mails = list(_updates(mine, then, now))
        else:
            mails = list(_plain(mine, then))
        for mail in mails[:1]:
            _write(mail, CHANGED, wording)
        yield Foreseen(people, status, mode, mails[0] if mails else None, len(mails))


def _updates(mine: Registration, then: Registration, now: datetime) -> Iterator[Notice]:
    """Give a Notice for each meeting to come of which the calendar shows something else then."""
    for before, meeting in _pairs(mine.session, then.session):
        known, says = snapshot_of(mine, before), snapshot_of(then, meeting)
        if meeting.ends_at > now and snapshots_differ(known, says):
            notice = _notice(CHANGED.name, then, {"known": known, "says": says})
            notice.method, notice.sequence = Notice.Method.REQUEST, 1
            notice.thread = CalendarThread(registration=then, meeting=meeting)
            yield notice


def _plain(mine: Registration, then: Registration) -> Iterator[Notice]:
    """Give the one Notice of somebody without an invitation, if they come at another time or to another place then."""
    known = _known(mine.session, mine.mode)
    if known != _known(then.session, then.mode):
        yield _notice(CHANGED.name, then, {"known": known})


def _asked(
    session: Session, after: Session, reader: Person, kind: Kind, wording: Wording | None, people: int, standing: str
) -> Iterator[Foreseen]:
    """Give what so many people without a seat are told, by a mail of `kind`."""
    known = _known(session)
    if not people:
        return
    if known == _known(after):
        yield Foreseen(people, standing)
        return
    mail = Notice(kind=kind.name, to=reader.email, person=reader, facts=counts_of(session) | {"known": known})
    assert kind.example is not None and kind.example.context is not None
    write_words(mail, kind.example.context(mail, after), wording)
    without_ways_in(mail)
    yield Foreseen(people, standing, mail=mail)


def _write(mail: Notice, kind: Kind, wording: Wording | None) -> None:
    write_words(mail, kind.context(mail), wording)
    without_ways_in(mail)


def _notice(kind: str, then: Registration, facts: dict[str, object]) -> Notice:
    reader = then.person
    noted = counts_of(then.session) | facts
    return Notice(kind=kind, to=reader.email, person=reader, registration=then, facts=noted)


def _known(session: Session, mode: str = "") -> list[Snapshot]:
    return [when_and_where(meeting, session.format, mode) for meeting in session.held_meetings]


def _pairs(session: Session, after: Session) -> Iterator[tuple[Meeting, Meeting]]:
    then = {meeting.pk: meeting for meeting in after.held_meetings}
    return ((meeting, then[meeting.pk]) for meeting in session.held_meetings if meeting.pk in then)
