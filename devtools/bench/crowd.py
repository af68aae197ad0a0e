"""Fill a database of many sessions with what stands behind them after years: people, registrations and sent mail.

Half a million rows are copied by the database from one that the models made; only PostgreSQL can.
"""

from django.conf import settings
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from notifications.models import Notice
from registrations.models import Registration
from sessions_app.models import Session

PEOPLE, REGISTRATIONS, NOTICES = 50_000, 100_000, 500_000


def copies(row: models.Model, count: int, **different: str) -> None:
    """Write `count` copies of `row`, a saved one, numbered n; `different` are columns that differ, as SQL."""
    names = [str(field.column) for field in row._meta.concrete_fields if not field.primary_key]
    unknown = set(different) - set(names)
    assert not unknown, unknown
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(different.get(name, f'model."{name}"') for name in names)
    table, key = row._meta.db_table, row._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" AS model, '
            f'generate_series(1, %s) AS n WHERE model."{key}" = %s',
            [count, row.pk],
        )


def fill(sessions: int) -> None:
    """Add people, registrations of theirs in each of `sessions` that are there, and mail."""
    now, first = timezone.now(), Session.objects.order_by("pk").values_list("pk", flat=True)[0]
    seated = {"status": Registration.Status.REGISTERED, "position": 99, "registered_at": now, "seated_at": now}
    sent = {"kind": "registered", "state": Notice.State.SENT, "subject": "You’re registered", "sent_at": now}
    person = Person.objects.create_user("crowd@example.edu", name="Crowd", role=Person.Role.STAFF)
    registration = Registration.objects.create(person=person, session_id=first, **seated)
    notice = Notice.objects.create(
        to=person.email, person=person, registration=registration, dedupe_key="registered:crowd", **sent
    )
    someone = f"{person.pk} + 1 + n %% {PEOPLE}"
    copies(person, PEOPLE, email="'crowd' || n || '@example.edu'", name="'Robin ' || md5(n::text)")
    copies(
        registration,
        REGISTRATIONS,
        uuid="gen_random_uuid()",
        person_id=someone,
        session_id=f"{first} + n * 13 %% {sessions}",
        position="100 + n",
        registered_at=f"model.registered_at - ({REGISTRATIONS} - n) * interval '1 minute'",
    )
    copies(
        notice,
        NOTICES,
        dedupe_key="'registered:crowd:' || n",
        message_id="'<crowd' || n || '@example.edu>'",
        to=f"'crowd' || n %% {PEOPLE} || '@example.edu'",
        person_id=someone,
        created_at=f"model.created_at - ({NOTICES} - n) * interval '1 minute'",
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def office(sessions: str, crowd: str) -> dict[str, str]:
    """Add somebody of the office; for a `crowd` of "yes" also what stands behind the sessions. Returns the cookie."""
    if crowd == "yes":
        fill(int(sessions))
    person, client = Person.objects.create_superuser("office@example.edu", name="Office"), Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    return {"cookie": f"{name}={client.cookies[name].value}"}
