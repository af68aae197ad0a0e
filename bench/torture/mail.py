"""Promises about telling people (G6 to G9): real workers, a real SMTP conversation, and what fails in between."""

import contextlib
import smtplib
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

from django.db import OperationalError, connection

from bench.torture.outages import ask_keeper, flushed, meanwhile
from bench.torture.post_office import Accepted, PostOffice, Senders, left, let_time_pass, send_all
from bench.torture.stage import make_session, office, people
from bench.torture.verdict import Verdict
from devtools.processes import private_folder
from notifications.delivery import MOST_ATTEMPTS
from notifications.letters import write_letter
from notifications.mime import message
from notifications.models import CalendarThread, Notice
from registrations.models import Registration

CROWD = 30
EACH_KILL = 40  # messages
PATIENCE = 600  # seconds until the last notice must be sent
LEAST_RATIO = 0.3


def news(count: int):
    """Make about `count` notices by real verbs, yielding after each verb: invitations, withdrawals, cancellations."""
    crowd, made = people(CROWD), 0
    while made < count:
        session = make_session(minimum=1, capacity=CROWD + 10)
        session.run_anyway("The torture wants it.", by=office())
        for person in crowd:
            Registration.objects.register(person, session)
            made += 1
            yield
        if session.pk % 3 == 0:
            for registration in session.registrations.registered()[:5]:
                registration.withdraw(registration.person)
                made += 1
                yield
        if session.pk % 4 == 0:
            session.cancel("Snow.", by=office())
            made += CROWD
            yield


def kills(count: int, without: str) -> Verdict:
    """Workers are killed (-9) while they send."""
    verdict, many = Verdict(), 100 * count
    with private_folder() as folder, PostOffice() as mail:
        for _ in news(many * 4 // 5):
            pass
        with Senders(Path(folder), mail.url(), beats=2) as senders, killing(senders, mail, count, without):
            for _ in news(many // 5):
                pass
            finish(verdict)
    extra = check(verdict, mail, most_extra=senders.killed)
    if senders.killed < count and not without:
        verdict.breaks(f"only {senders.killed} of {count} were killed")
    return verdict.say(
        f"{len(mail.taken):,} messages through two workers (--concurrency 1) and two beats, killed "
        f"{senders.killed} times: {extra} copies too many"
    )


def killing(senders: Senders, mail: PostOffice, count: int, without: str):
    """Kill a sender `count` times, each time after some more messages were taken; of five times once its worker too."""

    def kill(over: threading.Event):
        seen = 0
        while not over.wait(0.005) and senders.killed < count:
            if len(mail.taken) - seen < EACH_KILL:
                continue
            senders.kill_worker() if senders.killed % 5 == 4 else senders.kill_sender()
            seen = len(mail.taken)
            if without:
                # As if a claim were as good as having sent it.
                in_hand = Notice.objects.filter(state=Notice.State.SENDING)
                in_hand.update(state=Notice.State.SENT, lease_until=None, token=None)
        connection.close()

    return meanwhile(kill)


def faults(count: int, without: str) -> Verdict:
    """10 % temporary refusals, 2 % of connections dropped after acceptance, 1 % refused recipients; Redis flushed."""
    verdict, refused = Verdict(), [person.email for person in people(CROWD)[:1]]
    with contextlib.ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(private_folder()))
        mail = until_the_end.enter_context(PostOffice(temporary=0.1, dropped=0.02, refused=refused))
        env = {"DJANGO_SETTINGS_MODULE": "bench.torture.controls.impatient"} if without else {}
        until_the_end.enter_context(Senders(folder, mail.url(), beats=2, **env))
        until_the_end.enter_context(flushed())
        for number, _ in enumerate(news(count)):
            if number % 100 == 0:
                let_time_pass()
        finish(verdict)
    extra = check(verdict, mail, most_extra=mail.drops)
    return verdict.say(
        f"{len(mail.taken):,} messages, Redis flushed every 2 s, {mail.drops} connections dropped after acceptance: "
        f"{extra} copies too many, dead letters exactly the refused"
    )


def restart(count: int, without: str) -> Verdict:
    """PostgreSQL is stopped at once three times while notices are sent."""
    verdict, crashes = Verdict(), 0
    with private_folder() as folder, PostOffice() as mail, Senders(Path(folder), mail.url()) as senders:
        for _ in news(count):
            pass
        while (waiting := left()) and crashes < 3:
            if waiting < count * (3 - crashes) / 4:
                ask_keeper("crash postgresql")
                crashes += 1
                reconnect()
            send_all(1)
        finish(verdict)
        assert senders.workers
    # A sender that lost the database after the acceptance could not write it down: as if it had been killed.
    extra = check(verdict, mail, most_extra=2 * crashes)
    return verdict.say(
        f"PostgreSQL stopped {crashes} times under {len(mail.taken):,} messages: {extra} copies too many"
    )


def clock(count: int, without: str) -> Verdict:
    """The clock of the workers is moved an hour ahead, then back."""
    verdict, ways = Verdict(), ("0", "3600", "-3600")
    with private_folder() as folder, PostOffice() as mail:
        for shift in ways:
            env = {"DJANGO_SETTINGS_MODULE": "bench.torture.controls.clock", "CLOCK_SHIFT": shift}
            with Senders(Path(folder), mail.url(), workers=1, **env):
                for _ in news(count // len(ways)):
                    pass
                send_all(30, passes=False)
        with Senders(Path(folder), mail.url()):
            finish(verdict)
    extra = check(verdict, mail, most_extra=0)
    return verdict.say(
        f"{len(mail.taken):,} messages, the clock an hour ahead and an hour back: {extra} copies too many"
    )


def poison(count: int, without: str) -> Verdict:
    """A notice kills the worker that sends it."""
    verdict, deaths = Verdict(), []
    culprit = people(CROWD)[0].email
    with private_folder() as folder, Senders(Path(folder), "smtp://", workers=0) as senders:

        def kill():
            deaths.append(time.monotonic())
            senders.kill_sender()

        with PostOffice(poison=culprit, on_poison=kill) as mail:
            senders.env["EMAIL_URL"] = mail.url()
            senders.workers = [senders.start_worker()]
            session = make_session(minimum=1, capacity=count + 10)
            session.run_anyway("The torture wants it.", by=office())
            for person in people(count):
                Registration.objects.register(person, session)
            harmless = Notice.objects.exclude(to=culprit)
            until = time.monotonic() + PATIENCE
            while harmless.exclude(state=Notice.State.SENT).exists() and time.monotonic() < until:
                send_all(2)
            finish(verdict)
    (dead,) = Notice.objects.filter(to=culprit)
    if dead.state != Notice.State.DEAD or len(deaths) != MOST_ATTEMPTS:
        verdict.breaks(f"the poison is {dead.state} after {len(deaths)} deaths")
    if harmless.exclude(state=Notice.State.SENT).exists():
        verdict.breaks("others were not sent")
    return verdict.say(
        f"a notice that kills its worker is set aside after {len(deaths)} deaths; {count - 1} others are sent"
    )


def speed(count: int, without: str) -> Verdict:
    """Notices per second of one worker, as a part of a bare loop with the same bytes over one connection."""
    verdict = Verdict()
    with private_folder() as folder, PostOffice() as mail:
        for _ in news(count):
            pass
        with Senders(Path(folder), mail.url(), workers=1):
            finish(verdict)
    with PostOffice() as other, smtplib.SMTP("127.0.0.1", other.port) as bare:
        messages = list(map(letter, Notice.objects.filter(state=Notice.State.SENT)))
        for sender, to, content in messages:
            bare.sendmail(sender, [to], content)
    ratio = mail.speed() / other.speed()
    check(verdict, mail, most_extra=0)
    if ratio < LEAST_RATIO:
        verdict.breaks(f"the ratio is {ratio:.2f}")
    return verdict.say(f"{mail.speed():.0f} notices per second of one worker, {ratio:.2f} of a bare loop")


def letter(notice: Notice) -> tuple[str, str, bytes]:
    """Return the envelope and the bytes of a notice that was sent."""
    mail = message(**write_letter(notice))
    return mail.from_email, notice.to, mail.message().as_bytes(linesep="\r\n")


def reconnect() -> None:
    for _ in range(100):
        connection.close()
        with contextlib.suppress(OperationalError):
            connection.ensure_connection()
            return
        time.sleep(0.2)


def finish(verdict: Verdict) -> None:
    if not send_all(PATIENCE):
        verdict.breaks(f"{left()} notices are still not sent after {PATIENCE} s")


def check(verdict: Verdict, mail: PostOffice, most_extra: int) -> int:
    """Hold what was accepted against what was owed. Returns how many copies too many there were."""
    accepted = mail.accepted()
    copies = Counter(one.message_id for one in accepted)
    extra = sum(copies.values()) - len(copies)
    if extra > most_extra:
        verdict.breaks(f"{extra} copies too many, {most_extra} explained")
    for notice in Notice.objects.exclude(state=Notice.State.SUPERSEDED):
        dead = notice.to in mail.refused
        if dead != (notice.state == Notice.State.DEAD):
            verdict.breaks(f"a notice to {'a refused' if dead else 'an open'} mailbox is {notice.state}")
        if (copies[notice.message_id] == 0) != dead:
            verdict.breaks("a notice was lost" if not dead else "a refused notice was accepted")
    by_thread = defaultdict(list)
    for one in accepted:
        if one.uid:
            by_thread[one.uid].append(one)
    threads = CalendarThread.objects.select_related("registration__session", "registration__person")
    for thread in threads.prefetch_related("notices"):
        if thread.registration.person.email not in mail.refused:
            check_thread(verdict, thread, by_thread[thread.uid])
    return extra


def check_thread(verdict: Verdict, thread: CalendarThread, accepted: list[Accepted]) -> None:
    written = sorted(notice.sequence for notice in thread.notices.all() if notice.sequence is not None)
    if written != list(range(len(written))):
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
