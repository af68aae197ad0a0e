"""What is kept is sent only while it is exactly what would be made, is bounded, and is nobody's own."""

import gzip
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, connection, models, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from accounts.models import Person
from catalog.models import Facilitator, Topic
from devtools.testing.kept import forget_what_is_kept
from foundation import database_clock
from foundation.kept import kept, pages, watched, written
from foundation.kept.memory import Memory
from foundation.kept.models import Written
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")\w{64}')
KEPT = [
    "/",
    "/?page=1",
    "/?view=month",
    "/?status=needs-people",
    "/workshops/",
    "/workshops/<slug:slug>/",
    "/programs/<slug:slug>/",
    "/sessions/<slug:code>/",
    "/facilitators/",
    "/facilitators/<slug:key>/",
    "/team/",
    "/partners/",
    "/sessions.ics",
    "/workshops/<slug:slug>/sessions.ics",
    "/sessions/<slug:code>/session.ics",
]


def queries_of(path: str, client: Client, **headers) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, **headers).status_code == 200
    return len(queries)


def body(client: Client, path: str) -> bytes:
    return TOKEN.sub(b"", client.get(path).content)


@pytest.fixture
def public_pages(address, now):
    """The addresses of everything that is kept, with a session ahead of them and one that was cancelled."""
    return [address(each[1:]) for each in KEPT]


def other(value):
    """Return a value like `value` and another one; None where there is no telling what may stand there."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value[:-1] + ("9" if value[-1:] != "9" else "8")
    if hasattr(value, "tzinfo"):
        return value + timedelta(hours=1)
    return value + 1 if isinstance(value, int) else None


def changes(model: type[models.Model]):
    """Change each field of all rows of `model` in turn, past every verb; yield its name once it is changed."""
    row = model._base_manager.order_by("pk").first()
    for field in model._meta.concrete_fields:
        new = other(getattr(row, field.attname)) if row and not field.primary_key and not field.is_relation else None
        try:
            with transaction.atomic():
                if new is not None and model._base_manager.filter(pk=row.pk).update(**{field.attname: new}):
                    yield field.attname
        except IntegrityError:
            continue  # the database allows no such row


def shown_models() -> list[type[models.Model]]:
    every = connection.introspection.installed_models(watched.watched())
    return sorted(every, key=lambda model: model._meta.label)


def test_each_public_page_is_kept_and_costs_one_small_query(public_pages, client):
    looks = {each: (queries_of(each, client), queries_of(each, client)) for each in public_pages}
    assert {each: second for each, (_, second) in looks.items()} == dict.fromkeys(public_pages, 1)
    assert all(first > 3 for first, _ in looks.values())


def test_every_change_of_a_field_that_pages_may_show_raises_the_number(every_noun):
    still, changed = [], 0
    for model in shown_models():
        before = written.number()
        for name in changes(model):
            still += [f"{model.__name__}.{name}"] if written.number() <= before else []
            before, changed = written.number(), changed + 1
    assert (still, changed > 100) == ([], True)


def test_what_is_kept_is_what_would_be_made_whatever_was_changed(address, client):
    public_pages, stale = [address(each) for each in ("programs/<slug:slug>/", "sessions/<slug:code>/", "")], []
    for model in shown_models():
        for each in public_pages:
            client.get(each)
        list(changes(model))
        sent = {each: body(client, each) for each in public_pages}
        forget_what_is_kept()
        stale += [(model.__name__, each) for each in public_pages if body(client, each) != sent[each]]
    assert stale == []


def test_rows_that_come_and_go_and_relations_raise_the_number(every_noun):
    session, numbers = every_noun.session, [written.number()]
    ada = Facilitator.objects.get()
    for change in (
        lambda: Topic.objects.create(name="New", slug="new"),
        lambda: Topic.objects.filter(slug="new").delete(),
        lambda: session.facilitators.clear(),
        lambda: session.facilitators.add(ada),
        lambda: Topic.objects.bulk_create([Topic(name="One", slug="one")]),
        lambda: Topic.objects.bulk_update([Topic(pk=Topic.objects.get(slug="one").pk, name="Two")], ["name"]),
    ):
        change()
        numbers.append(written.number())
    assert numbers == sorted(set(numbers))


def test_what_is_not_shown_raises_nothing(every_noun):
    before = written.number()
    Person.objects.update(name="Another Name")
    Registration.objects.update(wants="")
    assert written.number() == before


# ---- whose it is, and what it is kept under ----


def test_a_person_who_is_signed_in_gets_their_own_page(client, person, session):
    client.get("/")
    mine = Client()
    mine.force_login(person)
    answer = mine.get("/")
    assert b"My training" in answer.content and "no-store" in answer["Cache-Control"]
    assert b"My training" not in client.get("/").content


@pytest.mark.parametrize("query", ["q=ally", "utm_source=mail", "page=01", "page=1&page=1", "view=month&m=2027-01&x=1"])
def test_what_strangers_type_is_not_kept(query, client, session):
    client.get(f"/?{query}")
    assert len(pages.pages) == 0


def test_the_chosen_appearance_and_the_host_have_answers_of_their_own(client, session, settings):
    settings.ALLOWED_HOSTS = ["one.example.edu", "testserver"]
    client.get("/")
    assert queries_of("/", client, headers={"host": "one.example.edu"}) > 1
    client.cookies["appearance"] = "dark"
    assert queries_of("/", client) > 1
    client.cookies["appearance"] = "a stranger's words"
    assert queries_of("/", client) == 1


def test_htmx_gets_the_list_alone(client, session):
    whole = client.get("/").content
    assert len(client.get("/", headers={"HX-Request": "true"}).content) < len(whole) == len(client.get("/").content)


def test_public_pages_set_no_cookie_and_are_known_again(client, session):
    first = client.get("/")
    assert (list(first.cookies), first["Cache-Control"]) == ([], "no-cache")
    assert {"Cookie", "HX-Request", "Accept-Encoding"} <= set(re.split(r",\s*", first["Vary"]))
    again = client.get("/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Session.objects.update(seats_taken=3)
    assert client.get("/", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_page_is_sent_compressed_to_those_who_take_it(client, session):
    plain, zipped = client.get("/"), client.get("/", headers={"accept-encoding": "br, gzip"})
    assert zipped["Content-Encoding"] == "gzip" and gzip.decompress(zipped.content) == plain.content
    assert len(zipped.content) * 2 < len(plain.content)
    same = {"accept-encoding": "gzip", "if-none-match": zipped["ETag"]}
    assert client.get("/", headers=same).status_code == 304


def test_each_visitor_has_a_token_of_their_own_in_a_page_with_a_form(client, workshop):
    page = workshop.get_absolute_url()
    tokens = []
    for visitor in (Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)):
        for _ in range(2):
            (token,) = set(re.findall(rb'csrfmiddlewaretoken" value="(\w{64})"', visitor.get(page).content))
            answer = visitor.post(f"{page}interest/", {"csrfmiddlewaretoken": token.decode()})
            assert answer.status_code != 403
            tokens.append(token)
    assert len(set(tokens)) == 4


# ---- what is never kept ----


@login_not_required
@kept()
def overtaken(request):
    title = Session.objects.get().workshop.title
    if overtaken.writes:
        Session.objects.update(seats_taken=1)
    return HttpResponse(title)


@login_not_required
@kept()
def unwatched(request):
    return HttpResponse(f"{Person.objects.count()} people")


@pytest.fixture
def throw_away(settings):
    settings.ROOT_URLCONF = (path("overtaken/", overtaken), path("unwatched/", unwatched))


def test_what_was_overtaken_while_it_was_made_is_not_kept(session, client, throw_away):
    overtaken.writes = True
    client.get("/overtaken/")
    assert len(pages.pages) == 0
    overtaken.writes = False
    client.get("/overtaken/")
    assert len(pages.pages) == 1


def test_what_reads_a_table_that_is_not_watched_is_not_kept(person, client, throw_away, caplog):
    client.get("/unwatched/")
    assert len(pages.pages) == 0 and "accounts_person" in caplog.text


def test_nothing_is_kept_while_a_trigger_is_missing(session, client, monkeypatch, now):
    monkeypatch.setattr(written, "_all_found", False)
    monkeypatch.setattr(watched, "_watched", {*watched.watched(), "accounts_person"})
    client.get("/")
    assert len(pages.pages) == 0
    assert [one for one in breaches(now) if one.startswith("G28")] == [
        "G28 table accounts_person: a write to it raises no number. Run migrate."
    ]
    monkeypatch.undo()
    client.get("/")
    assert len(pages.pages) == 1


def test_another_minute_is_another_page_also_where_the_clock_goes_back(client, session, now, monkeypatch):
    assert queries_of("/", client) > queries_of("/", client)
    for later in (timedelta(minutes=1), timedelta(0), timedelta(days=-400), timedelta(days=400)):
        monkeypatch.setattr(database_clock, "now", lambda at=now + later: at)
        assert queries_of("/", client) > 1


# ---- bounded ----


def test_a_memory_gives_up_what_was_asked_for_least_recently():
    class Thing:
        size = 30

    memory = Memory(100)
    for key in "abc":
        memory.put(key, Thing())
    assert memory.get("a")
    memory.put("d", Thing())
    assert [bool(memory.get(key)) for key in "abcd"] == [True, False, True, True]
    memory.put("d", Thing())
    assert (len(memory), memory.bytes) == (3, 90)


def test_any_number_of_query_strings_leaves_nothing_behind(client, session):
    for number in range(30):
        client.get(f"/?x={number}&page=1")
    assert len(pages.pages) == 0
    client.get("/")
    assert pages.pages.bytes < 200_000 < pages.MOST_BYTES


# ---- several processes ----


def elsewhere(act):
    """Return what `act` returns on a connection of its own, in a transaction that is committed."""

    def alone():
        try:
            with transaction.atomic():
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(alone).result(timeout=10)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_another_process_writes_is_seen_at_its_commit_and_waits_for_nobody(workshop, client):
    Topic.objects.create(name="Here", slug="here")
    with transaction.atomic():
        Topic.objects.filter(slug="here").update(name="Not committed yet")
        number = elsewhere(written.number)
        # Another writer, to another row of the same table, does not wait.
        elsewhere(lambda: Topic.objects.create(name="There", slug="there"))
        after = elsewhere(written.number)
        assert after > number
    assert written.number() > after
    assert Written.objects.exclude(writer=0).count() >= 2
    both = written.number()
    written.fold()
    assert (written.number(), Written.objects.count()) == (both, 1)
