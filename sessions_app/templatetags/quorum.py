"""Tags for what every page shows of a session: the meter, date rows, cards, the register panel.

They read `now` from the page's context, so that a page says one time throughout.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, TypeVar

from django import template
from django.conf import settings
from django.db.models import Count, F, Min, Model, QuerySet
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from catalog.models import Facilitator, Workshop
from foundation import database_clock
from foundation.dates import length_words, local, long_day, plain_day, short_day, time_span, zone_words
from foundation.prepared import Among, prepared
from foundation.text import number_words
from sessions_app.display import few, month, panel, rows, seats
from sessions_app.display.length import how_many, whole_length
from sessions_app.display.meter import Meter, Seat, meter, meter_for_office
from sessions_app.models import Meeting, Session
from sessions_app.models.linking import ONLINE, lacks_link
from sessions_app.models.numbering import Numbered

register = template.Library()
MOST_DATES = 100
Found = TypeVar("Found")


def now_of(context: Context) -> datetime:
    return context.get("now") or database_clock.now()


@register.inclusion_tag("sessions_app/_quorum_meter.html", takes_context=True)
def quorum_meter(
    context: Context, session: Session, own: Seat | None = None, size: str = "md", stack: bool = False
) -> dict[str, object]:
    """Show the meter of `session` to a viewer whose registration is `own`.

    Sizes: sm in tables, md in rows, lg in the panel.
    """
    return {"m": meter(session, now_of(context), own), "size": size, "stack": stack, "code": session.code}


@register.inclusion_tag("sessions_app/_quorum_meter.html", takes_context=True)
def office_meter(context: Context, session: Session, size: str = "md") -> dict[str, object]:
    """Show the meter of `session` to the office, which is not asked to join."""
    return {"m": meter_for_office(session, now_of(context)), "size": size, "code": session.code}


@register.simple_tag(takes_context=True)
def date_rows(
    context: Context,
    sessions: Iterable["rows.ListedSession"],
    mine: dict[int, Seat] | None = None,
    by_workshop: bool = False,
    button: bool = True,
    months: bool = False,
) -> SafeString:
    """Show one date row per session of `rows.listing()`; `mine` has the viewer's registrations by session id.

    `months` names the month in each row, for a list without headings of months.
    """
    now, zone, mine = now_of(context), settings.TIME_ZONE, mine or {}
    made = (rows.row(session, now, mine.get(session.pk), zone, by_workshop, button, months) for session in sessions)
    return mark_safe("".join(map(rows.row_html, rows.day_by_day(made))))


@register.simple_tag
def month_weeks(shown: month.Shown, mine: dict[int, Seat]) -> tuple[tuple[month.Day, ...], ...]:
    """Give the weeks of a month; `mine` has the viewer's registrations by session id."""
    return shown.weeks(mine)


@register.simple_tag(takes_context=True)
def session_cards(
    context: Context, sessions: Iterable["rows.ListedSession"], mine: dict[int, Seat] | None = None
) -> SafeString:
    """Show one card per session of `rows.listing()`."""
    now, mine = now_of(context), mine or {}
    return mark_safe("".join(rows.card_html(rows.card(session, now, mine.get(session.pk))) for session in sessions))


@register.simple_tag(takes_context=True)
def upcoming_dates(context: Context, workshop: Workshop) -> list["rows.ListedSession"]:
    """Give the listed dates of one workshop, for `date_rows`. One query, however many parts of a page ask."""
    key, kept = f"upcoming_dates {workshop.pk}", context.render_context
    if key not in kept:
        kept[key] = dates_of(workshop, now_of(context))
    return kept[key]


@prepared
def dates_of(workshop: Workshop, now: datetime) -> "QuerySet[Session, rows.ListedSession]":
    return rows.listed().upcoming(now).filter(workshop=workshop)[:MOST_DATES]


@prepared
def dates_of_all(workshops: list[int], now: datetime) -> "QuerySet[Session, rows.ListedSession]":
    return rows.listed().upcoming(now).filter(Among(F("workshop"), workshops))


class Season(NamedTuple):
    """The dates of several workshops: `dates` are all that are shown, `of_each` has them by the id of the workshop.

    `more` has the workshops, by id, of which there are more than that.
    """

    dates: list["rows.ListedSession"]
    of_each: dict[int, list["rows.ListedSession"]]
    more: dict[int, bool]


@register.simple_tag(takes_context=True)
def season(context: Context, workshops: Iterable[Workshop]) -> Season:
    """Give the listed dates of each of `workshops`, soonest first, for `date_rows`. One query."""
    of_each: dict[int, list[rows.ListedSession]] = {}
    more: dict[int, bool] = {}
    for session in dates_of_all([workshop.pk for workshop in workshops], now_of(context)):
        dates = of_each.setdefault(session.workshop_id, [])
        if len(dates) == MOST_DATES:
            more[session.workshop_id] = True
        else:
            dates.append(session)
    return Season([session for dates in of_each.values() for session in dates], of_each, more)


@register.simple_tag(takes_context=True)
def dates_led_by(context: Context, facilitator: Facilitator) -> list["rows.ListedSession"]:
    """Give the listed dates that `facilitator` leads, for `date_rows`. One query."""
    return dates_led(facilitator, now_of(context))


@prepared
def dates_led(facilitator: Facilitator, now: datetime) -> "QuerySet[Session, rows.ListedSession]":
    return rows.listed().upcoming(now).filter(facilitators=facilitator)[:MOST_DATES]


@register.simple_tag(takes_context=True)
def next_led(context: Context, facilitators: Iterable[Facilitator]) -> dict[int, str]:
    """Give “4 dates from May 14” for each of `facilitators` who leads one, by id. One query."""
    now = now_of(context)
    ahead = (
        Session.objects.listed()
        .upcoming(now)
        .filter(status__in=Session.RUNNING, facilitators__in=[facilitator.pk for facilitator in facilitators])
    )
    counted = ahead.order_by().values("facilitators").annotate(dates=Count("pk"), first=Min("starts_at"))
    led = counted.values_list("facilitators", "dates", "first")
    return {pk: rows.date_words(count, first, now) for pk, count, first in led}


@register.simple_tag(takes_context=True)
def next_dates(context: Context, workshops: Iterable[Workshop]) -> dict[int, str]:
    """Give “4 dates from May 14” for each of `workshops`, by id. One query."""
    now = now_of(context)
    shown = Workshop.objects.filter(pk__in=[workshop.pk for workshop in workshops]).order_by()
    dates = rows.with_dates(shown, now).values_list("pk", "dates", "first_date")
    return {pk: rows.date_words(count, first, now) for pk, count, first in dates}


@register.simple_tag(takes_context=True)
def few_dates(context: Context, mine: dict[int, Seat]) -> dict[int, few.Few]:
    """Give the next few dates of every workshop, by its id; `mine` has the viewer's registrations. One query."""
    return few.few_dates(now_of(context), mine)


@register.filter
def capacity_words(session: Session) -> str:
    """“24”, or “12 in the room, 12 online”."""
    return seats.capacity_words(session)


@register.filter
def rows_html(made: Iterable[rows.Row]) -> SafeString:
    """Show one date row for each of these values."""
    return mark_safe("".join(map(rows.row_html, made)))


@register.simple_tag(takes_context=True)
def register_panel(context: Context, session: Session, own: Seat | None = None) -> panel.Panel:
    """Give the values of the register panel."""
    return panel.panel(session, now_of(context), own)


@register.simple_tag(takes_context=True)
def meter_values(context: Context, session: Session, own: Seat | None = None) -> Meter:
    """Give the values of the meter, to keep a part of the page under them."""
    return meter(session, now_of(context), own)


@register.simple_tag(takes_context=True)
def invite_link(context: Context, session: Session) -> str:
    """Give the mailto: link that invites a colleague."""
    address = f"{settings.SITE_URL}{session.get_absolute_url()}"
    return panel.invitation_link(session, now_of(context), address)


@register.simple_tag(takes_context=True)
def zone_here(context: Context) -> str:
    """Give the portal's own zone: “Central time”."""
    return zone_words(settings.TIME_ZONE, now_of(context))


@register.filter
def titled(session: Session, now: datetime) -> str:
    """“Implicit Bias, Tue May 14”, on the session's own calendar."""
    if session.starts_at is None:
        return session.workshop.title
    day = plain_day(session.starts_at, session.time_zone, local(now, session.time_zone).year)
    return f"{session.workshop.title}, {day}"


@register.simple_tag
def times(
    meetings: list[Meeting], now: datetime, numbers: dict[int, Numbered]
) -> tuple[tuple[str, str, str, str], ...]:
    """Give each meeting's time for machines, “Tuesday, May 14, 12:30–2:00 PM”, its room, and “Part 1: Bias”.

    The last is for a part of the workshop: meetings alone are not numbered on pages.
    """
    return tuple(
        (
            local(one.starts_at, one.time_zone).isoformat(timespec="minutes"),
            f"{long_day(one.starts_at, one.time_zone, local(now, one.time_zone).year)}, "
            f"{time_span(one.starts_at, one.ends_at, one.time_zone)}",
            one.venue.words if one.venue else "",
            numbers[one.pk].short_heading,
        )
        for one in meetings
    )


@register.filter
def day(meeting: Meeting) -> str:
    """“Tue, May 14”, on the meeting's own calendar."""
    return short_day(meeting.starts_at, meeting.time_zone)


@register.filter
def is_ahead(session: Session, now: datetime) -> bool:
    """Tell whether the session may still be held, and has not ended."""
    return session.is_running and now < session.ends_at


@register.simple_tag
def link_promise(session: Session, meetings: list[Meeting], now: datetime) -> str:
    """Return when people get the link to join: with their “invitation”, “later” by mail, or "" where none is to come.

    A page promises no link that is not there.
    """
    ahead = [meeting for meeting in meetings if meeting.ends_at > now]
    if not (ahead and is_ahead(session, now) and session.format in ONLINE):
        return ""
    return "later" if any(lacks_link(meeting, session.format) for meeting in ahead) else "invitation"


@register.filter
def are_under_way(meetings: list[Meeting], now: datetime) -> bool:
    """Tell whether the first of the meetings, in their order, has started and another is still to come."""
    return bool(meetings) and meetings[0].starts_at <= now < meetings[-1].starts_at


register.filter("number_words", number_words)
register.filter("whole_length", whole_length)
register.filter("how_many", how_many)
register.filter("length_words", length_words)


@register.filter
def of(found: dict[int, Found] | None, thing: Model) -> Found | None:
    """Give what `found` holds for the id of `thing`, or None."""
    return found.get(thing.pk) if found else None
