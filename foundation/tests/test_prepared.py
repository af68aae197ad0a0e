"""A prepared query is built once, answers like the queryset it was built from, and never from memory."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from accounts.models import Campus, Person
from catalog.models import Facilitator, Workshop
from foundation.prepared import Among, prepared, put_beside, server
from foundation.prepared.query import Statement
from registrations.models import Registration
from sessions_app.views.home import first_page

pytestmark = pytest.mark.django_db


@prepared
def called(name: str, *, backwards: bool = False) -> QuerySet[Facilitator]:
    return Facilitator.objects.filter(name=name).order_by("-pk" if backwards else "pk")


@prepared
def people_of(campus: Campus, joined: object, keys: list[int]) -> QuerySet[Person]:
    people = Person.objects.select_related("campus").only("name", "email", "campus__name")
    return people.filter(Among(F("pk"), keys), campus=campus, created_at__gte=joined).order_by("pk")


@prepared
def by_key(key: int) -> QuerySet[Facilitator]:
    return Facilitator.objects.filter(pk=key)


@pytest.fixture
def led():
    return [Facilitator.objects.create(name=name) for name in ("North", "South", "50 %")]


@pytest.fixture
def built(monkeypatch):
    """How often Django has built a query for one that is prepared, since it was asked for."""
    made = []
    init = Statement.__init__
    monkeypatch.setattr(Statement, "__init__", lambda self, queryset: (made.append(queryset), init(self, queryset))[1])
    return made


@pytest.fixture
def keeps(monkeypatch):
    """Begin and end with a server that is believed to keep what is prepared, and has nothing yet."""
    monkeypatch.setattr(server, "_is_kept", True)
    server.forget()
    yield
    monkeypatch.undo()
    server.forget()


def names(found):
    return [each.name for each in found]


def test_each_value_finds_its_own_rows(led):
    assert names(called("North")) == ["North"]
    assert names(called("South")) == ["South"]
    assert called("West") == []


def test_a_query_is_built_once_for_each_shape(led, built):
    @prepared
    def fresh(name: str, *, backwards: bool) -> QuerySet[Facilitator]:
        return called.__wrapped__(name, backwards=backwards)

    for backwards in (False, True, False, True):
        for name in ("North", "South"):
            assert names(fresh(name, backwards=backwards)) == [name]
    assert len(built) == 2


def test_a_shape_orders_as_it_says(led):
    Facilitator.objects.filter(name="South").update(name="North")
    forwards, backwards = called("North"), called("North", backwards=True)
    assert len(forwards) == 2
    assert forwards == backwards[::-1]


def test_a_change_shows_at_the_next_call(led):
    assert len(called("North")) == 1
    led[1].name = "North"
    led[1].save()
    assert len(called("North")) == 2


def test_rows_changed_by_their_reader_are_read_afresh(led):
    first, again = called("North"), called("North")
    assert first[0] == again[0]
    assert first[0] is not again[0]


def test_people_come_with_what_is_read_beside_them(led, people, now, django_assert_num_queries):
    north, south = (Campus.objects.create(name=name) for name in ("North", "South"))
    its = people(3)
    Person.objects.update(campus=north)
    Person.objects.filter(pk=its[2].pk).update(campus=south)
    Person.objects.update(created_at=now)
    keys = [each.pk for each in its[1:]]
    with django_assert_num_queries(1):
        found = people_of(north, now, keys)
        assert [(each.pk, each.name, each.campus.name) for each in found] == [(its[1].pk, its[1].name, "North")]
    assert people_of(north, now, tuple(keys)) == found
    assert people_of(north, now, []) == []
    assert people_of(north, now + timedelta(seconds=1), keys) == []
    assert "phone" not in vars(found[0])


def test_a_value_may_hold_whatever_sql_means(led):
    for name in ("'; DROP TABLE catalog_facilitator; --", "%s", "$1", "100 % \\ \x01", "é’“"):
        assert called(name) == []
        Facilitator.objects.create(name=name)
        assert names(called(name)) == [name]


def test_objects_are_those_of_the_queryset(make_session, people, now, django_assert_num_queries):
    sessions = [make_session(days=days) for days in (10, 11)]
    Registration.objects.register(people(1)[0], sessions[1], now=now)
    slow, quick = list(first_page.__wrapped__(now)), first_page(now)
    assert quick == slow == sessions

    def kept(one):
        return {name: value for name, value in vars(one).items() if name != "_state"}

    assert [kept(one) for one in quick] == [kept(one) for one in slow]
    assert [(one._state.adding, one._state.db) for one in quick] == [(one._state.adding, one._state.db) for one in slow]
    with django_assert_num_queries(1):  # what was not read before
        assert quick[0].published_at == sessions[0].published_at
    with django_assert_num_queries(1):
        assert quick[0].workshop == sessions[0].workshop
        assert quick[0].workshop is quick[0].workshop
    quick[0].cancel_reason = "A flood."
    quick[0].save(update_fields=["cancel_reason"])
    assert first_page(now)[0].cancel_reason == "A flood."


def test_what_is_put_beside_a_thing_is_read_without_a_query(workshop, led, django_assert_num_queries):
    workshop.facilitators.set(led[:2])
    with django_assert_num_queries(0):
        put_beside(workshop, "facilitators", led[1:])
        assert list(workshop.facilitators.all()) == led[1:]
    assert list(Workshop.objects.get(pk=workshop.pk).facilitators.order_by("pk")) == led[:2]


def test_nothing_is_reckoned_with_a_value_to_come():
    @prepared
    def older(now: datetime) -> QuerySet[Person]:
        return Person.objects.filter(created_at__lt=now - timedelta(hours=1))

    with pytest.raises(TypeError, match="now is a value to come"):
        older(datetime(2027, 1, 1, tzinfo=UTC))


def test_too_few_values_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        called()


class TestOnTheServer:
    pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

    def test_a_connection_prepares_a_query_once(self, keeps, led):
        with CaptureQueriesContext(connection) as queries:
            assert names(called("North")) == ["North"]
            assert names(called("South")) == ["South"]
        verbs = [query["sql"].split()[0] for query in queries]
        assert verbs == ["PREPARE", "EXECUTE", "EXECUTE"]

    def test_a_constant_of_the_query_is_part_of_what_is_prepared(self, keeps, led):
        @prepared
        def constant(*, name: str) -> QuerySet[Facilitator]:
            return Facilitator.objects.filter(name=name)

        assert [names(constant(name=name)) for name in ("North", "50 %", "North")] == [["North"], ["50 %"], ["North"]]

    def test_the_same_place_twice_is_one_value(self, keeps, led):
        @prepared
        def either(name: str, key: int) -> QuerySet[Facilitator]:
            return (
                Facilitator.objects.filter(name=name)
                | Facilitator.objects.filter(pk=key)
                | Facilitator.objects.filter(name=name)
            )

        for _ in range(8):  # planned for each value, and then for all
            assert names(either("North", led[0].pk)) == ["North"]
            assert sorted(names(either("North", led[1].pk))) == ["North", "South"]

    def test_values_are_what_they_are_without_it(self, keeps, led):
        test_a_value_may_hold_whatever_sql_means(led)

    def test_lists_of_any_length_are_one_statement(self, keeps, people, now):
        campus = Campus.objects.create(name="North")
        its = people(3)
        Person.objects.update(created_at=now, campus=campus)
        keys = [each.pk for each in its]
        for length in (0, 1, 3, 2, 0, 3, 1):
            assert people_of(campus, now, keys[:length]) == its[:length]

    def test_a_new_connection_prepares_once_more(self, keeps, led):
        assert names(called("North")) == ["North"]
        connection.close()
        assert names(called("North")) == ["North"]

    def test_nothing_is_prepared_inside_a_transaction(self, keeps, led):
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            assert names(called("North")) == ["North"]
        assert queries[0]["sql"].startswith("SELECT")

    def test_a_pool_that_forgets_statements_ends_preparing(self, keeps, led, caplog):
        assert names(called("North")) == ["North"]
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        with caplog.at_level(logging.WARNING):
            assert names(called("South")) == ["South"]
        assert "keeps no prepared statements" in caplog.text
        with CaptureQueriesContext(connection) as queries:
            assert names(called("North")) == ["North"]
        assert queries[0]["sql"].startswith("SELECT")

    def test_a_connection_that_somebody_else_prepared_on_ends_preparing(self, keeps, led):
        assert names(called("North")) == ["North"]
        server._known.clear()
        assert names(called("South")) == ["South"]
        assert not server.may_prepare()

    def test_a_column_of_another_type_is_prepared_once_more(self, keeps, led):
        assert names(called("North")) == ["North"]
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE catalog_facilitator ALTER COLUMN name TYPE text")
        try:
            assert names(called("North")) == ["North"]
            assert server.may_prepare()
            assert names(called("South")) == ["South"]
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE catalog_facilitator ALTER COLUMN name TYPE varchar(100)")

    def test_another_error_is_one(self, keeps, led):
        with pytest.raises(DatabaseError):
            by_key("no number")
        assert server.may_prepare()
