"""Serve calendars to download and to subscribe to, and the page where people make and revoke their private link."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.sign_in import SignedInRequest
from catalog.doors import check_door
from catalog.models import Workshop
from foundation import database_clock
from foundation.kept import kept
from foundation.links import absolute
from foundation.portal.reader import Posture, reader
from notifications.calendars import writing
from notifications.calendars.feeds import entries_for, entries_of, entries_of_session, public_entries
from notifications.calendars.invitations import office
from notifications.calendars.leading import entries_led_by
from notifications.models import CalendarFeed
from notifications.models.private_feed import path_of
from registrations.display.titles import DISCREET_TITLE
from registrations.models import Registration
from sessions_app.models import Session, SessionQuerySet

CALENDAR = "text/calendar; charset=utf-8"
# The name says nothing about the session: other people may see a folder of downloads.
FILE_NAME = "training-session.ics"
FRESH_SECONDS, HOUR = 15 * 60, 60 * 60
REMEMBERED_SECONDS = 30 * 24 * HOUR
# Calendars with the same entries are the same file, and writing a thousand entries takes a second.
public_feed = lru_cache(32)(writing.feed)


# ---- files to download ----


@never_cache
@require_safe
def invitation(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Answer with a person's own seat as a file, with the UIDs and SEQUENCE of the mail. 404 while there is no seat."""
    own = get_object_or_404(Registration.objects.filter(person=request.user), uuid=uuid)
    entries = entries_of(own)
    if not entries:
        raise Http404("There is no seat.")
    return _attached(HttpResponse(writing.publish(entries, office()), CALENDAR))


# Here and below, csrf_exempt opens nothing: only GET and HEAD are served. Without it, a program that tries a POST would
# get the page about forms, which looks at the viewer and sets a cookie; with it, the program gets a plain 405.
@csrf_exempt
@login_not_required
@require_safe
@kept(for_all=True)
def session_file(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with a public session as a file, for people who are not registered. 404 where no calendar can show it."""
    session = get_object_or_404(Session.objects.public().select_related("workshop"), code=code)
    if session.workshop.seen_by != Posture.PUBLIC:
        check_door(request.user, session.workshop, by_code=True)
    entries = entries_of_session(session)
    if not entries:
        raise Http404("There is nothing to put in a file.")
    body = writing.publish(entries, office())
    return _attached(_answer(request, body, f"session:{code}", _who(session.workshop.seen_by)))


def _attached(response: HttpResponse) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


# ---- feeds ----


@csrf_exempt
@login_not_required
@require_safe
@kept(for_all=True)
def all_sessions(request: HttpRequest) -> HttpResponse:
    """Answer with the feed of all listed sessions."""
    name = f"Training sessions, {settings.INSTITUTION_NAME}"
    return _public_feed(request, Session.objects.all(), name, "all", settings.CATALOG)


@csrf_exempt
@login_not_required
@require_safe
@kept(for_all=True)
def workshop_sessions(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the feed of the listed sessions of one workshop."""
    workshop = get_object_or_404(Workshop.objects.published(), slug=slug)
    sessions = Session.objects.filter(workshop=workshop)
    key = f"workshop:{workshop.pk}"
    if workshop.seen_by == Posture.PUBLIC:
        return _public_feed(request, sessions, workshop.title, key, workshop.seen_by)
    check_door(request.user, workshop)
    with reader(visitor=False):
        return _public_feed(request, sessions, workshop.title, key, workshop.seen_by)


def _public_feed(request: HttpRequest, sessions: SessionQuerySet, name: str, key: str, seen_by: str) -> HttpResponse:
    entries = public_entries(sessions, database_clock.now())
    return _answer(request, public_feed(tuple(entries), name), f"public:{key}", _who(seen_by))


def _who(seen_by: str) -> str:
    """Return who may cache what people of this posture may see: nobody between us and them, unless it is everybody."""
    return "public" if seen_by == Posture.PUBLIC else "private"


@csrf_exempt
@login_not_required
@require_safe
def private_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with the sessions of the person whose token it is. 404 for any other token; never the sign-in page."""
    response = _private_answer(request, token)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _private_answer(request: HttpRequest, token: str) -> HttpResponse:
    feed, now = CalendarFeed.objects.opened_by(token), database_clock.now()
    if feed is None:
        # Not the portal's own 404 page: that one sets a cookie.
        return HttpResponse("There is no calendar at this address.\n", "text/plain", 404)
    if _asked_too_often(feed, now):
        waits = {"Retry-After": str(HOUR)}
        return HttpResponse("Asked too often. Try again in an hour.\n", "text/plain", 429, headers=waits)
    entries = [*entries_for(feed.person, now), *entries_led_by(feed.person, now)]
    body = writing.feed(entries, f"{DISCREET_TITLE}s")
    return _answer(request, body, f"private:{feed.digest}", "private")


def _asked_too_often(feed: CalendarFeed, now: datetime) -> bool:
    """Count one more request of this hour, and tell whether that is too many. Two at once may count as one."""
    key = f"calendar-asked:{feed.digest}:{now:%Y%m%d%H}"
    asked = cache.get(key, 0) + 1
    cache.set(key, asked, HOUR)
    return asked > settings.CALENDAR_FEED_MOST_AN_HOUR


def _answer(request: HttpRequest, body: bytes, key: str, who: str) -> HttpResponse:
    """Answer with `body`, or 304 where nothing has changed. `who` (public, private) may cache it for 15 minutes.

    `key` names the calendar among those whose last change is remembered.
    """
    etag = quote_etag(hashlib.sha256(body).hexdigest())
    seen = _first_seen(key, etag, database_clock.now())
    response = HttpResponse(body, CALENDAR)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(seen)
    answer = get_conditional_response(request, etag, seen, response) or response
    answer["Cache-Control"] = f"{who}, max-age={FRESH_SECONDS}"
    return answer


def _first_seen(key: str, etag: str, now: datetime) -> int:
    """Return since which second (of the Unix epoch) the answer under `key` has had this ETag.

    The newest change of a row would not do: entries also come and go as time passes. If the cache has forgotten the
    second, a program that has the answer gets it once more.
    """
    key = f"calendar:{hashlib.sha256(key.encode()).hexdigest()}"
    last_etag, last_seen = cache.get(key) or ("", 0)
    if last_etag == etag:
        return last_seen
    # HTTP gives times to the second, and a second answer within one must not be taken for the first.
    seen = max(int(now.astimezone(UTC).timestamp()), last_seen + 1)
    cache.set(key, (etag, seen), REMEMBERED_SECONDS)
    return seen


# ---- the private link ----


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: SignedInRequest) -> HttpResponse:
    """Say what the private link is for (GET), or make a new one and show it, once (POST). The one before is revoked."""
    address = ""
    if request.method == "POST":
        address = absolute(path_of(CalendarFeed.objects.renew(request.user, database_clock.now())))
    context = {"nav": "my", "address": address, "webcal": webcal(address)}
    return render(request, "notifications/calendar.html", context)


@require_POST
def calendar_deletion(request: SignedInRequest) -> HttpResponse:
    """Switch the private link off."""
    CalendarFeed.objects.revoke(request.user, by=request.user)
    messages.success(request, "Your private link is switched off. It shows nothing any longer.")
    return redirect("my_training")


def webcal(address: str) -> str:
    """Return the address in the form that opens a calendar program: webcal://…; "" for ""."""
    return f"webcal://{address.partition('://')[2]}" if address else ""
