"""What pages ask about the viewer: their registrations, nominations and interests."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import template
from django.db.models import Count, F, Q
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Person
from catalog.models import Program, Workshop
from foundation import database_clock
from foundation.prepared import Among, prepared
from registrations import eligibility
from registrations.clash import Clash
from registrations.display import modes
from registrations.display.awaited import Awaited, awaited
from registrations.display.exchanging import Exchange, exchange
from registrations.display.modes import Switch, ways_of
from registrations.display.nominating import accepted_words
from registrations.display.own_rows import own_row_html
from registrations.display.titles import named
from registrations.forms.mode import WAIT as OR_WAIT
from registrations.forms.registering import SEAT, WAIT
from registrations.gaps import gaps
from registrations.models import Interest, Nomination, Registration
from registrations.progress import Progress, progress
from sessions_app.display.meter import State, state_of
from sessions_app.display.panel import JOIN_WAITLIST, Panel, panel
from sessions_app.models import Session

if TYPE_CHECKING:
    from registrations.models.registration import RegistrationQuerySet
    from sessions_app.display.rows import ListedSession

register = template.Library()
register.filter("named", named)


def active_numbered(person: Person) -> "RegistrationQuerySet":
    """Return the active registrations of `person` with their `number`."""
    return Registration.objects.active().filter(person=person).order_by().numbered()


@prepared
def active_in(person: Person, sessions: list[int]) -> "RegistrationQuerySet":
    """Return those in these sessions, given by key. One query."""
    return active_numbered(person).filter(Among(F("session"), sessions))


@prepared
def active_ahead(person: Person, now: datetime) -> "RegistrationQuerySet":
    """Return those in sessions that have not ended. One query."""
    return active_numbered(person).filter(session__ends_at__gt=now)


@register.simple_tag(takes_context=True)
def own_registrations(context: Context, *lists: Iterable[Session]) -> dict[int, Registration]:
    """Give the viewer's active registrations in the sessions of `lists`, by session id. One query, none signed out.

    Each has `number`, its 1-based number on the waitlist.
    """
    person = getattr(context.get("request"), "user", None)
    ids = [session.pk for sessions in lists for session in sessions or ()]
    if person is None or not person.is_authenticated or not ids:
        return {}
    return {registration.session_id: registration for registration in active_in(person, ids)}


@register.simple_tag(takes_context=True)
def own_progress(context: Context, program: Program) -> Progress | None:
    """Give how far the viewer is with `program`, which is read `with_entries`. Four queries, none signed out."""
    person = context["request"].user
    if not person.is_authenticated or not program.offered:
        return None
    return progress(person, program, context.get("now") or database_clock.now())


@register.simple_tag(takes_context=True)
def own_panel(context: Context, session: Session, own: Registration | None, comes_after: bool = True) -> Panel:
    """Give the values of the register panel of `session` for the viewer, whose registration there is `own`.

    Where it would say Register and the viewer may not, it says why and what they can do instead. Where their profile
    lacks nothing, its button registers. One query where the workshop `comes_after` another, one where the viewer has
    no unit, none for somebody signed out.
    """
    now = context.get("now") or database_clock.now()
    shown, person = panel(session, now, own), context["request"].user
    if shown.leads_to != "register" or not person.is_authenticated:
        return shown
    why = eligibility.why_not_known(person, session, comes_after)
    if why:
        return shown._replace(heading="You can’t register for this session", below=why.linked, button="", leads_to="")
    if gaps(person, for_campus=bool(session.for_campus_id)):
        return shown
    if session.asks_how:
        return shown._replace(posts="mode", ways=ways_of(session, now, OR_WAIT))
    return shown._replace(posts=WAIT if shown.button == JOIN_WAITLIST else SEAT)


@register.simple_tag(takes_context=True)
def own_to_come(context: Context) -> dict[int, Registration]:
    """Give the viewer's active registrations in sessions to come, by session id. One query, none signed out.

    Each has `number`, its 1-based number on the waitlist.
    """
    person = context["request"].user
    if not person.is_authenticated:
        return {}
    now = context.get("now") or database_clock.now()
    return {registration.session_id: registration for registration in active_ahead(person, now)}


@register.simple_tag(takes_context=True)
def own_interests(context: Context) -> dict[int, Interest]:
    """Give the viewer's interests that stand, by workshop id. One query, none signed out."""
    person = context["request"].user
    if not person.is_authenticated:
        return {}
    return {interest.workshop_id: interest for interest in Interest.objects.standing().filter(person=person)}


@register.simple_tag(takes_context=True)
def waits_for_code(context: Context) -> Awaited | None:
    """Give what waits in this browser session for a code to be accepted, in words, if anything does."""
    return awaited(context["request"].session, database_clock.now())


@register.simple_tag(takes_context=True)
def accepted_of(context: Context, session: Session) -> str:
    """Say how many of the colleagues the viewer nominated for `session` have accepted. One query."""
    accepted = Count("pk", filter=Q(status=Nomination.Status.ACCEPTED))
    found = session.nominations.filter(by=context["request"].user).aggregate(accepted=accepted, many=Count("pk"))
    return accepted_words(**found)


@register.simple_tag(takes_context=True)
def switch_of(context: Context, registration: Registration) -> Switch | None:
    """Give how the person of `registration` takes part, and how they switch; None where nobody is asked. A query."""
    return modes.switch_of(registration, context.get("now") or database_clock.now())


@register.simple_tag(takes_context=True)
def interest_in(context: Context, workshop: Workshop) -> Interest | None:
    """Give the viewer's interest in `workshop`, if one stands. One query, none signed out."""
    person = context["request"].user
    if not person.is_authenticated:
        return None
    return Interest.objects.standing().filter(person=person, workshop=workshop).first()


@register.inclusion_tag("registrations/_nominations_and_interests.html", takes_context=True)
def nominations_and_interests(context: Context) -> dict[str, Any]:
    """Show what the viewer is asked to come to, and the workshops whose dates they wait for. Two queries."""
    person, now = context["request"].user, context.get("now") or database_clock.now()
    running = Session.objects.public().joinable(now)
    asked = Nomination.objects.open().told_to(person).filter(session__in=running)
    registered = Registration.objects.active().filter(person=person)
    asked = asked.exclude(session__in=registered.values("session")).select_related("session__workshop", "by")
    interests = Interest.objects.standing().filter(person=person, workshop__status=Workshop.Status.PUBLISHED)
    in_order = asked.order_by("session__starts_at", "pk")
    return {
        "now": now,
        "asked": [(one, state_of(one.session, now) is State.FULL) for one in in_order],
        "interests": interests.select_related("workshop").order_by("workshop__title"),
    }


@register.simple_tag(takes_context=True)
def own_rows(
    context: Context,
    sessions: Iterable["ListedSession"],
    own: dict[int, Registration],
    links: dict[int, str],
    attended: dict[int, str] | None = None,
) -> SafeString:
    """Show one row per session of `listing()`, which leads to what the viewer has there: `own`, by session id.

    `links` are the addresses to join today, and `attended` what is known of the viewer, by session id.
    """
    now: datetime = context["now"]
    known = attended or {}
    rows = (own_row_html(one, own[one.pk], now, links.get(one.pk, ""), known.get(one.pk, "")) for one in sessions)
    return mark_safe("".join(rows))


@register.simple_tag
def other_dates_of(registration: Registration) -> str:
    """Give the path where the other dates of the workshop stand; one without its name for a person who hides titles."""
    session = registration.session
    if registration.person.discreet_titles:
        return f"{session.get_absolute_url()}#dates"
    return session.workshop.get_absolute_url()


@register.simple_tag(takes_context=True)
def exchange_of(context: Context, clash: Clash) -> Exchange:
    """Give what moving to the date of a clash gives up and gets: the person has another date of the workshop."""
    return exchange(clash.registration, clash.session, context.get("now") or database_clock.now())
