"""What the address of a list of the admin can ask: what the list shows (G12). None is an error of ours (G15).

In the suite each name is tried with some of the rubbish; `dev.py torture asking` tries everything.
"""

import os
from itertools import cycle, islice

import pytest
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.http import HttpRequest
from django.test import Client, RequestFactory

from accounts.models import Person
from catalog.models import PageText
from devtools.testing.access import NEEDS, arranger
from devtools.testing.office_pages import list_of
from devtools.testing.page import read
from devtools.testing.signing_in import ask_for_code, mailed_code
from notifications.models import Notice, Wording
from office.lookups import NOT_READ, ShownOnly
from outcomes.models import Export
from registrations.models import Accommodation, Registration

pytestmark = pytest.mark.django_db

PAGES = list(admin.site._registry.values())
LOOKUPS = ["", "__exact", "__startswith", "__regex", "__gt", "__isnull", "__range", "__in", "__isempty", "__year"]
RUBBISH = [
    "",
    "\0",
    "x",
    "-1",
    "0",
    "1,2",
    "9" * 30,
    "9" * 5000,
    "(",
    "[",
    "2026-13-40",
    "🙂",
    "%",
    "a" * 400,
    "1e9",
    "٣",
]
# How much of RUBBISH each name is given.
ASKED = int(os.environ.get("ASKED", 2))
MORE = cycle(RUBBISH)


def of_model(page: ShownOnly) -> str:
    return page.opts.label_lower


def request_of(person: Person) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = person
    return request


@pytest.fixture
def everybody(office) -> Client:
    """A browser of somebody to whom every page of the admin opens: a superuser who arranges access, too."""
    person = arranger("everything@example.edu")
    person.is_superuser = True
    person.save(update_fields=["is_superuser"])
    client = Client()
    client.force_login(person)
    return client


def test_every_page_of_the_admin_shows_only_what_it_shows():
    assert [page for page in PAGES if not isinstance(page, ShownOnly)] == []


@pytest.mark.parametrize("page", PAGES, ids=of_model)
def test_a_list_offers_what_its_filters_ask(page, office):
    request, asked = request_of(office), set()
    for offer in page.get_list_filter(request):
        if isinstance(offer, type):
            asked.update(offer(request, {}, page.model, page).expected_parameters())
            continue
        path, kind = offer if isinstance(offer, tuple) else (offer, admin.FieldListFilter.create)
        field = get_fields_from_path(page.model, path)[-1]
        asked.update(kind(field, request, {}, page.model, page, field_path=path).expected_parameters())
    days = {f"{page.date_hierarchy}__{part}" for part in ("year", "month", "day")} if page.date_hierarchy else set()
    assert page.offered(request) == asked | days


def paths(model) -> list[str]:
    """Return every column of a model, some of each model beside it, hidden ways included, and what is none."""
    found = [field.name for field in model._meta.concrete_fields]
    for field in model._meta.get_fields(include_hidden=True):
        if field.is_relation and field.related_model:
            found += [f"{field.name}__{each.name}" for each in field.related_model._meta.concrete_fields]
    return [*found, "pk", "nonsense", "+", "registration__accommodation"]


@pytest.mark.parametrize("page", PAGES, ids=of_model)
def test_a_list_is_filtered_by_nothing_else(page, everybody):
    request = RequestFactory().get("/")
    offered = page.offered(request)
    refused = [path + lookup for path in paths(page.model) for lookup in LOOKUPS if path + lookup not in offered]
    assert [name for name in refused if page.lookup_allowed(name, "1", request)] == []
    if page.model not in (Wording, PageText):  # whose lists are pages of their own
        for name in islice(refused, 0, None, max(1, len(refused) // (ASKED * 10))):
            assert everybody.get(list_of(page), {name: "1"}).status_code == 400, name


@pytest.mark.parametrize("page", PAGES, ids=of_model)
def test_rubbish_in_a_filter_is_no_error_of_ours(page, everybody):
    names = ["o", "p", "q", "all", "e", "_facets", "_popup", "_to_field", "_changelist_filters"]
    for name in [*names, *page.offered(RequestFactory().get("/"))]:
        for value in islice(MORE, ASKED):
            assert everybody.get(list_of(page), {"_facets": "", name: value}).status_code in (200, 302, 400), (
                name,
                value,
            )


def test_a_filter_that_cannot_be_read_shows_the_whole_list(clerk, people):
    people(3)
    response = clerk.get("/admin/accounts/person/?is_active__exact=maybe&e=1", follow=True)
    assert response.redirect_chain == [("/admin/accounts/person/?e=1", 302)]
    page = read(response)
    assert NOT_READ in page.text and "Person 3" in page.text


def test_a_choice_nobody_was_offered_cannot_be_read(clerk):
    for page, query in (("notifications/notice", "kind__exact=code"), ("sessions_app/session", "when=never")):
        assert clerk.get(f"/admin/{page}/?{query}").url == f"/admin/{page}/?e=1"


@pytest.mark.parametrize(
    "query",
    [
        *("made_at__year=1", "made_at__year=9999", f"made_at__year={10**30}", "made_at__year=x"),
        *("made_at__month=13", "made_at__year=2026&made_at__month=0", "made_at__day=32"),
        *("made_at__year=2026&made_at__month=2&made_at__day=30", "made_at__year=2026&made_at__year=x"),
        *(
            "made_at__year=",
            "made_at__year=2199&made_at__month=12&made_at__day=31",
            "made_at__year=٢٠٢٦",
        ),
    ],
)
def test_a_day_that_never_was_is_no_error_of_ours(clerk, query):
    assert clerk.get(f"/admin/outcomes/export/?{query}").status_code in (200, 302, 400)


def test_a_list_is_filtered_by_a_day_that_was(clerk, office, now):
    Export.objects.note("hr", office, now.date(), now.date(), people=0, rows=0, now=now)
    query = f"made_at__year={now.year}&made_at__month={now.month}"
    assert clerk.get(f"/admin/outcomes/export/?{query}").context["cl"].result_count == 1
    assert clerk.get("/admin/outcomes/export/?made_at__year=2001").context["cl"].result_count == 0


@pytest.mark.parametrize("page", PAGES, ids=of_model)
def test_rows_that_are_none_are_not_acted_on(page, everybody, office):
    for chosen in ("x", "\0", "9" * 30, "-1", "", "9" * 5000):
        for action in [*page.get_actions(request_of(office)), "delete_selected"]:
            typed = {"action": action, "_selected_action": [chosen], "index": "0"}
            assert everybody.post(list_of(page), typed).status_code in (200, 302, 400, 403, 405), (chosen, action)


@pytest.mark.parametrize("page", PAGES, ids=of_model)
def test_an_address_of_a_row_is_no_error_of_ours(page, everybody):
    for key in ("x", "_00", "a_00", "9" * 30, "9" * 5000, "-1", "_5F", "🙂"):
        for which in ("change", "history", "delete"):
            assert everybody.get(f"{list_of(page)}{key}/{which}/").status_code in (302, 403, 404), (key, which)


@pytest.mark.parametrize("page", PAGES, ids=of_model)
def test_a_row_is_reached_by_its_key_alone(page, office):
    allowed = [
        field.name for field in page.opts.concrete_fields if page.to_field_allowed(request_of(office), field.name)
    ]
    assert allowed == [page.opts.pk.name]


@pytest.mark.parametrize("page", PAGES, ids=of_model)
def test_the_address_of_a_form_does_not_fill_it_in(page, everybody):
    names = {field.name for field in page.opts.get_fields()} | {"day", "starts", "confirm_by", "zone", "venue"}
    for value in ("x", "\0", "1,2", "9" * 30):
        answer = everybody.get(f"{list_of(page)}add/", dict.fromkeys(names, value))
        assert answer.status_code in (200, 403)
        if answer.status_code == 200:
            assert value not in read(answer).form(id=f"{page.opts.model_name}_form").data.values()


def test_no_field_suggests_rows_to_the_admin(everybody):
    asked = {"app_label": "registrations", "model_name": "accommodation", "field_name": "registration", "term": "a"}
    assert everybody.get("/admin/autocomplete/", asked).status_code == 404
    for name, value in (("model_name", "x"), ("field_name", "person"), ("app_label", "\0")):
        assert everybody.get("/admin/autocomplete/", asked | {name: value}).status_code == 404


# ---- what people sign in with, and who asked for what ----


def test_a_code_cannot_be_read_letter_by_letter(clerk, person):
    ask_for_code(Client(), person.email)
    code, mails = mailed_code(person.email), "/admin/notifications/notice/"
    for column in ("subject", "text", "html", "dedupe_key", "facts", "message_id", "person__notices__subject"):
        for lookup in ("startswith", "contains", "regex", "exact", "gte", "in"):
            assert clerk.get(mails, {f"{column}__{lookup}": code[:1]}).status_code == 400
    assert clerk.get(mails, {"q": code}).context["cl"].result_count == 0
    assert clerk.get(mails, {"q": f"{code[:3]} {code[3:]}"}).context["cl"].result_count == 0
    of_code = Notice.objects.get(to=person.email)
    for page in (mails, f"{mails}{of_code.pk}/change/", f"{mails}{of_code.pk}/history/"):
        assert code not in read(clerk.get(page)).everything and code[:3] not in read(clerk.get(page)).text.split()


def test_the_key_of_a_second_factor_cannot_be_read(everybody):
    for column in ("data", "data__secret", "data__seed"):
        assert everybody.get("/admin/mfa/authenticator/", {f"{column}__startswith": "A"}).status_code == 400


def answered(person: Person, make_session) -> Accommodation:
    asked = Accommodation.objects.ask(Registration.objects.register(person, make_session()), NEEDS)
    asked.reply("Booked.", arranger(), asked.asked_at)
    return asked


def test_news_of_access_looks_like_a_code_to_the_office(clerk, people, make_session):
    asked, other = people(2)
    answered(asked, make_session)
    ask_for_code(Client(), other.email)
    news, code = Notice.objects.get(to=asked.email, kind="account"), Notice.objects.get(to=other.email)
    shown = []
    for notice in (news, code):
        Notice.objects.filter(pk=notice.pk).update(created_at=news.created_at, next_attempt_at=news.created_at)
        page = read(clerk.get(f"/admin/notifications/notice/{notice.pk}/change/")).text
        shown.append(page.replace(notice.message_id, "").replace(str(notice.person), "").replace(notice.to, ""))
    assert shown[0] == shown[1]


def test_the_order_and_the_filter_by_kind_tell_codes_and_news_of_access_not_apart(clerk, people, make_session):
    asked, other = people(2)
    answered(asked, make_session)
    ask_for_code(Client(), other.email)
    both = set(Notice.objects.filter(kind__in=("account", "code")).values_list("pk", flat=True))
    mails, ordered = "/admin/notifications/notice/", []
    found = clerk.get(mails, {"kind__exact": "account"}).context["cl"].queryset
    assert set(found.values_list("pk", flat=True)) == both and len(both) > 1
    for order in ("", "3", "-3"):
        ordered.append([notice.pk for notice in clerk.get(mails, {"o": order}).context["cl"].result_list])
    assert ordered[0] == ordered[1] == ordered[2]


def test_the_page_of_a_person_leads_to_the_second_factors_of_that_person(clerk, office):
    page = read(clerk.get(f"/admin/accounts/person/{office.pk}/change/"))
    assert clerk.get(page.link("Second factors")).status_code == 200
    assert clerk.get("/admin/mfa/authenticator/?user__exact=999999").url.endswith("?e=1")
