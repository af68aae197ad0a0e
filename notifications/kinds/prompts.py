"""Owe prompts: Notices that are due at a moment and not after a change. A sweep finds them every minute.

The prompts of a session are planned from its rows alone, so that a second plan has the same Notices with the same keys.
Those that are not written yet are written under the session's lock, all together.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from foundation.sweeps import sweep
from notifications.models import Notice
from notifications.models.kind import Kind
from registrations.models import Registration
from sessions_app.models import Session

BATCH = 500


def owe_prompts(pks: Iterable[int], plan: Callable[[Session, datetime], list[Notice]], now: datetime) -> None:
    """Write the Notices of `plan(session, now)` that do not exist yet, for each of the sessions `pks`.

    Each session has its own transaction, and one in trouble holds up no other. It is locked only if a Notice is
    missing, and planned again under the lock. The number of queries does not depend on the number of people.
    """

    def owe(pk: int) -> None:
        session = Session.objects.select_related("workshop").get(pk=pk)
        if not not_written_yet(plan(session, now)):
            return
        with transaction.atomic():
            session.lock()
            Notice.objects.bulk_create(not_written_yet(plan(session, now)), batch_size=BATCH, ignore_conflicts=True)

    sweep(pks, owe, "what is due for session {} was not written")


def not_written_yet(notices: list[Notice]) -> list[Notice]:
    """Return those of `notices` whose key no row has yet. One query, or none where `notices` is empty."""
    keys = [notice.dedupe_key for notice in notices]
    there = set(Notice.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)) if keys else set()
    return [notice for notice in notices if notice.dedupe_key not in there]


def prompt(
    kind: Kind, registration: Registration, event: str, expires_at: datetime, now: datetime, **facts: Any
) -> Notice:
    """Return, unsaved, the prompt of `kind` to a registered person. Each `event` is owed once."""
    return Notice(
        kind=kind.name,
        to=registration.person.email,
        person=registration.person,
        registration=registration,
        facts=facts,
        dedupe_key=f"{kind.name}:{registration.pk}:{event}",
        created_at=now,
        next_attempt_at=now,
        expires_at=expires_at,
    )
