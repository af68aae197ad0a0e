"""Every page of the office by every group: GET and POST are refused with 403 exactly where the table says so (G12).

The table of the nouns is devtools/testing/groups.py; what a further page needs is in NEEDS. A URL without a row fails.
Where a superuser is refused too, or the page has no such method (405), the page does that for nobody.
"""

import os
import re
from collections.abc import Iterator

import pytest
from celery import current_app
from django.db import transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import resolve

from accounts.models import Person
from devtools.testing.every_noun import routes
from devtools.testing.groups import TABLE, in_group
from devtools.testing.page import read

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

NOUN = re.compile(r"admin/(\w+)/(\w+)/(?:(add)/|<path:object_id>/(?:(history|delete|change)/)?)?$")
ACTIONS = {None: ("view", "view"), "history": ("view", "view"), "change": ("view", "change")}
ANYBODY = ""  # of the office
MEMBERS = "the group Accommodations"
NOBODY = "nobody"
# What a page needs that is not one of a noun's own six: a permission, or (one for GET, another for POST).
NEEDS = {
    "admin/": ANYBODY,
    "admin/login/": ANYBODY,
    "admin/logout/": ANYBODY,
    "admin/password_change/": ANYBODY,  # 404: there are no passwords
    "admin/password_change/done/": ANYBODY,
    "admin/autocomplete/": ANYBODY,
    "admin/jsi18n/": ANYBODY,
    "admin/search/": ANYBODY,  # finds what its reader may see
    "admin/activity/": ANYBODY,  # shows what was done to what its reader may see
    "admin/figures/count/": (NOBODY, "sessions_app.change_session"),  # a button: it has no page
    "admin/figures/how/": "sessions_app.view_session",
    "admin/figures/coverage/": "sessions_app.view_session",
    "admin/figures/*": "sessions_app.view_session",
    "admin/r/<path:content_type_id>/<path:object_id>/": ANYBODY,
    "admin/^(?P<app_label>*": ANYBODY,  # 404 without a permission in that app
    "admin/(?P<url>.*)$": ANYBODY,
    "admin/registrations/accommodation/*": MEMBERS,
    "admin/registrations/accommodation/add/": NOBODY,  # a person asks for it themself
    "admin/registrations/accommodation/<path:object_id>/": ANYBODY,  # leads to the page that refuses
    "admin/registrations/accommodation/<path:object_id>/delete/": NOBODY,
    "admin/registrations/accommodation/<int:pk>/reading/": (NOBODY, MEMBERS),  # a button: it has no page
    "admin/registrations/accommodation/<int:pk>/answer/": (NOBODY, MEMBERS),
    "admin/registrations/registration/roster/<int:session_pk>/people/<int:pk>/": "registrations.change_registration",
    "admin/registrations/accommodation/preparing/<int:session_pk>/": MEMBERS,
    "admin/accounts/addresschange/": "accounts.view_addresschange or member",  # those who arrange access agree to some
    "admin/accounts/addresschange/<path:object_id>/history/": "accounts.view_addresschange or member",
    "admin/accounts/addresschange/<path:object_id>/change/": ("accounts.view_addresschange or member", NOBODY),
    "admin/accounts/addresschange/<int:pk>/agree/": (NOBODY, MEMBERS),
    "admin/accounts/addresschange/<int:pk>/stop/": "accounts.change_person or member",
    "admin/accounts/person/<int:pk>/groups/": "accounts.appoint_person",
    "admin/accounts/directoryquestion/<int:pk>/answer/": "accounts.change_directoryquestion",
    "admin/accounts/person/<int:pk>/merging/": "accounts.change_person",
    "admin/accounts/person/directory/": "accounts.add_person",
    "admin/accounts/unit/<int:pk>/champions/": "accounts.change_unit",
    "admin/accounts/unit/<int:pk>/leaving/": "accounts.delete_unit",
    "admin/catalog/facilitator/<int:pk>/calendar/": "catalog.view_facilitator",
    "admin/catalog/pagetext/<slug:place>/preview/": "catalog.view_pagetext",
    "admin/library/resource/import/": "library.add_resource",
    "admin/notifications/calendarfeed/<int:pk>/revoke/": "notifications.delete_calendarfeed",
    "admin/notifications/calendarthread/<int:pk>/send-again/": "notifications.change_notice",
    "admin/notifications/notice/undeliverable/": "notifications.view_notice",
    "admin/notifications/notice/*": "notifications.change_notice",
    "admin/notifications/receivedmail/<int:pk>/mail/": "notifications.view_receivedmail",
    "admin/notifications/receivedmail/<int:pk>/handled/": "notifications.change_receivedmail",
    "admin/notifications/wording/*": "notifications.view_wording",
    "admin/operations/legalhold/<int:pk>/lift/": (NOBODY, "operations.add_legalhold"),  # a button: it has no page
    "admin/outcomes/attendancesheet/*": "registrations.change_registration",
    "admin/outcomes/attendancedispute/*": "registrations.change_registration",
    "admin/outcomes/certificate/*": "outcomes.change_certificate",
    "admin/outcomes/evaluation/<int:pk>/closing/": "outcomes.change_evaluation",
    "admin/outcomes/evaluation/*": "outcomes.view_evaluation",
    "admin/outcomes/export/new/": "outcomes.add_export",
    "admin/outcomes/outsideactivity/*": "outcomes.change_outsideactivity",
    "admin/registrations/registration/roster/<int:session_pk>/": "registrations.view_registration",
    "admin/registrations/registration/roster/<int:session_pk>/csv/": "registrations.view_registration",
    "admin/registrations/registration/roster/<int:session_pk>/xlsx/": "registrations.view_registration",
    "admin/registrations/registration/roster/<int:session_pk>/mail/<int:pk>/": "registrations.view_registration",
    "admin/registrations/registration/*": "registrations.change_registration",
    "admin/sessions_app/leading/*": "sessions_app.change_leading",
    "admin/sessions_app/scheduleimport/add/": "sessions_app.add_session",
    "admin/sessions_app/scheduleimport/empty.xlsx": "sessions_app.add_session",
    "admin/sessions_app/scheduleimport/season.xlsx": "sessions_app.add_session",
    "admin/sessions_app/scheduleimport/files/<int:pk>/": "sessions_app.add_session",
    "admin/sessions_app/scheduleimport/<int:pk>/undo/": "sessions_app.delete_session",
    "admin/sessions_app/session/numbers/*": "sessions_app.view_session",
    "admin/sessions_app/session/*": "sessions_app.change_session",
    "admin/sessions_app/sessionrequest/*": "sessions_app.change_sessionrequest",
    "admin/sessions_app/venue/<int:pk>/calendar/": "sessions_app.view_venue",
    "sessions/<slug:code>/check-in/": "registrations.change_registration",
    "sessions/<slug:code>/check-in/code/": "registrations.change_registration",
}
METHODS = ("get", "post")
GROUPS = ("none", *TABLE)
# Each may what the one before it may, and more.
CHAIN = ("none", "Viewer", "Scheduler", "Office", "Manager")


def office_routes() -> Iterator[str]:
    """Yield the routes of the office once each."""
    yield from dict.fromkeys(r for r in routes() if r.startswith("admin/") or r in NEEDS)


def needed(route: str, method: str) -> str | None:
    """Return the permission that a route needs by a method, None if nobody has said so."""
    if route in NEEDS:
        need = NEEDS[route]
        return need if isinstance(need, str) else need[METHODS.index(method)]
    noun = NOUN.match(route)
    if noun and noun[2] != "accommodation":
        action = noun[3] or noun[4]
        does = ACTIONS.get(action, (action, action))[METHODS.index(method)]
        # The address of a row only leads to its page, and that page refuses.
        return ANYBODY if route.endswith("<path:object_id>/") else f"{noun[1]}.{does}_{noun[2]}"
    return next((need for key, need in NEEDS.items() if key.endswith("*") and route.startswith(key[:-1])), None)


def has(group: str, permission: str) -> bool:
    """Tell whether the table gives a group a permission."""
    if permission in (ANYBODY, MEMBERS):
        return permission == ANYBODY or group == "Accommodations"
    if permission.endswith(" or member"):
        return group == "Accommodations" or has(group, permission.removesuffix(" or member"))
    app, _, codename = permission.partition(".")
    action, _, noun = codename.partition("_")
    return action in TABLE.get(group, {}).get(f"{app}.{noun}", set())


@pytest.fixture
def of_each_group(every_noun, people, office) -> dict[str, Client]:
    """A browser for somebody of the office in each group, for one without a group, and for a superuser."""
    members = {group: in_group(people, group) for group in TABLE} | {"none": people(1, is_staff=True)[0]}
    browsers = {group: Client() for group in (*members, "superuser")}
    for group, client in browsers.items():
        client.force_login(members.get(group, office))
    return browsers


def is_refused(client: Client, method: str, url: str) -> bool:
    """Ask, and take back what came of it. Tells whether the answer was 403, or 405 where nothing answers a method."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = getattr(client, method)(url)
        transaction.set_rollback(True)
    client.cookies = cookies
    assert response.status_code < 500, url
    return response.status_code in (403, 405)


def test_every_url_of_the_office_has_a_row_and_every_row_a_url():
    known = list(office_routes())
    assert [route for route in known if needed(route, "get") is None] == []
    used = {NEEDS.get(route) is not None and route for route in known}
    stars = [key for key in NEEDS if key.endswith("*")]
    used |= {key for key in stars if any(route.startswith(key[:-1]) for route in known)}
    assert [key for key in NEEDS if key not in used] == []


def asked_of(number: int, need: str) -> Iterator[str]:
    """Yield the groups that ask for the `number`th page, or with EVERY_GROUP in the environment all of them.

    Of the chain they are the last that is refused and the first that is let in; beside it the members of
    Accommodations, whom it does not hold, and by turns one more.
    """
    may = [has(group, need) for group in CHAIN]
    assert may == sorted(may), f"{need} is not given to each group after the first that has it"
    edge = may.count(False)
    turn = GROUPS[number % len(GROUPS)]
    yield from GROUPS if "EVERY_GROUP" in os.environ else {*CHAIN[max(edge - 1, 0) : edge + 1], "Accommodations", turn}


def test_each_group_is_refused_what_is_not_its_own_and_nothing_else(of_each_group, address, monkeypatch):
    # What a page shows is for other tests: here nothing is rendered.
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    monkeypatch.setattr(current_app.conf, "broker_url", "memory://")
    wrong = []
    for number, (route, method) in enumerate((route, method) for route in office_routes() for method in METHODS):
        need, url = needed(route, method), address(route)
        refused = {group: is_refused(of_each_group[group], method, url) for group in asked_of(number, need)}
        unlike = {group for group, was in refused.items() if was == has(group, need)}
        if unlike and need != MEMBERS and is_refused(of_each_group["superuser"], method, url):
            unlike = {group for group, was in refused.items() if not was}  # the page does that for nobody
        wrong += [(method, route, group, "refused" if refused[group] else "let in", need) for group in unlike]
    assert wrong == []


def test_the_groups_of_the_office_are_a_chain():
    may = [{(noun, does) for noun, doing in TABLE.get(group, {}).items() for does in doing} for group in CHAIN]
    assert all(one < following for one, following in zip(may, may[1:], strict=False))


@pytest.mark.parametrize("group", ["Viewer", "Scheduler", "Office", "Manager"])
def test_no_link_of_the_office_leads_its_reader_to_a_refusal(group, of_each_group):
    """Follow every link once per kind of page, from the office's home."""
    client, seen, left, refused = of_each_group[group], set(), [("/admin/", "")], []
    while left:
        url, where = left.pop()
        path, _, _ = url.partition("?")
        kind = resolve(path).view_name
        if kind in seen or kind == "admin:logout":
            continue
        seen.add(kind)
        response = client.get(url)
        if response.status_code == 403:
            refused.append((where, url))
        elif "text/html" in response.get("Content-Type", ""):
            # Django links what a field points to, to every reader; the page that refuses it says why.
            links = (part.attribute("href") or "" for part in read(response).parts("a:not(.readonly a)"))
            left += [(link, url) for link in links if link.startswith("/admin/") and "#" not in link]
            left += [(path + link, url) for link in links if link.startswith("?")]
    assert refused == [] and len(seen) > 10


def test_the_groups_here_are_people_of_the_office(of_each_group):
    assert Person.objects.filter(is_staff=True).count() == len(of_each_group)


def test_every_page_of_the_office_asks_for_the_second_factor(of_each_group, address, settings):
    settings.OFFICE_SECOND_FACTOR = True
    client, open_pages = of_each_group["Manager"], []
    for route in office_routes():
        response = client.get(address(route))
        if response.status_code != 302 or response.url != "/accounts/2fa/":
            open_pages.append(route)
    assert open_pages == ["admin/login/"]
