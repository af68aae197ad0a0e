"""Mail about a later decision: people who were told by when they hear of it are told the new date.

It says at its claim by when the session is decided then, and is set aside where that is the date its reader knows.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from foundation.dates import day_and_time
from notifications.kinds import registrations
from notifications.kinds.changes import COLLAPSE
from notifications.kinds.contexts import OF_A_REGISTRATION, registration_context
from notifications.models import Notice, counts_of
from notifications.models.kind import Example, Family, Kind, News
from registrations.models import Registration
from sessions_app.models import Session


def owe_new_date(seats: Sequence[Registration], was: datetime, now: datetime) -> None:
    """Owe the people of `seats`, all of one session, the new date of the decision, two minutes later.

    It `was` another one until now.

    Nothing is owed where a mail waits that will say the date. Called under the session's lock.
    """
    theirs = Notice.objects.filter(registration__in=[one.pk for one in seats], thread=None, kind__in=SAYING_THE_DATE)
    waiting = set(theirs.unwritten().filter(attempts=0).select_for_update().values_list("registration", flat=True))
    facts, event = counts_of(seats[0].session) | {"was": was.isoformat()}, f"{now:%Y%m%d%H%M%S%f}"
    Notice.objects.bulk_create(
        Notice.objects.owed(EXTENDED, one, dict(facts), event, now + COLLAPSE) for one in seats if one.pk not in waiting
    )


def is_another_date(notice: Notice, now: datetime) -> bool:
    """Tell whether the session is still to be decided, at another date than the reader knows, who still has a seat."""
    registration, session = notice.registration, notice.registration.session
    if not registration.is_registered or session.status != Session.Status.OPEN:
        return False
    return session.confirm_by != datetime.fromisoformat(notice.facts["was"])


def extension_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about a later decision may name: by when it was decided, and is now."""
    session = notice.registration.session
    was, zone = datetime.fromisoformat(notice.facts["was"]), session.time_zone
    row = {"label": "Decided by", "was": day_and_time(was, zone), "now": day_and_time(session.confirm_by, zone)}
    return registration_context(notice) | {"changes": [row | {"part": ""}]}


EXTENDED = Kind(
    name="extended",
    label="A new date of the decision",
    # No news of how a registration stands: a mail that says so is neither overtaken by it nor repeated.
    family=Family.PROMPT,
    context=extension_context,
    placeholders=OF_A_REGISTRATION,
    required=frozenset({"decided_day"}),
    still_true=is_another_date,
    example=Example(facts=lambda session: {"was": (session.confirm_by - timedelta(days=3)).isoformat()}),
)

KINDS = (EXTENDED,)
SAYING_THE_DATE = [EXTENDED.name, *(kind.name for kind in registrations.KINDS if kind.news is News.STANDING)]
