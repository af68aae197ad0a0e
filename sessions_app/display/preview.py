"""The card that chat programs and mail show of a link (Open Graph, https://ogp.me): what, when and how many; never who.

A card is fetched without signing in, kept by the program that fetched it, and shown to people who did not follow the
link. So it says nothing of its viewer, and where the title is not for all of them it says neither title nor date nor
count: of a session that is not listed, which only the people with its link are to see, and of an address that asks for
it with NEUTRAL, which a person shares who wants neutral titles.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from foundation.dates import local, plain_day, time_span
from foundation.portal.reader import Posture
from sessions_app.display.meter import meter
from sessions_app.models import Meeting, Session

# The name in the query string that asks for a card without title, date and count.
NEUTRAL = "neutral"
NEUTRAL_TITLE, NEUTRAL_WORDS = "Training session", "Open the link to see what it is about and when."


class Preview(NamedTuple):
    """What a card says. A neutral one has no `address`: fetched by that, it would say more."""

    title: str
    words: str
    address: str
    is_neutral: bool


def preview_of_session(
    session: Session, meetings: Sequence[Meeting], where: str, zone: str, address: str, now: datetime, neutral: bool
) -> Preview:
    """Return the card of `session`, whose held `meetings` are `where` (in words), in `zone` (in words)."""
    if neutral or not session.listed or session.workshop.seen_by != Posture.PUBLIC:
        return Preview(NEUTRAL_TITLE, NEUTRAL_WORDS, "", True)
    shown = meter(session, now)
    count = f"{shown.lead}{' registered' if shown.counts else ''}{shown.text}{shown.when}"
    title = session.workshop.title
    if not meetings:
        return Preview(title, count, address, False)
    first = meetings[0]
    day = plain_day(first.starts_at, first.time_zone, local(now, first.time_zone).year)
    times = time_span(first.starts_at, first.ends_at, first.time_zone)
    return Preview(f"{title}, {day}", f"{times}, {zone} · {where} · {count}", address, False)
