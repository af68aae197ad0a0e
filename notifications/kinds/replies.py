"""Mail that answers what came back from a calendar: a decline, an acceptance too late, a request to repeat or move."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from foundation import database_clock
from foundation.links import absolute
from notifications.kinds.contexts import OF_A_REGISTRATION, next_dates, registration_context
from notifications.kinds.registrations import CONFIRMED_OR_OVER, was_confirmed
from notifications.models import Decline, Notice
from notifications.models.kind import Carries, Example, Family, Kind, News
from registrations.models import Registration
from sessions_app.models import Session
from sessions_app.models.numbering import Numbered


def decline_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about a declined seat may name."""
    decline = Decline.objects.select_related("registration__session").get(pk=notice.facts["decline"])
    return about_decline(notice, decline)


def about_decline(notice: Notice, decline: Decline) -> dict[str, Any]:
    """Return what a mail names about `decline`: until when the seat is kept, and the link to keep it."""
    return registration_context(notice) | {
        "gives_up": decline.gives_up_words,
        "keep_url": absolute(decline.get_absolute_url()),
    }


def part_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about one declined meeting of several may name."""
    part = notice.registration.session.part_numbers().get(notice.facts["declined"], Numbered())
    return registration_context(notice) | {"part": part.words or "one of its meetings"}


def answer_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of mail that answers a mail may name.

    Such a Notice has its registration in the facts only, because it is no news of it.
    """
    notice.registration = Registration.objects.select_related("session__workshop", "person").get(
        pk=notice.facts["registration"]
    )
    return registration_context(notice)


def time_stands_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail to a person who proposed another time may name: also the other dates."""
    return answer_context(notice) | {"next_dates": next_dates(notice.registration.session, notice.registration)}


def place_gone_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about an entry that a calendar kept too late may name: what is `gone`."""
    # Without the fact: owed by the code before, which sent it without a cancellation.
    context = answer_context(notice) if "registration" in notice.facts else registration_context(notice)
    gone = notice.facts.get("gone", "seat")
    ways = {"seat": context["session_url"], "meeting": context["registration_url"]}
    return context | {"gone": gone, "way_on": ways.get(gone, context["workshop_url"])}


def example_of_decline(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example: the reader declines now."""
    undo_until = database_clock.now() + timedelta(minutes=settings.DECLINE_UNDO_MINUTES)
    return about_decline(notice, Decline(registration=notice.registration, gives_up_at=undo_until))


def example_of_answer(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example of an answer to a mail."""
    return registration_context(notice)


DECLINED = Kind(
    name="declined",
    label="Declined in the calendar",
    family=Family.NEWS,
    context=decline_context,
    placeholders={
        **OF_A_REGISTRATION,
        "gives_up": "until when the place is kept",
        "keep_url": "the link to keep it",
    },
    required=frozenset({"gives_up"}),
    example=Example(fits=CONFIRMED_OR_OVER, context=example_of_decline),
)
PART_DECLINED = Kind(
    name="part_declined",
    label="One part declined",
    family=Family.NEWS,
    news=News.DETAIL,
    context=part_context,
    placeholders=OF_A_REGISTRATION,
    example=Example(fits=CONFIRMED_OR_OVER, facts=lambda session: {"declined": session.meetings.all()[0].pk}),
)
KEPT = Kind(
    name="kept",
    label="Kept after declining",
    family=Family.NEWS,
    carries=Carries.REQUEST,
    context=registration_context,
    placeholders=OF_A_REGISTRATION,
    required=frozenset(),
    example=Example(fits=CONFIRMED_OR_OVER),
)
AGAIN = Kind(
    name="again",
    label="The invitation again",
    family=Family.REPLY,
    carries=Carries.REQUEST,
    context=registration_context,
    placeholders=OF_A_REGISTRATION,
    required=frozenset(),
    example=Example(fits=CONFIRMED_OR_OVER),
)
UNPROVEN = Kind(
    name="unproven",
    label="An answer to confirm",
    family=Family.REPLY,
    context=answer_context,
    placeholders=OF_A_REGISTRATION,
    required=frozenset(),
    example=Example(fits=CONFIRMED_OR_OVER, context=example_of_answer),
)
PLACE_GONE = Kind(
    name="place_gone",
    label="Accepted too late",
    family=Family.REPLY,
    carries=Carries.CANCEL,
    context=place_gone_context,
    example=Example(fits=CONFIRMED_OR_OVER, status=Registration.Status.WITHDRAWN, carries=was_confirmed),
)
TIME_STANDS = Kind(
    name="time_stands",
    label="Another time proposed",
    family=Family.REPLY,
    context=time_stands_context,
    placeholders=OF_A_REGISTRATION,
    example=Example(fits=CONFIRMED_OR_OVER, context=example_of_answer),
)

KINDS = (DECLINED, PART_DECLINED, KEPT, AGAIN, UNPROVEN, PLACE_GONE, TIME_STANDS)
