"""Every URL of the portal by who asks: what it answers and tells (G12, G15), and that looking changes nothing (G11)."""

import html
import os
from collections.abc import Callable, Iterable
from itertools import cycle, islice

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.management import call_command
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from accounts.browser_sessions.model import BrowserSession
from accounts.models import Person
from catalog.models import Facilitator, Program, Topic, Workshop
from devtools.testing.every_noun import routes
from devtools.testing.outage import away_from, disk_full
from devtools.testing.signing_in import APP_SECRET
from library.models import Citation, Resource, StoredFile
from library.uploads import Upload
from notifications.kinds.account import owe_code
from notifications.models import Notice, ReceivedMail
from outcomes.models import Certificate, CreditKind, Evaluation, License, OutsideActivity, OutsideProof
from registrations.models import Accommodation, PriorAttendance, Registration, RosterReading
from sessions_app.models import Leading, Meeting, MeetingPlan, Session, SessionRequest

pytestmark = pytest.mark.django_db

WHO = ("visitor", "owner", "other", "office")
# Everybody whose looking must change nothing, each with a page that opens to them and shows that they are who they are.
# A colleague is in the group Office and no superuser; an arranger in the group Accommodations. A leader is a
# facilitator of the session, a stranger one of another session.
LOOKING = {
    "visitor": "",
    "owner": "registrations/<uuid:uuid>/",
    "other": "my/",
    "office": "admin/auth/group/",
    "colleague": "admin/registrations/registration/",
    "arranger": "admin/registrations/accommodation/<path:object_id>/change/",
    "leader": "my/leading/<slug:code>/",
    "stranger": "my/leading/",
}
# What answers a person who leads the session otherwise than another person, and one who leads another session.
LEADS = {"my/leading/": 200, "my/leading/<slug:code>/": 200, "my/leading/<slug:code>/names/": 302}
LEADS_ANOTHER = {"my/leading/": 200}
METHODS = ("get", "head", "options")
# Each page by GET, and every second one by HEAD, the others by OPTIONS; `dev.py torture looking` makes it ten.
LOOKS = int(os.environ.get("LOOKS", 2))
SERVED = {200, 301, 302, 403, 404, 405}
# What a GET answers to a visitor, to the person a registration is of, to another person and to the office.
# The 302 of a visitor leads to the sign-in page (from signing out, home).
# A row that ends in * is for all that begins so and has no other.
# A URL without a row fails: the person who adds one says here who may see it.
ANSWERS = {
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


def row_of(route: str) -> tuple | None:
    """Return the row of a route: its own, or else the one for all that begins so. None if there is none."""
    if route in ANSWERS:
        return ANSWERS[route]
    return next((row for key, row in ANSWERS.items() if key.endswith("*") and route.startswith(key[:-1])), None)


def leads_another(make_session) -> Person:
    """Return somebody who leads another session, a draft, and nothing else."""
    stranger = Person.objects.create_user("stranger@example.edu", name="Rue Tan", role=Person.Role.STAFF)
    make_session(published=False, minimum=1, facilitators=[Facilitator.objects.create(name="Rue Tan", person=stranger)])
    return stranger


@pytest.fixture
def clients(every_noun, office, make_session) -> dict[str, Client]:
    """A browser for everybody of LOOKING."""
    call_command("create_office", "colleague@example.edu", "--accommodations", "arranger@example.edu", verbosity=0)
    people = {who: Person.objects.get(email=f"{who}@example.edu") for who in ("colleague", "arranger")}
    people |= {"owner": every_noun.person, "other": Person.objects.get(email="person2@example.edu"), "office": office}
    people |= {"leader": Person.objects.get(email="leader@example.edu"), "stranger": leads_another(make_session)}
    browsers = {who: Client() for who in LOOKING}
    for who, person in people.items():
        browsers[who].force_login(person)
    return browsers


def test_every_url_has_a_row_and_every_row_a_url():
    known = list(routes())
    assert [route for route in known if row_of(route) is None] == []
    assert [key for key in ANSWERS if not any(row_of(route) is ANSWERS[key] for route in known)] == []


# What is the same for everybody who has the address, and does not look at the browser session.
CALENDARS = {"sessions/<slug:code>/session.ics", "sessions.ics", "workshops/<slug:slug>/sessions.ics"}
THE_SAME_FOR_ALL = {"healthz", "readyz", "calendar/<slug:token>.ics", *CALENDARS}


@pytest.mark.parametrize("who", WHO)
def test_every_url_answers_as_the_table_says(who, clients, address):
    wrong, kept = {}, set()
    for route in routes():
        expected, response = row_of(route)[WHO.index(who)], clients[who].get(address(route))
        if response.status_code not in (expected if isinstance(expected, set) else {expected}):
            wrong[route] = response.status_code
        elif who == "visitor" and response.status_code == 302:
            assert response.url.startswith(("/accounts/login/", "/admin/login/")) or route == "accounts/logout/", route
        if "no-store" not in response.get("Cache-Control", ""):
            # An answer to a visitor was made from no browser session: it may be kept for others who have none.
            assert who == "visitor" or "Cookie" not in response.get("Vary", ""), route
            kept.add(route)
    assert wrong == {}
    assert kept >= THE_SAME_FOR_ALL if who == "visitor" else kept == THE_SAME_FOR_ALL


@pytest.mark.parametrize("who, leads", [("leader", LEADS), ("stranger", LEADS_ANOTHER)])
def test_a_facilitator_is_answered_as_others_but_of_what_they_lead(who, leads, clients, address):
    wrong = {}
    for route in routes():
        expected = leads.get(route, row_of(route)[WHO.index("other")])
        if (status := clients[who].get(address(route)).status_code) != expected:
            wrong[route] = status
    assert wrong == {}


@pytest.mark.postgres
def test_no_part_of_a_page_of_a_person_is_kept_anywhere(clients, address):
    kept = set()
    for route in routes():
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


def every_row() -> dict[str, list]:
    """Return every field of every row of every model but the browser sessions, and who looked at which roster.

    That somebody looked is what looking at names leaves behind, and nothing else (G11). The cache has no model.
    """
    left = (BrowserSession, RosterReading)
    models = [model for model in apps.get_models(include_auto_created=True) if model not in left]
    return {model._meta.label: sorted(map(shown, model._base_manager.values_list())) for model in models}


def shown(row: tuple) -> str:
    # PostgreSQL hands bytes over as a view of them, which shows where they are and not what.
    return repr([bytes(value) if isinstance(value, memoryview) else value for value in row])


def changed_by_looking(client: Client, addresses: Iterable[str]) -> list[str]:
    """Fetch every address LOOKS times, by GET, then by HEAD and OPTIONS in turn; the next one the other way round.

    Returns the tables that are not as before.
    """
    before = every_row()
    for number, each in enumerate(addresses):
        others = METHODS[1:] if number % 2 else METHODS[:0:-1]
        for method in islice(cycle((METHODS[0], *others)), LOOKS):
            getattr(client, method)(each)
    return [label for label, rows in every_row().items() if rows != before[label]]


@pytest.mark.postgres
@pytest.mark.parametrize("who", LOOKING)
def test_looking_again_and_again_changes_no_row(who, clients, address, monkeypatch):
    # Where no broker runs /readyz waits for one two seconds, each time.
    monkeypatch.setattr(current_app.conf, "broker_url", "memory://")
    assert clients[who].get(address(LOOKING[who])).status_code == 200
    assert len(every_row()["notifications.Notice"]) == 13
    assert changed_by_looking(clients[who], [address(route) for route in routes()]) == []


@pytest.mark.parametrize("method", METHODS)
def test_a_row_that_looking_writes_is_seen(method, every_noun, settings):
    @login_not_required
    def count(request: HttpRequest) -> HttpResponse:
        if request.method == method.upper():
            Topic.objects.update(name=f"Looked at by {method}")
        return HttpResponse()

    settings.ROOT_URLCONF = (path("throw-away/", count),)
    assert changed_by_looking(Client(), ["/throw-away/"] * 2) == ["catalog.Topic"]


@pytest.mark.postgres
@pytest.mark.parametrize("who, least", [("visitor", 30), ("owner", 100), ("office", 200)])
def test_a_database_that_goes_away_in_any_answer_is_no_fault(who, least, clients, address, monkeypatch):
    monkeypatch.setattr(current_app.conf, "broker_url", "memory://")
    browser, full, wrong, broke = clients[who], disk_full(), {}, 0
    browser.raise_request_exception = False
    for route in routes():
        where = address(route)
        with away_from(10**6, full) as asked:
            usual = browser.get(where).status_code
        # The first queries load the browser session and the person, the last are those of the template. What is only
        # to be remembered may fail: then the answer is the usual one.
        for number in sorted({0, 1, len(asked) // 2, len(asked) - 1}.intersection(range(len(asked)))):
            with away_from(number, full):
                response = browser.get(where)
            is_calm = response.status_code == 503 and (route == "readyz" or "Retry-After" in response)
            if not is_calm and response.status_code != usual:
                wrong[where, number] = response.status_code
            broke += is_calm
    assert wrong == {} and broke > least


# ---- what no answer tells ----

EVERYBODY = {*LOOKING, "fellow"}  # who waits for a seat in the same session
OFFICE = {"office", "colleague"}
# What stands in a private column, and who may read it on some page, asking by any method.
CANARIES = {
    "CANARYname": {"owner", "arranger", *OFFICE},
    "canaryaddress": {"owner", "arranger", *OFFICE},
    "CANARYpronouns": {"owner", "arranger", *OFFICE},
    "CANARYwaits": {"fellow", *OFFICE},
    "CANARYneeds": {"owner", "arranger"},
    "CANARYanswer": {"owner", "arranger"},
    "CANARYcode": set(),
    "CANARYsubject": set(),
    "CANARYbody": set(),
    "CANARYcalendar": set(),
    "CANARYfacts": set(),
    "CANARYkey": set(),
    "CANARYreport": OFFICE,
    "CANARYreason": OFFICE,
    "CANARYdone": OFFICE,
    "CANARYelsewhere": OFFICE,
    "CANARYdraft": OFFICE,
    "CANARYhopes": {"owner", *OFFICE},
    "canarycolleague": {"owner", *OFFICE},
    "CANARYdecline": {"owner", *OFFICE},
    "CANARYcertified": {"owner", *OFFICE},
    "CANARYlicense": {"owner"},
    # An interpreter who is arranged for joins by it.
    "CANARYlink": {"owner", "leader", "arranger", *OFFICE},
    # Of what somebody took elsewhere: its words, the answer, and the bytes of its proof.
    "CANARYelse": {"owner", *OFFICE},
    "CANARYwords": {"owner", *OFFICE},
    "CANARYproof": {"owner", *OFFICE},
    # Of a resource for people with a seat.
    "CANARYtext": {"owner", *OFFICE},
    "CANARYwhere": {"owner", *OFFICE},
    "CANARYcited": {"owner", *OFFICE},
    "CANARYfile": {"owner", *OFFICE},
    "CANARYresource": {*OFFICE},  # of a draft
    "CANARYwhynot": OFFICE,  # why a facilitator said no
    "CANARYsheet": set(),  # what somebody said in an evaluation that is open
    "CANARYresult": OFFICE,  # what five people said in one that has closed
    APP_SECRET: set(),
}
# Everybody who has the address of a private feed reads in it where the owner's sessions are.
FEED, IN_A_FEED = "calendar/<slug:token>.ics", {"CANARYlink"}
# What is typed where something is asked for; a row that is of no use to a page is not read by it.
TYPED = {"reason": "x", "note": "x", "email": "x@example.edu", "needs": "x", "answer": "x", "post": "yes", "q": "x"}
BY_OTHER_METHODS = ("head", "put", "delete", "options", "post")  # the last without a CSRF token
# Each address is asked by as many of these; `dev.py torture asking` asks by all.
ASKED = min(int(os.environ.get("ASKED", 1)), len(BY_OTHER_METHODS))


@pytest.fixture
def fellow(every_noun, clients, make_resource, office, now) -> Person:
    """Somebody who waits for a seat in the session of the owner; and every private column holds its canary."""
    owner, session = every_noun.person, every_noun.session
    arranger = Person.objects.get(email="arranger@example.edu")
    Session.objects.update(capacity=1)
    fellow = Person.objects.create_user("fellow@example.edu", name="CANARYwaits", role=Person.Role.STAFF)
    Registration.objects.register(fellow, session, now=now)
    asked = Accommodation.objects.ask(every_noun, "CANARYneeds", now=now)
    asked.reply("CANARYanswer", arranger, asked.asked_at, now=now)
    owe_code(owner.email, "CANARYcode", 900)
    Person.objects.filter(pk=owner.pk).update(
        name="CANARYname", pronouns="CANARYpronouns", email="canaryaddress@example.edu"
    )
    Notice.objects.update(text="CANARYbody", html="CANARYbody", calendar="CANARYcalendar", facts={"a": "CANARYfacts"})
    for notice in Notice.objects.all():
        secret = {"subject": "CANARYsubject"} if notice.of_kind.is_secret else {}
        Notice.objects.filter(pk=notice.pk).update(dedupe_key=f"CANARYkey{notice.pk}", **secret)
    ReceivedMail.objects.update(raw=b"CANARYreport", comment="CANARYreport", outcome=ReceivedMail.Outcome.UNREADABLE)
    Notice.objects.filter(kind="confirmed").update(
        state="dead", problem="CANARYreport", handled_at=now, handled_note="CANARYdone"
    )
    Session.objects.update(run_anyway_reason="CANARYreason")
    PriorAttendance.objects.update(note="CANARYelsewhere")
    Leading.objects.update(reason="CANARYwhynot")
    SessionRequest.objects.update(
        topic="CANARYhopes",
        workshop=None,
        hopes="CANARYhopes",
        why_fewer="CANARYhopes",
        answer="CANARYhopes",
        addresses=["canarycolleague@example.edu"],
        decline_reason="CANARYdecline",
    )
    Certificate.objects.update(name="CANARYcertified")
    License.objects.give(owner, CreditKind.objects.get(), "CANARYlicense", now=now)
    Meeting.objects.update(join_link="https://meet.example.edu/CANARYlink")
    OutsideActivity.objects.update(title="CANARYelse", where="CANARYelse", answer="CANARYwords")
    OutsideProof.objects.update(content=b"%PDF-1.4 CANARYproof")
    resource = Resource.objects.get()
    Resource.objects.update(body="CANARYtext", link="https://journal.example.org/CANARYwhere")
    Citation.objects.update(title="CANARYcited")
    StoredFile.objects.put(resource, Upload("pdf", "application/pdf", b"%PDF-1.4 CANARYfile"))
    evaluation = Evaluation.objects.get()
    evaluation.answer(owner, [0, "CANARYsheet", 1, ""], now=now)
    closed = Session.objects.schedule(session.workshop, meetings=[plan_like(session)], by=arranger, now=now)
    shown = Evaluation.objects.begin(closed, now=now)
    for person in Person.objects.exclude(pk=owner.pk)[:5]:
        shown.answer(person, [0, "CANARYresult", 1, ""], now=now)
    shown.close(asked=5, now=now)
    draft = Workshop.objects.create(title="CANARYdraft", slug="draft")
    make_resource("CANARYresource", status=Resource.Status.DRAFT, beside=[every_noun.session.workshop, draft])
    Session.objects.schedule(draft, meetings=[plan_like(session)], by=office, now=now)
    return fellow


def plan_like(session: Session) -> MeetingPlan:
    meeting = session.meetings.get()
    return MeetingPlan(meeting.starts_at, meeting.ends_at, meeting.time_zone, join_link=meeting.join_link)


@pytest.fixture
def asked_by(clients, fellow) -> Callable:
    """asked_by(who) is the function that asks as `who` by a method at an address, and returns what the answer tells."""
    clients["fellow"] = Client()
    clients["fellow"].force_login(fellow)

    def of(who: str) -> Callable:
        client = clients[who]
        client.handler.enforce_csrf_checks = True
        client.raise_request_exception = False
        token = get_token_of(client)

        def ask(method: str, url: str, **data) -> tuple[int, str]:
            cookies = client.cookies.copy()
            with transaction.atomic():
                if method == "post with a token":
                    response = client.post(url, TYPED | data | {"csrfmiddlewaretoken": token})
                else:
                    response = getattr(client, method)(url, data)
                transaction.set_rollback(True)
            client.cookies = cookies
            told = b"" if response.streaming else response.content
            return (
                response.status_code,
                f"{response.headers} {response.cookies} {html.unescape(told.decode(errors='replace'))}",
            )

        return ask

    return of


def get_token_of(client: Client) -> str:
    client.cookies[settings.CSRF_COOKIE_NAME] = secret = "a" * 32
    return secret


def canaries_in(told: str) -> set[str]:
    return {canary for canary in CANARIES if canary.lower() in told.lower()}


def may_read(who: str) -> set[str]:
    return {canary for canary, readers in CANARIES.items() if who in readers}


def answers(who: str, ask: Callable, address: Callable, asked: Iterable[str] = ()) -> tuple[list, set[str]]:
    """Ask for every address, or those of the routes `asked`, as `who`.

    Returns the answers that tell too much or are an error, and all they tell.
    """
    known, wrong, more = set(), [], cycle(BY_OTHER_METHODS)
    for route in asked or routes():
        for method in ("get", "post with a token", *islice(more, ASKED)):
            status, told = ask(method, address(route))
            found = canaries_in(told) - (IN_A_FEED if route == FEED else set())
            known |= found
            if found - may_read(who) or (status >= 500 and route != "readyz"):
                wrong.append((method, route, status, found - may_read(who)))
    return wrong, known


# Once is enough: what a page tells does not depend on the database.
@pytest.mark.postgres
@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_every_answer_tells_what_its_reader_may_know_and_no_more(who, asked_by, address, monkeypatch):
    monkeypatch.setattr(current_app.conf, "broker_url", "memory://")
    assert answers(who, asked_by(who), address) == ([], may_read(who))


@pytest.mark.postgres
def test_a_page_that_tells_too_much_is_found(asked_by, address, monkeypatch, settings):
    """The control: the foot of every page names what one person needs."""
    monkeypatch.setattr(current_app.conf, "broker_url", "memory://")
    settings.OFFICE_NAME = "CANARYneeds"
    wrong, _ = answers("fellow", asked_by("fellow"), address, ["my/"])
    assert ("get", "my/", 200, {"CANARYneeds"}) in wrong


@pytest.mark.postgres
@pytest.mark.parametrize("who", ["office", "arranger"])
def test_no_row_of_the_admin_tells_more(who, asked_by):
    wrong, ask = [], asked_by(who)
    for model in admin.site._registry:
        pages = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        rows = [f"{row.pk}/{page}/" for row in model._base_manager.all() for page in ("change", "history", "delete")]
        for url in (pages + row for row in rows):
            status, told = ask("get", url)
            if canaries_in(told) - may_read(who) or status >= 500:
                wrong.append((url, status, canaries_in(told) - may_read(who)))
    assert wrong == []
