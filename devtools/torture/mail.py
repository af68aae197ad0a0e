"""Promises about telling people (G6 to G9): real workers, a real SMTP conversation, and what fails in between."""

import contextlib
import smtplib
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from statistics import median

from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import Q
from django.utils import timezone

from accounts.models import Person
from devtools.processes import private_folder
from devtools.torture.line import ask_keeper, tell
from devtools.torture.outages import flushed, in_background
from devtools.torture.post_office import Accepted, PostOffice, Senders, left, let_time_pass, send_all
from devtools.torture.stage import make_session, office, people
from devtools.torture.verdict import Verdict
from notifications.models import CalendarThread, MailQueue, Notice
from notifications.outbox.claim import LEASE, MOST_ATTEMPTS
from registrations.models import Registration
from sessions_app.models import Place, Session, Times

CROWD, POPULATION = 30, 300  # people of each session, and of whom they are taken in turn
EACH_REFUSED = 100  # people; of so many one has a mailbox that is refused
EACH_KILL = 100  # notices
BETWEEN_KILLS = 40  # messages
CRASHES = 3
DAY = timedelta(days=1)
PATIENCE = 600  # seconds until the last notice must be sent
LITTLE_PATIENCE = 60  # of a control, in which it never is
DYING = timedelta(seconds=1)
AT_FIRST, MEANWHILE = 200, 60  # notices
MINUTE, NOTICED, SLOWEST = 60, 65, 5  # seconds, seconds, notices per second
LEAST_RATIO, ROUNDS = 0.3, 5


def news(count: int) -> Iterator[None]:
    """Make `count` notices or a few more by real verbs, yielding after each verb.

    They are invitations, withdrawals, other times and links, cancellations.
    """
    everybody, by = people(POPULATION), office()
    there = Notice.objects.count()
    while (made := Notice.objects.count() - there) < count:
        tell(f"{made:,} of {count:,} notices written")
        session = make_session(minimum=1, capacity=CROWD + 10)
        first = session.pk * CROWD % POPULATION
        Registration.objects.register(everybody[first], session)
        session.run_anyway("The torture wants it.", by=by)
        for person in everybody[first : first + CROWD]:
            Registration.objects.register(person, session)
            yield
        if session.pk % 3 == 0:
            for registration in session.registrations.registered()[:5]:
                registration.withdraw(registration.person)
                yield
        if session.pk % 3 == 1:
            move(session, by)
            yield
        if session.pk % 4 == 0:
            session.cancel("Snow.", by=by)
            yield


def write_news(count: int) -> None:
    """Make `count` notices or a few more by real verbs."""
    for _ in news(count):
        pass


def move(session: Session, by: Person) -> None:
    """Let a session meet a day later, under another link."""
    meeting = session.meetings.get()
    times = Times(meeting.starts_at + DAY, meeting.ends_at + DAY, meeting.time_zone)
    session.reschedule({meeting: times}, by=by)
    session.relocate({session.meetings.get(): Place(None, f"https://meet.example.edu/{session.pk}")}, by=by)


def kills(count: int, without: str) -> Verdict:
    """Kill workers (-9) while they send."""
    verdict = Verdict()
    with private_folder() as folder, PostOffice() as mail:
        write_news(count * 4 // 5)
        with (
            Senders(folder, mail.url(), beats=2) as senders,
            killing(senders, mail, count // EACH_KILL, forgetting=bool(without)),
        ):
            write_news(count // 5)
            finish(verdict)
    extra = check(verdict, mail, most_extra=senders.killed)
    if senders.killed < count // EACH_KILL and not without:
        verdict.breaks(f"only {senders.killed} of {count // EACH_KILL} were killed")
    return verdict.say(
        f"{sizes(mail)} through two workers (--concurrency 1) and two beats, killed {senders.killed} times: "
        f"{extra} copies too many"
    )


def killing(senders: Senders, mail: PostOffice, count: int, forgetting: bool = False) -> AbstractContextManager[None]:
    """Kill a sender `count` times, each time after some more messages were taken; of five times once its worker too.

    `forgetting`: as if a claim were as good as having sent it.
    """

    def kill(over: threading.Event) -> None:
        seen = 0
        while not over.wait(0.005) and senders.killed < count:
            if len(mail.taken) - seen < BETWEEN_KILLS:
                continue
            senders.kill_worker() if senders.killed % 5 == 4 else senders.kill_sender()
            seen = len(mail.taken)
            if forgetting:
                in_hand = Notice.objects.filter(state=Notice.State.SENDING)
                in_hand.update(state=Notice.State.SENT, lease_until=None, token=None)
        connection.close()

    return in_background(kill)


def faults(count: int, without: str) -> Verdict:
    """Do the same with 10 % temporary refusals, 2 % of connections dropped after acceptance, 1 % refused recipients.

    Redis is flushed every two seconds.
    """
    verdict = Verdict()
    refused = [person.email for person in people(POPULATION)[::EACH_REFUSED]]
    with contextlib.ExitStack() as until_the_end:
        folder = until_the_end.enter_context(private_folder())
        mail = until_the_end.enter_context(PostOffice(temporary=0.1, dropped=0.02, refused=refused))
        settings_module = "devtools.torture.controls.impatient" if without else ""
        senders = until_the_end.enter_context(Senders(folder, mail.url(), beats=2, settings_module=settings_module))
        until_the_end.enter_context(flushed())
        until_the_end.enter_context(killing(senders, mail, count // EACH_KILL))
        for number, _ in enumerate(news(count)):
            if number % 100 == 0:
                let_time_pass()
        finish(verdict)
    extra = check(verdict, mail, most_extra=mail.drops + senders.killed)
    dead = Notice.objects.filter(state=Notice.State.DEAD).count()
    return verdict.say(
        f"{sizes(mail)}, Redis flushed every 2 s, {senders.killed} kills, {mail.drops} connections dropped after "
        f"acceptance: {extra} copies too many, {dead} dead notices, exactly the refused"
    )


def restart(count: int, without: str) -> Verdict:
    """Stop PostgreSQL at once three times while notices are sent."""
    verdict, crashes, patience = Verdict(), 0, LITTLE_PATIENCE if without else PATIENCE
    settings_module = "devtools.torture.controls.clinging" if without else ""
    with private_folder() as folder, PostOffice() as mail:
        write_news(count)
        with Senders(folder, mail.url(), beats=2, settings_module=settings_module):
            until = time.monotonic() + patience
            while (waiting := left()) and crashes < CRASHES and time.monotonic() < until:
                if waiting < count * (CRASHES - crashes) / (CRASHES + 1):
                    ask_keeper("crash postgresql")
                    crashes += 1
                    reconnect()
                send_all(1)
            finish(verdict, patience)
    if crashes < CRASHES and not without:
        verdict.breaks(f"PostgreSQL was stopped only {crashes} times")
    # A sender that lost the database after the acceptance could not write it down: as if it had been killed.
    extra = check(verdict, mail, most_extra=2 * crashes)
    return verdict.say(f"PostgreSQL stopped {crashes} times under {sizes(mail)}: {extra} copies too many")


def clock(count: int, without: str) -> Verdict:
    """Let a worker send whose clock is an hour ahead, then an hour back, beside one whose clock is right."""
    verdict, settings = Verdict(), f"devtools.torture.controls.{'own_clock' if without else 'clock'}"
    with private_folder() as folder, PostOffice() as mail:
        for shift in ("3600", "-3600"):
            write_news(count // 4)
            with Senders(folder, mail.url(), workers=1) as senders:
                senders.workers.append(senders.start_worker(DJANGO_SETTINGS_MODULE=settings, CLOCK_SHIFT=shift))
                write_news(count // 4)
                finish(verdict)
    extra = check(verdict, mail, most_extra=0)
    return verdict.say(
        f"{sizes(mail)}, the clock of one of two workers an hour ahead, then an hour back: {extra} copies too many"
    )


def absence(minutes: int, without: str) -> Verdict:
    """Take the mail server away for so many minutes while notices are sent and written; nobody wakes the senders then.

    What waited is sent within a minute of its return, and a little for the sending itself.
    """
    verdict, settings_module = Verdict(), "devtools.torture.controls.costly" if without else ""
    with (
        private_folder() as folder,
        PostOffice() as mail,
        Senders(folder, mail.url(), beats=1, settings_module=settings_module),
    ):
        write_news(AT_FIRST)
        while not mail.taken:
            time.sleep(0.1)
        with mail.closed():
            began = time.monotonic()
            write_news(MEANWHILE)
            while (passed := time.monotonic() - began) < minutes * MINUTE:
                tell(f"no mail server for {passed / MINUTE:.0f} of {minutes} minutes")
                time.sleep(1)
            queue, waiting = MailQueue.load(), left()
            if minutes * MINUTE > MailQueue.PATIENCE.total_seconds() and not queue.is_away(timezone.now()):
                verdict.breaks("nobody is told that the mail server is away")
        began = time.monotonic()
        if not send_all(NOTICED + waiting / SLOWEST, unasked=True):
            verdict.breaks("what waited is not sent a minute after the mail server is back", left())
        seconds = time.monotonic() - began
        if most := Notice.objects.filter(attempts__gt=2).count():
            verdict.breaks("a try without a mail server has cost an attempt", most)
        finish(verdict)
    # One mail of each sender may have been taken without an answer.
    extra = check(verdict, mail, most_extra=2)
    return verdict.say(
        f"no mail server for {minutes} minutes: {waiting} notices that waited were sent within {seconds:.0f} s of its "
        f"return, {extra} copies too many"
    )


def poison(count: int, without: str) -> Verdict:
    """Let a notice kill each worker that sends it."""
    verdict = Verdict()
    deaths: list[float] = []
    culprit = people(CROWD)[0].email
    settings_module = "devtools.torture.controls.tireless" if without else ""
    with private_folder() as folder, Senders(folder, "smtp://", workers=0, settings_module=settings_module) as senders:

        def kill() -> None:
            deaths.append(time.monotonic())
            senders.kill_sender()

        with PostOffice(poison=culprit, on_poison=kill) as mail:
            senders.env["EMAIL_URL"] = mail.url()
            senders.workers = [senders.start_worker()]
            session = make_session(minimum=1, capacity=count + 10)
            Registration.objects.register(people(1)[0], session)
            session.run_anyway("The torture wants it.", by=office())
            for person in people(count):
                Registration.objects.register(person, session)
            until = time.monotonic() + PATIENCE
            while left() and len(deaths) <= MOST_ATTEMPTS and time.monotonic() < until:
                now = timezone.now()
                in_dead_hands = Notice.objects.filter(to=culprit, lease_until__lte=now + LEASE - DYING)
                in_dead_hands.update(lease_until=now)
                send_all(1)
    dead = Notice.objects.get(to=culprit)
    if dead.state != Notice.State.DEAD or len(deaths) != MOST_ATTEMPTS:
        verdict.breaks(f"the poison is {dead.state} after {len(deaths)} deaths")
    if Notice.objects.exclude(to=culprit).exclude(state=Notice.State.SENT).exists():
        verdict.breaks("others were not sent")
    copies = Counter(one.message_id for one in mail.accepted())
    if max(copies.values()) > 1:
        verdict.breaks("another was sent twice")
    return verdict.say(
        f"a notice that kills its worker is set aside after {len(deaths)} deaths; {count - 1} others are sent once"
    )


def speed(count: int, without: str) -> Verdict:
    """Measure the notices per second of one worker, as a part of a bare loop with the same bytes over one connection.

    They take turns, so that a machine that becomes slower is slower for both. The worker sends with two
    processes, as its unit in docs/systemd starts it; with one it is only measured, and only once.
    """
    verdict = Verdict()
    arrived: list[str] = []
    speeds: dict[int, list[float]] = defaultdict(list)
    ratios: dict[int, list[float]] = defaultdict(list)
    for processes in (1, *[2] * ROUNDS):
        with private_folder() as folder, PostOffice() as mail:
            write_news(count // (1 + ROUNDS))
            with Senders(folder, mail.url(), workers=1, processes=processes):
                finish(verdict)
        arrived += [one.message_id for one in mail.accepted()]
        with PostOffice() as other, smtplib.SMTP("127.0.0.1", other.port) as bare:
            for to, content, _ in mail.taken:
                bare.sendmail(settings.OFFICE_EMAIL, [to], content)
        speeds[processes].append(mail.speed())
        ratios[processes].append(mail.speed() / other.speed())
    owed = Notice.objects.filter(state=Notice.State.SENT).values_list("message_id", flat=True)
    if sorted(owed) != sorted(arrived):
        verdict.breaks(f"{len(owed)} notices are sent and {len(arrived)} messages arrived")
    if median(ratios[2]) < LEAST_RATIO:
        verdict.breaks(f"the ratio is {median(ratios[2]):.2f}")
    one, two = (f"{median(speeds[many]):.0f} notices per second, {median(ratios[many]):.2f}" for many in (1, 2))
    return verdict.say(f"one worker (--concurrency 2): {two} of a bare loop; with one process {one}")


def reconnect() -> None:
    for _ in range(100):
        connection.close()
        with contextlib.suppress(OperationalError):
            connection.ensure_connection()
            return
        time.sleep(0.2)


def sizes(mail: PostOffice) -> str:
    """Say how much was sent, and of how much: what is superseded before it is sent is never sent."""
    return f"{len(mail.taken):,} messages of {Notice.objects.count():,} notices"


def finish(verdict: Verdict, patience: float = PATIENCE) -> None:
    if not send_all(patience):
        verdict.breaks("a notice is still not sent at the end", left())


def check(verdict: Verdict, mail: PostOffice, most_extra: int) -> int:
    """Hold what was accepted against what was owed. Returns how many copies too many there were."""
    accepted = mail.accepted()
    copies = Counter(one.message_id for one in accepted)
    extra = sum(copies.values()) - len(copies)
    if extra > most_extra:
        verdict.breaks(f"{extra} copies too many, {most_extra} explained")
    if strange := set(copies).difference(Notice.objects.values_list("message_id", flat=True)):
        verdict.breaks("a message was owed to nobody", len(strange))
    if different := len(set(accepted)) - len(copies):
        verdict.breaks("a copy differs from the first", different)
    # A beat may come by at seven in the morning: the digest of a day without decisions is not sent.
    unsaid = Q(state=Notice.State.SUPERSEDED) | Q(state=Notice.State.EXPIRED, kind="digest")
    for notice in Notice.objects.exclude(unsaid):
        dead = notice.to in mail.refused
        if dead != (notice.state == Notice.State.DEAD):
            verdict.breaks(f"a notice to {'a refused' if dead else 'an open'} mailbox is {notice.state}")
        if (copies[notice.message_id] == 0) != dead:
            verdict.breaks("a notice was lost" if not dead else "a refused notice was accepted")
    by_thread: dict[str, list[Accepted]] = defaultdict(list)
    for one in accepted:
        if one.uid:
            by_thread[one.uid].append(one)
    threads = CalendarThread.objects.select_related(
        "meeting", "registration__session__workshop", "registration__person"
    )
    for thread in threads.prefetch_related("notices"):
        if thread.registration.person.email not in mail.refused:
            check_thread(verdict, thread, by_thread[thread.uid])
    return extra


def check_thread(verdict: Verdict, thread: CalendarThread, accepted: list[Accepted]) -> None:
    written = sorted(notice.sequence for notice in thread.notices.all() if notice.sequence is not None)
    if written != list(range(written[0], written[0] + len(written)) if written else []):
        verdict.breaks(f"SEQUENCE was written as {written}")
    arrived = [one.sequence for one in accepted]
    if arrived != sorted(arrived):
        verdict.breaks(f"SEQUENCE was accepted as {arrived}")
    holds = thread.registration.is_registered and thread.registration.session.is_running
    if not accepted:
        if holds:
            verdict.breaks("a calendar knows nothing of a seat")
        return
    last = accepted[-1]
    if last.method != ("REQUEST" if holds else "CANCEL") or last.sequence != written[-1]:
        verdict.breaks(f"the last message is {last.method} {last.sequence} of {written[-1]}, the seat is {holds}")
    elif holds:
        check_shown(verdict, thread, last)


def check_shown(verdict: Verdict, thread: CalendarThread, last: Accepted) -> None:
    """Hold what the last invitation of a thread says against what is so."""
    meeting, title = thread.meeting, thread.registration.session.workshop.title
    is_so = (title, meeting.starts_at, meeting.ends_at, f"Online / {meeting.join_link}")
    if (last.title, last.starts_at, last.ends_at, last.place) != is_so:
        verdict.breaks("a calendar shows what is no longer so")
