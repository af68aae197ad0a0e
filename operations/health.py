"""Say whether the process lives, and whether everything it depends on is well."""

from datetime import datetime, timedelta
from http import HTTPStatus

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.defaultfilters import pluralize
from django.views.decorators.http import require_safe

from foundation import database_clock
from notifications.models import MailQueue, Notice, ReplyMailbox
from operations.reading import Reading
from operations.room import find_lack_of_room

STUCK_AFTER = timedelta(minutes=5)
# Two attempts: one that is frozen is given up after a second.
BROKER_LIMITS = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0}


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process lives."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, broker, beat and the mail queue are well, else 503; the JSON names what is not.

    What it says was read a few seconds ago at most, and by one request: `Reading` says how.
    """
    problems = last_reading.tell()
    return JsonResponse(
        {"ready": not problems, "problems": problems},
        status=HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK,
    )


def find_problems(now: datetime | None = None) -> dict[str, str]:
    """Return what is not well, by name, each with a sentence for the operator. Empty when all is well."""
    try:
        connection.ensure_connection()
        problems = _mail_problems(now or database_clock.now())
        if words := find_lack_of_room():
            problems["room"] = words
    except Error:
        return {"database": "The database does not answer."}
    try:
        with current_app.connection_for_write(transport_options=BROKER_LIMITS) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    # The broker's client raises its own errors, which differ by transport.
    except Exception:
        problems["broker"] = "The broker (REDIS_URL) does not answer; mail waits for the sweep of another worker."
    return problems


last_reading = Reading(find_problems)


def _mail_problems(now: datetime) -> dict[str, str]:
    problems = {}
    queue = MailQueue.load()
    if queue.beat_at is None or queue.beat_at < now - MailQueue.ALIVE:
        problems["beat"] = "The sweep has not run for five minutes: start celery beat and a worker."
    # The name of a machine is in the admin and in the log.
    if database_clock.problem("the web process"):
        problems["clock"] = "The clock of this web process is off by more than a minute: set it right, by NTP."
    elif queue.wrong_clock(now):
        problems["clock"] = (
            "The clock of a worker or of beat is off by more than a minute, and it decides nothing: the admin says "
            "which. Set it right, by NTP."
        )
    if queue.is_paused(now):
        # The server's own words may name its users; they are in the admin.
        problems["mail"] = "The mail server refuses us, and mail waits: check EMAIL_URL."
    elif queue.is_away(now):
        problems["mail"] = "The mail server has not answered for five minutes, and mail waits: check EMAIL_URL."
    elif Notice.objects.due(now - STUCK_AFTER).exists():
        problems["mail"] = "Mail has been waiting for more than five minutes: is a worker running?"
    if dead := Notice.objects.undeliverable().count():
        problems["undeliverable"] = (
            f"{dead} undeliverable notice{pluralize(dead)}: the admin says why, tries again or marks as handled."
        )
    if settings.REPLY_MAILBOX_URL and ReplyMailbox.load().is_failing(now):
        problems["answers"] = "Answers to invitations could not be read for fifteen minutes: check REPLY_MAILBOX_URL."
    return problems
