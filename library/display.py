"""What pages say of a resource: in lists, and to a person who may not open it."""

from datetime import datetime
from typing import NamedTuple

from foundation.dates import length_words, long_day_and_time
from library.access import Access, Answer
from library.models import Resource
from registrations.display.titles import title_and_day

OPENING = {
    Resource.Kind.ARTICLE: "Read the article",
    Resource.Kind.VIDEO: "Watch the video",
    Resource.Kind.TIP_SHEET: "Open the tip sheet",
    Resource.Kind.PRE_WORK: "Open it",
    Resource.Kind.FILE: "Open it",
}


class WayIn(NamedTuple):
    """What a person reads who may not open a resource: what it is for whom, and what to do."""

    heading: str
    sentence: str


def audience_words(resource: Resource) -> str:
    """Return for whom it is, as lists say it; "" where it is for everybody."""
    if resource.access == Resource.Access.EVERYBODY:
        return ""
    if resource.access == Resource.Access.SIGNED_IN:
        return "For people who sign in"
    if resource.access == Resource.Access.ATTENDED:
        return "For people who took part"
    if resource.released == Resource.Released.AFTER:
        return "For people with a seat, after the session"
    if resource.released == Resource.Released.BEFORE and resource.days_before == 1:
        return "For people with a seat, from the day before"
    if resource.released == Resource.Released.BEFORE:
        return f"For people with a seat, from {resource.days_before} days before"
    return "For people with a seat"


def facts(resource: Resource) -> list[str]:
    """Return kind, length and audience, each as it stands in a list: “Article”, “20 minutes”, “For people ...”."""
    length = length_words(resource.minutes) if resource.minutes else ""
    return [fact for fact in (resource.get_kind_display(), length, audience_words(resource)) if fact]


def way_in(resource: Resource, access: Access, now: datetime) -> WayIn:
    """Return what a person is told to whom `access` does not open the resource."""
    if access.answer == Answer.NOT_YET:
        return _not_yet(resource, access, now)
    is_for_sign_in = resource.access == Resource.Access.SIGNED_IN
    took_part = resource.access == Resource.Access.ATTENDED
    if access.answer == Answer.SIGN_IN and is_for_sign_in:
        return WayIn("Sign in to open it", "This is for people who sign in. You come back here afterwards.")
    if access.answer == Answer.SIGN_IN and took_part:
        return WayIn(
            "For people who took part",
            "If you took part in one of its sessions, sign in: you come back here afterwards.",
        )
    if access.answer == Answer.SIGN_IN:
        return WayIn(
            "For people with a seat",
            "If you have a seat in one of its sessions, sign in: you come back here afterwards.",
        )
    if took_part:
        return WayIn("For people who took part", "It opens to you once you have been to one of its sessions.")
    return WayIn("For people with a seat", "It opens to you once you have a seat in one of its sessions.")


def _not_yet(resource: Resource, access: Access, now: datetime) -> WayIn:
    assert access.session is not None and access.opens_at is not None, "it is theirs by a session, and from then on"
    session = access.session
    when, titled = long_day_and_time(access.opens_at, session.time_zone, now), title_and_day(session, now)
    if access.opens_at == session.ends_at:
        return WayIn(f"Opens on {when}", f"You have a seat in {titled}. This opens when the session has ended.")
    return WayIn(f"Opens on {when}", f"You have a seat in {titled}. This opens some days before the session.")
