"""Every URL of the portal by who asks: what it answers and tells (G12, G15), and that looking changes nothing (G11).

What one reader is answered is asked once, and each rule reads it.
"""

import os
from collections.abc import Callable, Iterator
from itertools import cycle, islice

import pytest
from celery import current_app
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from catalog.models import Program, Topic, Workshop
from devtools.testing.canaries import BY_LINK, canary_of, may_read
from devtools.testing.every_noun import routes
from devtools.testing.looking import METHODS, Looks, every_row, look
from devtools.testing.readers import EVERYBODY, READERS, STAFF, WITH_TOKEN
from sessions_app.models import Session

pytestmark = pytest.mark.django_db

WHO = ("visitor", "owner", "other", "office")
# What answers a person who leads the session otherwise than another person, and one who leads another session.
LEADS = {"my/leading/": 200, "my/leading/<slug:code>/": 200, "my/leading/<slug:code>/names/": 302}
LEADS_ANOTHER = {"my/leading/": 200}
SERVED = {200, 301, 302, 403, 404, 405}
# What a GET answers to a visitor, to the person a registration is of, to another person and to the office.
# The 302 of a visitor leads to the sign-in page (from signing out, home).
# A row that ends in * is for all that begins so and has no other.
# A URL without a row fails: the person who adds one says here who may see it.
ANSWERS = {
    "robots.txt": (200, 200, 200, 200),
    "colors.css": (200, 200, 200, 200),
    "logo": (404, 404, 404, 404),  # there is none unless the operator names a file
    "logo-on-dark": (404, 404, 404, 404),
    "": (200, 200, 200, 200),
    "sessions/<slug:code>/": (200, 200, 200, 200),
    "sessions/<slug:code>/meter/": (200, 200, 200, 200),
    "sessions/<slug:code>/registration/": (200, 302, 200, 200),
    "workshops/": (200, 200, 200, 200),
    "workshops/<slug:slug>/": (200, 200, 200, 200),
    "resources/": (200, 200, 200, 200),
    "resources/<slug:slug>/": (200, 200, 200, 200),  # to those it is not for, what it is and the way in
    "resources/<slug:slug>/citation.ris": (403, 200, 403, 200),
    "resources/<slug:slug>/file/<slug:name>/": (403, 200, 403, 200),
    "topics/<slug:slug>/": (200, 200, 200, 200),
    "actions/<slug:slug>/": (200, 200, 200, 200),
    "facilitators/": (200, 200, 200, 200),
    "facilitators/<slug:key>/": (200, 200, 200, 200),
    "team/": (200, 200, 200, 200),
    "partners/": (200, 200, 200, 200),
    "programs/<slug:slug>/": (200, 200, 200, 200),
    "programs/<slug:slug>/registration/": (200, 200, 200, 200),
    "registrations/<uuid:uuid>/": (302, 200, 404, 404),
    "registrations/<uuid:uuid>/withdrawal/": (302, 200, 404, 404),
    "registrations/<uuid:uuid>/withdrawal/<slug:key>/": (200, 200, 200, 200),  # for everybody with the link of the mail
    # For everybody with the link of the mail; the offer here has ended.
    "registrations/<uuid:uuid>/merge/<slug:key>/": (410, 410, 410, 410),
    "registrations/<uuid:uuid>/seat/": (302, 302, 404, 404),
    "registrations/<uuid:uuid>/transfer/": (302, 200, 404, 404),
    # GET leads to the registration; the button on its page posts.
    "registrations/<uuid:uuid>/mode/": (302, 302, 404, 404),
    "registrations/<uuid:uuid>/pre-work/": (302, 200, 404, 404),
    "sessions/<slug:code>/nominations/": (302, 200, 200, 200),
    "nominations/<uuid:uuid>/": (302, 200, 404, 404),
    "workshops/<slug:slug>/interest/": (200, 200, 200, 200),
    "calls/<uuid:uuid>/": (200, 200, 200, 200),  # for everybody with the link of the mail; it names nobody
    "interests/<uuid:uuid>/": (200, 200, 200, 200),  # for everybody with the link of the mail; it names nobody
    "registrations/<uuid:uuid>/invitation.ics": (302, 200, 404, 404),
    "registrations/<uuid:uuid>/invitation/": (302, 302, 404, 404),
    "sessions/<slug:code>/session.ics": (200, 200, 200, 200),
    "sessions.ics": (200, 200, 200, 200),
    "workshops/<slug:slug>/sessions.ics": (200, 200, 200, 200),
    "calendar/<slug:token>.ics": (200, 200, 200, 200),  # for everybody with the address, which its owner keeps
    "my/calendar/": (302, 200, 200, 200),
    "my/calendar/deletion/": (302, 405, 405, 405),
    "registrations/<uuid:uuid>/accommodation/": (302, 200, 404, 404),
    "registrations/<uuid:uuid>/accommodation/deletion/": (302, 405, 405, 405),
    "declines/<uuid:uuid>/": (302, 200, 404, 404),
    "evaluations/<slug:token>/": (200, 200, 200, 200),  # for everybody with the link of the mail; it names nobody
    # People of the office who may change registrations, and nobody else: it names everybody who comes.
    "sessions/<slug:code>/check-in/": (302, 403, 403, 200),
    "sessions/<slug:code>/check-in/code/": (302, 403, 403, 200),
    "check-in/": (302, 200, 200, 200),
    "check-in/<slug:day_code>/": (302, 200, 200, 200),  # the same for every code, right or wrong
    "registrations/<uuid:uuid>/attendance/": (302, 200, 404, 404),
    "certificates/<slug:code>/": (200, 200, 200, 200),  # valid or not, to everybody; whose it is only to its holder
    "certificates/<slug:code>/certificate.pdf": (302, 200, 404, 404),
    "certificates/<slug:code>/name/": (302, 200, 404, 404),
    "my/licenses/": (302, 200, 200, 200),
    "my/licenses/<int:kind>/": (302, 200, 200, 200),
    "my/licenses/<int:kind>/deletion/": (302, 405, 405, 405),
    "my/": (302, 200, 200, 200),
    "leading/<uuid:uuid>/<slug:key>/": (
        200,
        200,
        200,
        200,
    ),  # for everybody with the link of the mail
    "my/leading/": (302, 404, 404, 404),  # for people who lead sessions
    "my/leading/<slug:code>/": (302, 404, 404, 404),  # for the people who lead this one
    "my/leading/<slug:code>/names/": (302, 404, 404, 404),  # GET leads to the session; the button posts
    "my/record/": (302, 200, 200, 200),  # each their own; there is none for a supervisor
    "my/record.<slug:form>": (302, 200, 200, 200),
    "my/record/consents/<slug:purpose>/": (302, 405, 405, 405),
    "my/record/consents/<slug:purpose>/withdrawal/": (302, 405, 405, 405),
    "my/record/outside/": (302, 200, 200, 200),
    "outside-activities/<uuid:uuid>/": (302, 200, 404, 404),
    "outside-activities/<uuid:uuid>/proof/": (302, 200, 404, 200),
    "outside-activities/<uuid:uuid>/withdrawal/": (302, 405, 405, 405),
    "requests/new/": (200, 200, 200, 200),
    "requests/<uuid:uuid>/": (302, 200, 404, 200),
    "requests/<uuid:uuid>/withdrawal/": (302, 200, 404, 404),
    "privacy/": (200, 200, 200, 200),
    "my/data/": (302, 200, 200, 200),
    "my/data/export/": (302, 405, 405, 405),
    "my/data/erasure/": (302, 200, 200, 302),  # of the office it asks for the second factor first
    "my/data/erasure/sign-in/": (302, 405, 405, 405),
    "healthz": (200, 200, 200, 200),
    "readyz": (503, 503, 503, 503),  # no beat runs in the tests
    "accounts/login/": (200, 302, 302, 302),
    "accounts/login/code/": (302, 302, 302, 302),
    "accounts/logout/": (302, 200, 200, 200),
    "accounts/inactive/": (403, 403, 403, 403),
    "accounts/school/openid/": (404, 404, 404, 404),  # only where a provider is set up
    "accounts/school/openid/answer/": (404, 404, 404, 404),
    "accounts/school/saml/": (404, 404, 404, 404),
    "accounts/school/saml/answer/": (404, 404, 404, 404),
    "accounts/school/saml/finish/": (404, 404, 404, 404),
    "accounts/school/saml/metadata.xml": (404, 404, 404, 404),
    "accounts/profile/": (302, 200, 200, 200),
    "accounts/address/": (302, 200, 200, 200),
    "accounts/address/<slug:token>/": (200, 200, 200, 200),  # for everybody with the link of the mail
    "accounts/unsent/": (302, 302, 302, 302),  # nothing waits there
    "accounts/sign-ins/": (302, 200, 200, 200),
    "accounts/sign-ins/others/end/": (302, 405, 405, 405),
    "accounts/sign-ins/<slug:name>/end/": (302, 405, 405, 405),
    "accounts/appearance/": (405, 405, 405, 405),
    "accounts/2fa/": (302, 403, 403, 200),
    "accounts/2fa/authenticate/": (302, 302, 302, 302),
    "accounts/2fa/reauthenticate/": (302, 403, 403, 200),
    "accounts/2fa/app/": (302, 403, 403, 302),
    "accounts/2fa/app/remove/": (302, 403, 403, 302),
    "accounts/2fa/recovery-codes/": (302, 403, 403, 404),
    "accounts/2fa/recovery-codes/new/": (302, 403, 403, 302),
    "accounts/2fa/recovery-codes.txt": (302, 403, 403, 404),
    "accounts/2fa/passkeys/": (302, 403, 403, 200),
    "accounts/2fa/passkeys/new/": (302, 403, 403, 302),
    "accounts/2fa/passkeys/confirm/": (302, 403, 403, 302),
    "accounts/2fa/passkeys/<int:pk>/": (302, 403, 403, 302),
    "accounts/2fa/passkeys/<int:pk>/remove/": (302, 403, 403, 302),
    # Only the Accommodations group: not the office, and not a superuser, as this office person is.
    "admin/registrations/accommodation/*": (302, 302, 302, 403),
    "admin/registrations/accommodation/<path:object_id>/": (302, 302, 302, 302),  # to the page that is a 403
    "admin/registrations/accommodation/<int:pk>/reading/": (302, 302, 302, 405),
    "admin/registrations/accommodation/<int:pk>/answer/": (302, 302, 302, 405),
    "admin/*": (302, 302, 302, SERVED),
    "admin/accounts/addresschange/<int:pk>/agree/": (302, 302, 302, 405),
    "admin/accounts/addresschange/<int:pk>/stop/": (302, 302, 302, 405),
    "admin/accounts/addresschange/add/": (302, 302, 302, 403),
    "admin/accounts/directoryquestion/<int:pk>/answer/": (302, 302, 302, 200),
    "admin/accounts/directoryquestion/add/": (302, 302, 302, 403),
    "admin/accounts/directoryquestion/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/accounts/person/directory/": (302, 302, 302, 200),
    "admin/accounts/person/<int:pk>/merging/": (302, 302, 302, 200),
    "admin/accounts/unit/<int:pk>/champions/": (302, 302, 302, 200),
    "admin/accounts/unit/<int:pk>/leaving/": (302, 302, 302, 200),
    "admin/accounts/addresschange/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/auth/group/add/": (302, 302, 302, 403),
    "admin/auth/group/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/search/": (302, 302, 302, 200),
    "admin/activity/": (302, 302, 302, 200),
    "admin/figures/": (302, 302, 302, 200),
    "admin/figures/year.csv": (302, 302, 302, 200),
    "admin/figures/year.xlsx": (302, 302, 302, 200),
    "admin/figures/how/": (302, 302, 302, 200),
    "admin/figures/count/": (302, 302, 302, 405),  # a button
    "admin/figures/coverage/": (302, 302, 302, 200),
    "admin/figures/coverage.csv": (302, 302, 302, 200),
    "admin/figures/coverage.xlsx": (302, 302, 302, 200),
    "admin/figures/coverage/<int:pk>/": (302, 302, 302, 200),
    "admin/sessions_app/venue/<int:pk>/calendar/": (302, 302, 302, 200),
    "admin/catalog/facilitator/<int:pk>/calendar/": (302, 302, 302, 200),
    "admin/login/": (302, 403, 403, 302),
    "admin/outcomes/outsideactivity/<int:pk>/decision/": (302, 302, 302, 200),
    "admin/outcomes/outsideactivity/add/": (302, 302, 302, 403),
    "admin/outcomes/outsideactivity/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/outcomes/export/new/": (302, 302, 302, 200),
    "admin/outcomes/export/add/": (302, 302, 302, 403),
    "admin/outcomes/export/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/password_change/": (302, 302, 302, 404),  # there are no passwords
    "admin/password_change/done/": (302, 302, 302, 404),
    "admin/mfa/authenticator/add/": (302, 302, 302, 403),
    "admin/sessions_app/session/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/sessions_app/leading/<int:pk>/settle/": (302, 302, 302, 302),  # GET leads to its page
    "admin/sessions_app/leading/add/": (302, 302, 302, 403),
    "admin/sessions_app/leading/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/sessions_app/sessionrequest/add/": (302, 302, 302, 403),
    "admin/sessions_app/sessionrequest/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/sessions_app/scheduleimport/<int:pk>/undo/": (302, 302, 302, 302),
    "admin/sessions_app/scheduleimport/files/<int:pk>/": (302, 302, 302, 200),
    "admin/sessions_app/scheduleimport/empty.xlsx": (302, 302, 302, 200),
    "admin/sessions_app/scheduleimport/season.xlsx": (302, 302, 302, 200),
    "admin/sessions_app/scheduleimport/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/sessions_app/requestrules/add/": (302, 302, 302, 302),  # there is one row, and it is there
    "admin/sessions_app/requestrules/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/outcomes/attendancesheet/meeting/<int:meeting_pk>/": (302, 302, 302, 200),
    "admin/outcomes/attendancesheet/meeting/<int:meeting_pk>/close/": (302, 302, 302, 200),
    "admin/outcomes/attendancesheet/add/": (302, 302, 302, 403),
    "admin/outcomes/attendancesheet/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/outcomes/attendancedispute/<int:pk>/decide/": (302, 302, 302, 200),
    "admin/outcomes/attendancedispute/add/": (302, 302, 302, 403),
    "admin/outcomes/attendancedispute/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/registrations/registration/roster/<int:session_pk>/": (302, 302, 302, 200),
    "admin/registrations/registration/roster/<int:session_pk>/csv/": (302, 302, 302, 405),
    "admin/registrations/registration/roster/<int:session_pk>/xlsx/": (302, 302, 302, 405),
    "admin/registrations/registration/roster/<int:session_pk>/people/": (302, 302, 302, 200),
    "admin/registrations/registration/roster/<int:session_pk>/people/<int:pk>/": (302, 302, 302, 200),
    "admin/registrations/registration/roster/<int:session_pk>/ticked/": (302, 302, 302, 405),
    "admin/registrations/registration/roster/<int:session_pk>/write/": (302, 302, 302, 200),
    "admin/registrations/registration/roster/<int:session_pk>/mail/<int:pk>/": (302, 302, 302, 200),
    "admin/registrations/registration/roster/<int:session_pk>/report/": (302, 302, 302, 200),
    "admin/registrations/registration/roster/<int:session_pk>/decide/": (302, 302, 302, 405),
    "admin/registrations/rosterreading/add/": (302, 302, 302, 403),
    "admin/registrations/rosterreading/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/registrations/registration/add/": (302, 302, 302, 403),
    "admin/registrations/registration/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/registrations/nomination/add/": (302, 302, 302, 403),
    "admin/registrations/nomination/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/registrations/interest/add/": (302, 302, 302, 403),
    "admin/registrations/interest/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/outcomes/evaluation/<int:pk>/closing/": (302, 302, 302, 200),
    "admin/outcomes/evaluation/<int:pk>/audit/": (302, 302, 302, 200),
    "admin/outcomes/evaluation/workshop/<slug:slug>/": (302, 302, 302, 200),
    "admin/outcomes/evaluation/workshop/<slug:slug>/form/": (302, 302, 302, 200),
    "admin/outcomes/evaluation/add/": (302, 302, 302, 403),
    "admin/outcomes/evaluation/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/notifications/notice/undeliverable/": (302, 302, 302, 200),
    "admin/notifications/notice/<int:pk>/retry/": (302, 302, 302, 405),
    "admin/notifications/notice/<int:pk>/handled/": (302, 302, 302, 200),
    "admin/notifications/notice/add/": (302, 302, 302, 403),
    "admin/notifications/notice/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/notifications/wording/": (302, 302, 302, 200),
    "admin/notifications/wording/<slug:kind>/preview/": (302, 302, 302, 200),
    "admin/notifications/wording/<slug:kind>/letter/": (302, 302, 302, 200),
    "admin/notifications/wording/add/": (302, 302, 302, 403),
    "admin/notifications/wording/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/notifications/calendarthread/<int:pk>/send-again/": (302, 302, 302, 405),
    "admin/notifications/calendarthread/add/": (302, 302, 302, 403),
    "admin/notifications/receivedmail/add/": (302, 302, 302, 403),
    "admin/notifications/receivedmail/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/notifications/receivedmail/<int:pk>/mail/": (302, 302, 302, 405),
    "admin/notifications/receivedmail/<int:pk>/handled/": (302, 302, 302, 200),
    "admin/notifications/calendarthread/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/notifications/calendarfeed/add/": (302, 302, 302, 403),
    "admin/notifications/calendarfeed/<path:object_id>/delete/": (302, 302, 302, 403),
    "admin/notifications/calendarfeed/<int:pk>/revoke/": (302, 302, 302, 405),
    "admin/operations/legalhold/<int:pk>/lift/": (302, 302, 302, 405),
    "admin/operations/legalhold/<path:object_id>/delete/": (302, 302, 302, 403),
    "__mail__/*": (404, 404, 404, 404),  # the inbox is open only with DEBUG
}
UNPUBLISHED = {
    "sessions/<slug:code>/": (404, 404, 404, 200),
    "sessions/<slug:code>/meter/": (404, 404, 404, 200),
    "sessions/<slug:code>/registration/": (404, 404, 404, 404),
    "sessions/<slug:code>/check-in/code/": (302, 403, 403, 404),
    "sessions/<slug:code>/session.ics": (404, 404, 404, 404),
    "workshops/<slug:slug>/sessions.ics": (404, 404, 404, 404),
    "sessions/<slug:code>/nominations/": (302, 404, 404, 404),
    "workshops/<slug:slug>/": (404, 404, 404, 200),
    "programs/<slug:slug>/": (404, 404, 404, 200),
    "programs/<slug:slug>/registration/": (404, 404, 404, 404),
    "workshops/<slug:slug>/interest/": (404, 404, 404, 404),
}
# Each page by GET, and a second time by HEAD or OPTIONS; `dev.py torture looking` makes it ten by all three.
LOOKS = int(os.environ.get("LOOKS", 2))
# By these, each address is asked by as many as ASKED says; `dev.py torture asking` asks by all.
BY_OTHER_METHODS = ("head", "put", "delete", "options", "post")  # the last without a CSRF token
ASKED = min(int(os.environ.get("ASKED", 1)), len(BY_OTHER_METHODS))
# What is the same for everybody who has the address, and does not look at the browser session.
CALENDARS = {"sessions/<slug:code>/session.ics", "sessions.ics", "workshops/<slug:slug>/sessions.ics"}
THE_SAME_FOR_ALL = {"robots.txt", "colors.css", "healthz", "readyz", "calendar/<slug:token>.ics", *CALENDARS}

# What everybody of the office may read and not all do here: the mail behind a button that not everybody presses, and
# what is noted of a pasted line that was taken in, where this one was not.
NOT_READ_BY_ALL = {canary_of("notifications.ReceivedMail.raw"), canary_of("registrations.PastedOutcome.notes")}


def row_of(route: str) -> tuple | None:
    """Return the row of a route: its own, or else the one for all that begins so. None if there is none."""
    if route in ANSWERS:
        return ANSWERS[route]
    return next((row for key, row in ANSWERS.items() if key.endswith("*") and route.startswith(key[:-1])), None)


@pytest.fixture(scope="module")
def kept_looks() -> dict[str, Looks]:
    return {}


@pytest.fixture
def looks_of(kept_looks, request, monkeypatch) -> Callable[[str], Looks]:
    """looks_of(who) is what a reader is answered who looks at every address of the portal: asked once, then known."""

    def of(who: str) -> Looks:
        if who not in kept_looks:
            # Where no broker runs /readyz waits for one two seconds, each time.
            monkeypatch.setattr(current_app.conf, "broker_url", "memory://")
            request.getfixturevalue("fellow")
            client, address = request.getfixturevalue("clients")[who], request.getfixturevalue("address")
            if who in READERS:
                assert client.get(address(READERS[who])).status_code == 200
            assert len(every_row()["notifications.Notice"]) > 12
            addresses = [(address(route), times) for route, times in zip(routes(), times_of(who), strict=True)]
            kept_looks[who] = look(client, addresses)
        return kept_looks[who]

    return of


def times_of(who: str) -> Iterator[int]:
    """Yield how often a reader looks at each route.

    A page of the admin, which costs most, is looked at again by one of its three readers in turn; of others everybody
    sees no more than the way to sign in.
    """
    for number, route in enumerate(routes()):
        again = who in STAFF and STAFF[number // 2 % len(STAFF)] == who
        yield LOOKS if LOOKS > 2 or again or not route.startswith("admin/") else 1


def by_route(looks: Looks) -> dict:
    return dict(zip(routes(), looks.answers, strict=True))


def test_every_url_has_a_row_and_every_row_a_url():
    known = list(routes())
    assert [route for route in known if row_of(route) is None] == []
    assert [key for key in ANSWERS if not any(row_of(route) is ANSWERS[key] for route in known)] == []


@pytest.mark.parametrize("who", WHO)
def test_every_url_answers_as_the_table_says(who, looks_of):
    wrong, kept = {}, set()
    for route, answer in by_route(looks_of(who)).items():
        expected = row_of(route)[WHO.index(who)]
        if answer.status not in (expected if isinstance(expected, set) else {expected}):
            wrong[route] = answer.status
        elif who == "visitor" and answer.status == 302:
            assert answer.leads_to.startswith(("/accounts/login/", "/admin/login/")) or route == "accounts/logout/", (
                route
            )
        if answer.is_kept:
            # An answer to a visitor was made from no browser session: it may be kept for others who have none.
            assert who == "visitor" or "Cookie" not in answer.varies, route
            kept.add(route)
    assert wrong == {}
    assert kept >= THE_SAME_FOR_ALL if who == "visitor" else kept == THE_SAME_FOR_ALL


@pytest.mark.parametrize("who, leads", [("leader", LEADS), ("stranger", LEADS_ANOTHER)])
def test_a_facilitator_is_answered_as_others_but_of_what_they_lead(who, leads, looks_of):
    wrong = {}
    for route, answer in by_route(looks_of(who)).items():
        if answer.status != leads.get(route, row_of(route)[WHO.index("other")]):
            wrong[route] = answer.status
    assert wrong == {}


@pytest.mark.postgres
@pytest.mark.parametrize("who", EVERYBODY)
def test_looking_again_and_again_changes_no_row(who, looks_of):
    assert looks_of(who).changed == []


@pytest.mark.parametrize("method", METHODS)
def test_a_row_that_looking_writes_is_seen(method, every_noun, settings):
    @login_not_required
    def count(request: HttpRequest) -> HttpResponse:
        if request.method == method.upper():
            Topic.objects.update(name=f"Looked at by {method}")
        return HttpResponse()

    settings.ROOT_URLCONF = (path("throw-away/", count),)
    assert look(Client(), [("/throw-away/", 2)] * 2).changed == ["kept.Written", "catalog.Topic"]


@pytest.mark.postgres
def test_no_part_of_a_page_of_a_person_is_kept_anywhere(clients, address):
    kept = set()
    for route in (route for route in routes() if not route.startswith("admin/")):
        response = clients["owner"].get(address(route), headers={"hx-request": "true"})
        if "no-store" not in response.get("Cache-Control", ""):
            assert "Cookie" not in response.get("Vary", ""), route
            kept.add(route)
    assert kept == THE_SAME_FOR_ALL


@pytest.mark.parametrize("what", ["session", "workshop", "program"])
def test_what_is_not_published_is_the_offices_alone(what, clients, address, every_noun):
    if what == "session":
        Session.objects.update(status=Session.Status.DRAFT)
    elif what == "program":
        Program.objects.update(status=Program.Status.DRAFT)
    else:
        Workshop.objects.update(status=Workshop.Status.DRAFT)
    pages = [route for route in UNPUBLISHED if route.startswith(what)]
    answers_of = {page: tuple(clients[who].get(address(page)).status_code for who in WHO) for page in pages}
    assert answers_of == {page: UNPUBLISHED[page] for page in pages}


# ---- what no answer tells ----


def methods_of(who: str) -> Iterator[tuple[str, ...]]:
    """Yield by which methods beside GET a reader asks each route.

    Everybody asks every page by POST with a token and by another method in turn. So do the office and the arranger in
    the admin, where everybody else asks by one method in turn, so that each page is asked by all of them.
    """
    more, shift = cycle(BY_OTHER_METHODS), EVERYBODY.index(who)
    every = (WITH_TOKEN, *BY_OTHER_METHODS)
    for number, route in enumerate(routes()):
        if ASKED == 1 and who not in ("office", "arranger") and route.startswith("admin/"):
            yield (every[(number + shift) % len(every)],)
        else:
            yield (WITH_TOKEN, *islice(more, ASKED))


# Once is enough: what a page tells does not depend on the database.
@pytest.mark.postgres
@pytest.mark.parametrize("who", EVERYBODY)
def test_every_answer_tells_what_its_reader_may_know_and_no_more(who, looks_of, asked_by, address, monkeypatch):
    monkeypatch.setattr(current_app.conf, "broker_url", "memory://")
    ask, answers = asked_by(who), [("get", *each) for each in by_route(looks_of(who)).items()]
    for route, methods in zip(routes(), methods_of(who), strict=True):
        answers += [(method, route, ask(method, address(route))) for method in methods]
    wrong, known = [], set()
    for method, route, answer in answers:
        found = answer.tells - BY_LINK.get(route, set())
        known |= found
        if found - may_read(who) or answer.logged or (answer.status >= 500 and route != "readyz"):
            wrong.append((method, route, answer.status, found - may_read(who), answer.logged))
    assert wrong == [] and may_read(who) - known <= NOT_READ_BY_ALL


@pytest.mark.postgres
def test_a_page_that_tells_too_much_is_found(asked_by, settings):
    """The control: the foot of every page names what one person needs."""
    needs = canary_of("registrations.Accommodation.sealed_needs")
    settings.OFFICE_NAME = needs.upper()
    assert asked_by("fellow")("get", "/my/").tells - may_read("fellow") == {needs}


@pytest.mark.postgres
@pytest.mark.parametrize("who", ["office", "arranger"])
def test_no_row_of_the_admin_tells_more(who, asked_by):
    """The page of every row, and its history or the page to delete it, by turns."""
    wrong, ask = [], asked_by(who)
    for model in admin.site._registry:
        pages = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for number, row in enumerate(model._base_manager.order_by("pk")):
            for page in ("change", ("history", "delete")[(number + (who == "office")) % 2]):
                answer = ask("get", f"{pages}{row.pk}/{page}/")
                if answer.tells - may_read(who) or answer.logged or answer.status >= 500:
                    wrong.append((model, row.pk, page, answer.status, answer.tells - may_read(who)))
    assert wrong == []
