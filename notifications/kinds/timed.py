"""Write the Notices that a moment owes, and not a change: the sweep finds them every minute, also twice or late.

What a session owes is planned from its rows alone, so that planning again gives the same notices with the same keys;
those that are not written yet are written under the session's lock, all of them in one go.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction

from foundation.sweeps import sweep
from notifications.models import Notice
from notifications.models.kind import Kind
from registrations.models import Registration
from sessions_app.models import Session

BATCH = 500


def owe_what_is_due(pks: Iterable[int], plan: Callable[[Session, datetime], list[Notice]], now: datetime) -> None:
    """Write what `plan(session, now)` returns and is not there yet, for the sessions `pks`, each in its transaction.

    The session is locked only if something is missing, and the plan made again under the lock. The number of queries
    does not depend on the number of people.
    """

    def owe(pk: int) -> None:
        session = Session.objects.select_related("workshop").get(pk=pk)
        if not missing(plan(session, now)):
            return
        with transaction.atomic():
            session.lock()
            Notice.objects.bulk_create(missing(plan(session, now)), batch_size=BATCH, ignore_conflicts=True)

    sweep(pks, owe, "what is due for session {} was not written")


def missing(notices: list[Notice]) -> list[Notice]:
    """Return those of `notices` whose key no notice has yet. One query, none for nothing."""
    keys = [notice.dedupe_key for notice in notices]
    there = set(Notice.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)) if keys else set()
    return [notice for notice in notices if notice.dedupe_key not in there]


def prompt(kind: Kind, registration: Registration, event: str, expires_at: datetime, now: datetime, **facts) -> Notice:
    """Return, unsaved, the prompt of `kind` to a registration's person; `event` says which, once each."""
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
