"""Who may open a resource, and what a person is told who may not.

Everything that shows a text, a link, a citation or a file of the library asks `answer_to`, and nothing else decides.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts.models import Person
from accounts.models.groups import may
from library.models import Resource
from registrations.eligibility import took_part
from registrations.models import Registration
from sessions_app.models import Session

Viewer = Person | AnonymousUser
ALWAYS = datetime.min.replace(tzinfo=UTC)


class Answer(Enum):
    """What a person who asks for a resource is answered."""

    OPEN = "open"
    SIGN_IN = "sign in"  # signing in may be all that is missing
    NOT_YET = "not yet"  # theirs, and released later
    NOT_THEIRS = "not theirs"


@dataclass(frozen=True)
class Access:
    """How a person stands to a resource. For NOT_YET also from when, and the `session` by which it is theirs."""

    answer: Answer
    opens_at: datetime | None = None
    session: Session | None = None

    @property
    def is_open(self) -> bool:
        return self.answer == Answer.OPEN


def access_of(person: Viewer, resource: Resource, now: datetime) -> Access:
    """Return how `person` stands to a published `resource` at `now`. The office may open all.

    One query where it is for people of a session, else none.
    """
    if resource.access == Resource.Access.EVERYBODY or may(person, "library.view_resource"):
        return Access(Answer.OPEN)
    if not isinstance(person, Person):
        return Access(Answer.SIGN_IN)
    if resource.access == Resource.Access.SIGNED_IN:
        return Access(Answer.OPEN)
    opens = [(opens_at(resource, session), session) for session in sessions_of(person, resource, now)]
    if not opens:
        return Access(Answer.NOT_THEIRS)
    first, session = min(opens, key=lambda one: one[0])
    return Access(Answer.OPEN) if first <= now else Access(Answer.NOT_YET, first, session)


def sessions_of(person: Person, resource: Resource, now: datetime) -> list[Session]:
    """Return the sessions by which `resource` is open to `person`, now or later. One query.

    They are held or still may be. The person has a seat there that is not given up, or for Resource.Access.ATTENDED
    takes part, as attendance says where it was taken. That is decided here and in `opens_at`, and nowhere else.
    """
    everywhere = resource.placements.filter(session=None).values("workshop")
    beside = Q(placements__resource=resource) | Q(workshop__in=everywhere)
    not_held = Q(status=Session.Status.OPEN, ends_at__lte=now)
    sessions = Session.objects.filter(beside, status__in=[*Session.RUNNING, Session.Status.COMPLETED]).exclude(not_held)
    if resource.access == Resource.Access.ATTENDED:
        theirs = took_part(person)
    else:
        theirs = Q(pk__in=Registration.objects.registered().filter(person=person).order_by().values("session"))
    return list(sessions.filter(theirs).select_related("workshop").distinct().order_by("starts_at", "pk"))


def opened_by_the_end(person: Person, session: Session, now: datetime) -> list[Resource]:
    """Return what the end of `session` opens to `person`, in the order of the library. A query, and one for each."""
    released = Resource.objects.released_after(session)
    return [resource for resource in released if access_of(person, resource, now).is_open]


def opens_at(resource: Resource, session: Session) -> datetime:
    """Return from when `resource` is open to a person with a seat in `session`."""
    if resource.access == Resource.Access.ATTENDED or resource.released == Resource.Released.AFTER:
        return session.ends_at
    if resource.released == Resource.Released.BEFORE:
        return session.starts_at - timedelta(days=resource.days_before or 0)
    return ALWAYS
