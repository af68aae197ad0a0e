"""Say what a verb would do to people: it is done, its mail is written, and all of it is taken back."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from accounts.models import Person
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from registrations.models.standing import lock_all
from sessions_app.models import Session

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Links in the mail open something for its reader alone, so here they lead nowhere.
NOWHERE = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Rehearsed:
    """What came of it: the `mail` its person would get, None for none, and how many `others` would be told."""

    mail: Notice | None
    others: int


def rehearse(verb: Callable[[], object], sessions: Iterable[Session], person: Person) -> Rehearsed:
    """Call `verb`, which changes no session but `sessions`, and take back all that it did.

    Raises what the verb raises. The caller hands it objects that nothing else is made of: they keep what it did.
    """
    locked = list(sessions)
    with transaction.atomic():
        lock_all(locked)
        last = Notice.objects.aggregate(last=Max("pk"))["last"] or 0
        try:
            verb()
            # While the sessions are locked nobody else writes Notices about them.
            owed = Notice.objects.filter(pk__gt=last, registration__session__in=locked).order_by("pk")
            own = owed.filter(person=person).select_related("person", "registration__session__workshop").last()
            others = owed.exclude(person=person).values("person").distinct().order_by().count()
            return Rehearsed(_written(own) if own else None, others)
        finally:
            transaction.set_rollback(True)


def _written(notice: Notice) -> Notice:
    write_mail(notice)
    notice.text, notice.html = (UUID.sub(NOWHERE, words) for words in (notice.text, notice.html))
    return notice
