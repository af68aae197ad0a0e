"""What came back from the calendars and mailboxes of a session's people, for the roster."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.urls import reverse

from foundation.dates import day_and_time
from notifications.models import CalendarThread, Decline, Notice, ReceivedMail
from registrations.models import Registration
from sessions_app.models import Session

register = template.Library()


@register.inclusion_tag("office/roster/_calendar_news.html")
def calendar_news(session: Session) -> dict:
    """Give one row per thing the office should know: declines, mail to read, and mail that came back. Four queries."""
    news = [*_declined(session), *_to_read(session), *_returned(session)]
    return {"news": sorted(news, key=lambda one: str(one["person"]).casefold())}


def _declined(session: Session) -> Iterator[dict[str, Any]]:
    waiting = Decline.objects.waiting().filter(registration__session=session)
    given_up = dict(waiting.values_list("registration_id", "gives_up_at"))
    threads = CalendarThread.objects.filter(
        registration__session=session,
        registration__status=Registration.Status.REGISTERED,
        partstat=CalendarThread.Partstat.DECLINED,
    )
    numbers = session.part_numbers()
    for thread in threads.select_related("registration__person"):
        words = "Declined"
        if part := numbers[thread.meeting_id].words:
            words = f"Declined {part}"
        elif len(numbers) > 1:
            words = "Declined one of its meetings"
        if at := given_up.get(thread.registration_id):
            words += f"; the place is given up on {day_and_time(at, session.time_zone)}"
        yield {"person": thread.registration.person, "words": words, "url": ""}


def _to_read(session: Session) -> Iterator[dict[str, Any]]:
    mails = ReceivedMail.objects.waiting_for_the_office().filter(thread__registration__session=session)
    mails = mails.select_related("thread__registration__person")
    for mail in mails.defer("raw"):
        if mail.thread:
            url = reverse("admin:notifications_receivedmail_change", args=[mail.pk])
            yield {"person": mail.thread.registration.person, "words": mail.sentence, "url": url}


def _returned(session: Session) -> Iterator[dict[str, Any]]:
    notices = Notice.objects.undeliverable().filter(registration__session=session, bounced_at__isnull=False)
    for notice in notices.select_related("registration__person"):
        url = reverse("admin:notifications_notice_change", args=[notice.pk])
        words = f"{notice.kind_label}: {notice.problem}"
        yield {"person": notice.registration.person, "words": words, "url": url}
