"""What the office's pages say about mail."""

from django import template
from django.conf import settings

from accounts.models import Person
from foundation import database_clock
from notifications.models import CalendarFeed, MailQueue, Notice, ReplyMailbox
from office.mail.invitations import Line, in_session, of_person
from operations.health import STUCK_AFTER
from sessions_app.models import Session

register = template.Library()

STOPPED = (
    "Sessions are not being decided and mail is not going out: the background service has stopped. "
    "Ask the people who run the portal to start Celery’s beat and a worker. Nothing is lost; all of it goes out then."
)
STUCK = (
    "Mail has been waiting for more than five minutes. "
    "Ask the people who run the portal whether a worker is running and the mail server answers. Nothing is lost."
)
WRONG_CLOCK = (
    "Sessions are decided by the database’s clock all the same, and never by a worker whose own is wrong. "
    "Ask the people who run the portal to set it right, by NTP."
)
UNREAD = (
    "Answers to invitations could not be read for fifteen minutes, so declines free no seats. "
    "Ask the people who run the portal to check REPLY_MAILBOX_URL. Nothing is lost; all of them are read then."
)


@register.inclusion_tag("office/mail/_banner.html")
def mail_banner() -> dict:
    """Say what keeps mail from going out and what to do about it, and how much is undeliverable; else nothing."""
    now, problems = database_clock.now(), []
    queue = MailQueue.load()
    if queue.beat_at is None or queue.beat_at < now - MailQueue.ALIVE:
        problems.append(STOPPED)
    for problem in (database_clock.problem("the web process"), queue.wrong_clock(now)):
        if problem:
            problems.append(f"{problem} {WRONG_CLOCK}")
    if queue.is_paused(now):
        problems.append(
            f"{queue.problem.rstrip('.')}. Mail waits, and goes out by itself once the server takes us again: "
            "ask the people who run the portal to check EMAIL_URL."
        )
    elif queue.is_away(now):
        problems.append(
            f"{queue.problem.rstrip('.')}. Mail waits, and is tried again by itself: "
            "ask the people who run the portal whether the mail server is up and EMAIL_URL is right. Nothing is lost."
        )
    elif Notice.objects.due(now - STUCK_AFTER).exists():
        problems.append(STUCK)
    mailbox = ReplyMailbox.load() if settings.REPLY_MAILBOX_URL else ReplyMailbox()
    if mailbox.is_failing(now):
        problems.append(UNREAD)
    elif mailbox.moves_nothing:
        problems.append(
            f"Answers to invitations are read and count, but stay in their inbox. {mailbox.problem} "
            "Ask the people who run the portal to make that folder there."
        )
    return {"problems": problems, "dead": Notice.objects.undeliverable().count()}


@register.simple_tag
def invitations_in(session: Session) -> list[Line]:
    """Give what each calendar was told last about a session."""
    return in_session(session)


@register.simple_tag
def invitations_of(person: Person) -> list[Line]:
    """Give what a person’s calendar was told last."""
    return of_person(person)


@register.simple_tag
def private_calendar_of(person: Person) -> CalendarFeed | None:
    """Give the private calendar whose address opens a person’s sessions, if they made one."""
    return CalendarFeed.objects.filter(person=person).first()
