"""Whatever is edited and answered in whatever order, over a mail server that hangs up, calendars end right (G9)."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Campus
from catalog.models import Facilitator
from devtools.testing import replies
from devtools.testing.calendar_readers import calendar_of
from notifications.calendars.snapshots import snapshot_of
from notifications.models import CalendarThread, Decline, MailQueue, Notice
from notifications.outbox.claim import claim
from notifications.outbox.deliver import Sender
from notifications.replies.applying import receive
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Place, Session, Times, Venue

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
STEPS = 60
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


class Walk:
    """One session, its people and the office, whose steps are drawn from `chance`."""

    def __init__(self, chance, session, crowd, office, rooms, sink, now):
        self.chance, self.session, self.crowd, self.office = chance, session, crowd, office
        self.rooms, self.sink, self.now = rooms, sink, now

    def deliver(self) -> None:
        with Sender() as sender:
            while notice := claim(max(self.now, timezone.now())):
                sender.send([notice], MailQueue.load())

    def meeting(self):
        return self.chance.choice(list(self.session.meetings.all()))

    def reschedule(self):
        meeting, by = self.meeting(), self.chance.choice([-2, -1, 1, 2]) * DAY
        new = Times(meeting.starts_at + by, meeting.ends_at + by, meeting.time_zone)
        self.session.reschedule({meeting: new}, by=self.office, now=self.now)

    def relocate(self):
        where = Place(self.chance.choice(self.rooms), self.chance.choice(["", "https://meet.example.edu/a"]))
        self.session.relocate({self.meeting(): where}, by=self.office, now=self.now)

    def rename(self):
        self.session.workshop.rename(self.office, title=self.chance.choice(["One", "Two"]))
        self.rooms[-1].rename(self.office, room=self.chance.choice(["1", "2"]))

    def appoint(self):
        every = list(Facilitator.objects.all())
        self.session.appoint(self.chance.sample(every, self.chance.randint(0, 2)), by=self.office, now=self.now)

    def add_meeting(self):
        last = self.session.meetings.last()
        plan = MeetingPlan(last.starts_at + 3 * DAY, last.ends_at + 3 * DAY, last.time_zone)
        self.session.add_meeting(plan, by=self.office, now=self.now)

    def cancel_meeting(self):
        self.session.cancel_meeting(self.meeting(), "Ill.", by=self.office, now=self.now)

    def register(self):
        Registration.objects.register(self.chance.choice(self.crowd), self.session, now=self.now)

    def withdraw(self):
        if active := list(self.session.registrations.active()):
            self.chance.choice(active).withdraw(self.office, now=self.now)

    def answer(self):
        """Somebody's calendar answers one invitation, or all it has."""
        self.now += SECOND
        threads = CalendarThread.objects.filter(requested_at__isnull=False).select_related("registration__person")
        if every := list(threads.filter(registration__status="registered")):
            one = self.chance.choice(every)
            own = [each for each in every if each.registration_id == one.registration_id]
            partstat = self.chance.choice(["DECLINED", "DECLINED", "ACCEPTED"])
            for thread in self.chance.choice([[one], own]):
                address, sequence = thread.registration.person.email, f"SEQUENCE:{thread.sequence}"
                calendar = replies.event(thread.uid, partstat, address, stamp=self.now, SEQUENCE=sequence)
                receive(replies.mail(address, replies.bare(calendar)), self.now)

    def keep(self):
        if declines := list(Decline.objects.all()):
            self.chance.choice(declines).keep(self.now)

    def send_again(self):
        if threads := list(CalendarThread.objects.all()):
            with suppress(CalendarThread.Refused):
                self.chance.choice(threads).send_again(by=self.office, now=self.now)

    def try_again(self):
        """Something that was sent came back, and the office tries it again."""
        if sent := list(Notice.objects.filter(state=Notice.State.SENT)):
            notice = self.chance.choice(sent)
            receive(replies.bounce(notice.message_id, notice.to), self.now)
            notice.retry()

    def refuse(self):
        self.sink.busy += self.chance.randint(1, 3)

    def hang_up(self):
        self.sink.drops += 1

    def wait(self, of_time=None):
        self.now += of_time or self.chance.choice([MINUTE, 2 * MINUTE, 3 * MINUTE])
        for decline in Decline.objects.due(self.now):
            decline.carry_out(self.now)
        self.deliver()

    def step(self) -> None:
        steps = [self.reschedule] * 3 + [self.relocate, self.rename, self.appoint, self.add_meeting]
        steps += [self.cancel_meeting, self.register, self.withdraw, self.refuse, self.hang_up] + [self.wait] * 6
        steps += [self.answer] * 6 + [self.register, self.keep, self.send_again, self.try_again] * 3
        # Two meetings at once, or the only one left.
        with suppress(Session.Refused):
            self.chance.choice(steps)()


@pytest.mark.parametrize("seed", range(6))
def test_calendars_end_with_what_is_so(make_session, people, office, smtp_sink, settings, now, seed):
    settings.REPLY_AUTHSERV_ID, settings.DECLINE_UNDO_MINUTES = replies.AUTHSERV, 4
    campus = Campus.objects.create(name="Downtown")
    rooms = [None, Venue.objects.create(campus=campus, building="Annex", room="1")]
    for name in ("Ada Okafor", "Tolu Adeyemi"):
        Facilitator.objects.create(name=name)
    crowd, session = people(3), make_session(days=60, minimum=1, capacity=2)
    Registration.objects.register(crowd[0], session, now=now)
    session.settle(now=now)
    walk = Walk(random.Random(seed), session, crowd, office, rooms, smtp_sink, now)
    for _ in range(STEPS):
        walk.step()
    smtp_sink.busy = smtp_sink.drops = 0
    for _ in range(4):
        walk.wait(DAY)
    assert set(Notice.objects.values_list("state", flat=True)) <= {"sent", "superseded"}
    last, told = {}, {}
    for one in smtp_sink.received:
        told.setdefault(one.recipients[0], []).append(one.message["Subject"])
        if event := calendar_of(one):
            before = last.get(str(event["UID"]))
            assert before is None or event["SEQUENCE"] >= before["SEQUENCE"]
            last[str(event["UID"])] = event
    everybody = CalendarThread.objects.select_related("registration__session__workshop", "meeting__venue__campus")
    for thread in everybody:
        event = last.get(thread.uid)
        if thread.registration.is_registered and not thread.meeting.is_cancelled:
            is_so = snapshot_of(thread.registration, thread.meeting)
            part = f" (part {is_so['part']} of {is_so['parts']})" if is_so["parts"] > 1 else ""
            assert event.method == "REQUEST"
            assert event.decoded("DTSTART") == thread.meeting.starts_at
            assert event.decoded("DTEND") == thread.meeting.ends_at
            assert str(event["SUMMARY"]) == is_so["title"] + part
            assert str(event["LOCATION"]) == " / ".join(filter(None, [is_so["place"], is_so["join_link"]]))
            assert str(event["DESCRIPTION"]).startswith("With ") == bool(is_so["facilitators"])
        else:
            assert event is None or event.method == "CANCEL" or thread.was_taken_off
    for registration in session.registrations.filter(seated_at__isnull=False):
        assert (
            any(
                subject.startswith(("Confirmed", "You have a seat"))
                for subject in told.get(registration.person.email, [])
            )
            or not registration.is_registered
        )
    assert list(breaches(walk.now)) == []
