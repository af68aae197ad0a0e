"""Compose the mail of a Notice: subject, plain text, HTML and, where one is due, the calendar part.

Each kind has a folder in templates/notifications/ with the words; its Kind says what they may name.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from foundation import database_clock
from notifications.calendars import writing
from notifications.calendars.invitations import invitation_of, office
from notifications.calendars.writing import Mailbox
from notifications.models import Notice, Wording, placeholders
from notifications.outbox.shared import Shared, words_of
from registrations.display.titles import DISCREET_TITLE

logger = logging.getLogger(__name__)


def write_mail(
    notice: Notice,
    wordings: Mapping[str, Wording] | None = None,
    now: datetime | None = None,
    shared: Shared | None = None,
) -> dict[str, Any]:
    """Return the arguments of `mime.build_mail` for `notice`: written at the first attempt, repeated at later ones.

    `wordings` are the office's own, by kind, where the caller has them. `now` becomes DTSTAMP: by it a calendar tells
    which of two mails with the same SEQUENCE is the newer one. `shared` has the mails of Notices claimed with it.
    """
    if not notice.text:
        wordings = Wording.objects.in_bulk([notice.kind]) if wordings is None else wordings
        _compose(notice, wordings, now or database_clock.now(), shared)
        written = ("subject", "text", "html", "calendar", "facts")
        notice.update_while_leased(**{name: getattr(notice, name) for name in written})
    return {
        "sender": office(),
        "recipient": Mailbox(_name_of_reader(notice), notice.to),
        "subject": notice.subject,
        "text": notice.text,
        "html": notice.html,
        "message_id": notice.message_id,
        "returns_to": settings.ACCOUNT_RETURN_EMAIL if notice.of_kind.is_secret else "",
        "calendar": notice.calendar.encode(),
        "method": notice.carried_method,
    }


def _name_of_reader(notice: Notice) -> str:
    """Return the name beside the address: none where there is no account, or its person was erased since."""
    return notice.person.name if notice.person and notice.person.erased_at is None else ""


def write_ahead(notice: Notice, now: datetime) -> None:
    """Write the mail of a queued Notice before its time, because what it is written from is about to be erased.

    As at a claim, a cancellation keeps its calendar part only if its reader was ever invited.
    """
    if notice.method == Notice.Method.CANCEL and notice.thread.requested_at is None:
        notice.method = Notice.Method.NONE
    _compose(notice, Wording.objects.in_bulk([notice.kind]), now)
    notice.save(update_fields=["method", "subject", "text", "html", "calendar", "facts"])


def _compose(notice: Notice, wordings: Mapping[str, Wording], now: datetime, shared: Shared | None = None) -> None:
    wording = wordings.get(notice.kind)
    context = notice.of_kind.context(notice)
    try:
        write_words(notice, context, wording, shared)
    except placeholders.Unusable as problem:
        # The mail goes out in the standard words; the office is told.
        logger.error("the wording of %s mail could not be used: %s", notice.kind, problem)
        if wording:
            wording.report(str(problem))
        write_words(notice, context, shared=shared)
    if notice.method:
        invitation = invitation_of(notice, now)
        write = writing.request if notice.method == Notice.Method.REQUEST else writing.cancel
        notice.calendar = write(invitation).decode()
    elif notice.of_kind.calendar:
        notice.calendar = notice.of_kind.calendar(notice, now)


def write_words(
    notice: Notice, context: dict[str, Any], wording: Wording | None = None, shared: Shared | None = None
) -> None:
    """Set subject, text and HTML of `notice`, in the office's own words where `wording` has some.

    Raises placeholders.Unusable where those cannot be used for this mail. Nothing is saved.
    """
    # A subject shows on locked screens, and some calendars take it as the title of the entry.
    neutral = {"title": DISCREET_TITLE} if notice.person and notice.person.discreet_titles else {}
    write = shared.words_of if shared else words_of
    notice.subject, notice.text, notice.html = write(notice.kind, context, neutral, wording)
