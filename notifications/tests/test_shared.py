"""What readers share in their mail is rendered once, and each mail is to the byte what it is when rendered alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifications.calendars import writing
from notifications.calendars.writing import Invitation, Mailbox
from notifications.kinds import KINDS
from notifications.models import Notice, Wording
from notifications.outbox import deliver, preview, shared
from notifications.outbox.shared import Shared, words_of
from notifications.tasks import deliver_soon
from registrations.models import Registration

pytestmark = pytest.mark.django_db
SHOWN = [kind for kind in KINDS.values() if kind.example]
NAMES = ["Ana Bell", "Rory O’Neil-Żak", "D'Arcy & <Sons>", "", "Two  blanks", "Ana Bell", "يمنى سلام"]


@pytest.fixture
def readers(people):
    """Some readers of one session: with marks that HTML escapes, without a name, twice the same."""
    return [people(1, name=name, addressed_as=name)[0] for name in NAMES]


def contexts(kind, readers, session, now):
    """Yield what a mail of `kind` may name, for each of the readers."""
    for reader in readers:
        if not preview.is_about_a_session(kind):
            made = kind.example.of_no_session(Notice(kind=kind.name, to=reader.email), now)
        else:
            notice = preview._example_notice(kind, reader, session, {})
            made = preview._context(kind, notice, session)
        if made is not None:
            yield made


def both_ways(kind, readers, session, now, wording=None):
    """Return of each reader the words that are shared, and those rendered alone."""
    memory = Shared()
    return [
        (memory.words_of(kind.name, one, {}, wording), words_of(kind.name, one, {}, wording))
        for one in contexts(kind, readers, session, now)
    ]


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.name)
def test_a_mail_of_each_kind_says_what_it_says_alone(kind, readers, make_session, now):
    session = make_session()
    assert all(ours == alone for ours, alone in both_ways(kind, readers, session, now))


@pytest.mark.parametrize("name", ["registered", "confirmed", "cancelled", "reminder"])
def test_a_mail_is_rendered_thrice_for_many_readers(name, people, make_session, now, monkeypatch):
    rendered = []
    monkeypatch.setattr(shared, "words_of", lambda *args: rendered.append(1) or words_of(*args))
    readers, session, memory = people(12), make_session(), Shared()
    said = [memory.words_of(name, one, {}, None) for one in contexts(KINDS[name], readers, session, now)]
    # Alone, to see whether it comes again; alone once more, and with places: both must say the same.
    assert len(rendered) == 3
    assert len({one.html for one in said}) == 12


def test_with_less_in_its_key_a_mail_says_what_another_says(readers, make_session, now, monkeypatch):
    """Show that the test of each kind tells: the control."""
    monkeypatch.setattr(Shared, "_frozen", lambda self, value: None)
    kind, memory = KINDS["confirmed"], Shared()
    said = [memory.words_of(kind.name, one, {}, None) for one in contexts(kind, readers[:1] * 3, make_session(), now)]
    (other,) = contexts(kind, readers[:1], make_session(days=30), now)
    assert memory.words_of(kind.name, other, {}, None).text != words_of(kind.name, other, {}, None).text
    assert len(said) == 3


def test_a_mail_whose_places_do_not_hold_all_is_rendered_for_each(readers, make_session, now, monkeypatch, caplog):
    def long_way(kind, context, of_subject, wording):
        words = words_of(kind, context, of_subject, wording)
        return words._replace(text=words.text + str(len(context["withdrawal_url"])))

    monkeypatch.setattr(shared, "words_of", long_way)
    memory = Shared()
    for one in contexts(KINDS["confirmed"], readers, make_session(), now):
        assert memory.words_of("confirmed", one, {}, None) == long_way("confirmed", one, {}, None)
    assert "confirmed mail is rendered for each reader" in caplog.text


@pytest.mark.parametrize("words", ["Bring coffee to {title}.", "Leave: {withdrawal_url}", "So: {standard_words}"])
def test_words_of_the_office_say_what_they_say_alone(words, readers, make_session, now):
    wording = Wording(kind="confirmed", words=words, subject="{title}: yes")
    pairs = both_ways(KINDS["confirmed"], readers, make_session(), now, wording)
    assert len(pairs) == len(NAMES) and all(ours == alone for ours, alone in pairs)


def test_a_drain_sends_what_comes_while_it_lingers(people, make_session, now, smtp_sink, monkeypatch):
    session, readers = make_session(), people(4)
    came, waited = iter(readers[1:]), []

    def come(seconds):
        waited.append(seconds)
        Registration.objects.register(next(came), session, now=now)

    monkeypatch.setattr(deliver.time, "sleep", come)
    Registration.objects.register(readers[0], session, now=now)
    deliver_soon()
    # Twice half a second, whatever comes: decisions wait for the same worker.
    assert waited == [deliver.LINGER_SECONDS] * 2
    assert Notice.objects.filter(state=Notice.State.SENT).count() == 3


def test_a_drain_that_sends_nothing_does_not_linger(db, smtp_sink, monkeypatch):
    monkeypatch.setattr(deliver.time, "sleep", lambda seconds: pytest.fail("it lingers"))
    deliver_soon()


# ---- the calendar part ----

AT = datetime(2031, 5, 13, 17, 30, tzinfo=UTC)
ONE = Invitation(
    uid="one@example.edu",
    sequence=1,
    stamp=AT,
    starts_at=AT + timedelta(days=7),
    ends_at=AT + timedelta(days=7, hours=1),
    time_zone="America/Chicago",
    summary="Allyship",
    description="With Ana\nYour registration: https://example.edu/1",
    location="Room 1",
    organizer=Mailbox("Office", "office@example.edu"),
    attendee=Mailbox("Ana Bell", "ana@example.edu"),
    rsvp=True,
)
OTHERS = [
    {},
    {"uid": "x" * 200, "stamp": AT + timedelta(seconds=1)},
    {"attendee": Mailbox("Ż" * 90 + ", “;:", "z@bücher.example")},
    {"attendee": Mailbox("", "z@example.edu"), "partstat": "ACCEPTED", "sequence": 4},
    {"description": ""},
    {"description": " \n ", "join_link": "https://zoom.example/j/1"},
    {"description": "UID:a\nDESCRIPTION:b\\N, c; d\n" + "é" * 100},
    {"time_zone": "UTC", "summary": "UID:x\nATTENDEE:y", "part": 2, "parts": 3},
    {"starts_at": AT.replace(year=2400), "ends_at": AT.replace(year=2401)},
    {"rsvp": False, "status": "TENTATIVE"},
]


@pytest.mark.parametrize("write", [writing.request, writing.cancel])
def test_an_invitation_says_what_it_says_alone(write, monkeypatch):
    changed = [replace(ONE, **changes) for changes in OTHERS]
    ours = [write(one) for one in changed * 2]
    monkeypatch.setattr(writing, "OF_ONE", set())
    for name in ("uid", "stamp", "description", "attendee", "partstat"):
        assert len({getattr(one, name) for one in changed}) > 1
    monkeypatch.setattr(writing, "replace", lambda one, status, **of_nobody: replace(one, status=status))
    writing._lines_by_mail.cache_clear()
    alone = [write(one) for one in changed * 2]
    writing._lines_by_mail.cache_clear()
    assert ours == alone


def test_with_a_line_of_ones_own_left_out_an_invitation_names_another(monkeypatch):
    """Show that the test above tells: the control."""
    monkeypatch.setattr(writing, "OF_ONE", writing.OF_ONE - {b"ATTENDEE"})
    assert b"nobody@example.org" in writing.request(ONE)
