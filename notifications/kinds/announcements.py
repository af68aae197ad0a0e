"""What the office writes to the people of a session, and its copies to the writer and to those who lead it."""

from datetime import datetime
from typing import Any

from catalog.markdown import markdown
from notifications.kinds.contexts import OF_A_REGISTRATION, registration_context, session_context
from notifications.models import Announcement, Notice
from notifications.models.kind import Example, Family, Kind
from sessions_app.models import Session

SAMPLE = {"said_subject": "Where to find us", "said": "The room is on the **second** floor, beside the stairs."}


def announced_context(notice: Notice) -> dict[str, Any]:
    """Return what the mail to one person of the session may name. Its subject is the office's own.

    For people who want neutral titles it is ours: the office’s may name the title.
    """
    is_discreet = notice.person is not None and notice.person.discreet_titles
    return registration_context(notice) | words_of(notice) | {"is_discreet": is_discreet}


def copy_context(notice: Notice) -> dict[str, Any]:
    """Return what a copy may name: what was written, and to how many. It names nobody who got it."""
    announcement = _announcement(notice)
    context = session_context(notice, announcement.session, "")
    return context | words_of(notice) | {"to_whom": announcement.to_whom, "writer": str(announcement.written_by)}


def words_of(notice: Notice) -> dict[str, Any]:
    """Return what the office wrote: its subject, its text, and that text as HTML."""
    if "announcement" not in notice.facts:
        said = SAMPLE
    else:
        announcement = _announcement(notice)
        said = {"said_subject": announcement.subject, "said": announcement.words}
    return said | {"said_html": markdown(said["said"])}


def _announcement(notice: Notice) -> Announcement:
    known = notice.facts["announcement"]
    if isinstance(known, Announcement):
        return known
    return Announcement.objects.select_related("session__workshop", "written_by").get(pk=known)


def still_concerns(notice: Notice, now: datetime) -> bool:
    """Tell whether its reader is still among the people it was written to."""
    assert notice.registration_id is not None, "it is written to a registration"
    return _announcement(notice).still_holds(notice.registration_id)


def copy_example(notice: Notice, session: Session) -> dict[str, Any]:
    """Return what a copy may name of a mail that nobody wrote."""
    said = {"to_whom": "twelve people, everybody with a seat", "writer": str(notice.person), "own": True}
    return session_context(notice, session, "") | words_of(notice) | said


ANNOUNCED = Kind(
    name="announced",
    label="Mail to a session",
    family=Family.PROMPT,
    context=announced_context,
    placeholders=OF_A_REGISTRATION,
    still_true=still_concerns,
)
ANNOUNCED_COPY = Kind(
    name="announced_copy",
    label="Copy of a mail to a session",
    family=Family.REPLY,
    context=copy_context,
    example=Example(context=copy_example),
)

KINDS = (ANNOUNCED, ANNOUNCED_COPY)
