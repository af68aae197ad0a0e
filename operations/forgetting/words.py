"""Take the names and addresses of an erased person out of the texts that people have written (G17).

A text column that this does not read is one of KEPT, with the reason; every other one is read, so that a new column
needs no line here. Out of PUBLISHED only addresses are taken: everybody chooses the name they go by, and a name that is
two words of a title would take those words out of the catalog. A name of one word, one that somebody else has too, and
one that stands in a title, is taken out only of what is the person's own (rows.py): in other texts nobody can tell that
it is them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection, models
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast, Lower

from accounts.models import AddressChange, Person, SchoolRecord
from catalog.models import Facilitator
from notifications.models import Notice
from outcomes.models import Attendance, Certificate
from registrations.models import Nomination

BATCH = 500
# What a column is, where it can hold nobody's name or address.
KEPT = {
    "account.EmailConfirmation": "a key, which goes with its address",
    "mfa.Authenticator": "secrets, which go with their person",
    "socialaccount.SocialApp": "the settings of a sign-in",
    "socialaccount.SocialToken": "a secret, which goes with its person",
    "accounts.BrowserSession": "sealed, and goes with its person",
    "accounts.Person": "the person, who has a pseudonym",
    "registrations.AccessPlan": "sealed, and of nobody",
    "registrations.Accommodation": "sealed, and goes with its person",
    "outcomes.EvaluationPot": "sealed, and by nobody",
    "outcomes.License": "sealed, and goes with its person",
    "library.Citation": "who wrote a published work",
    "auth.Permission": "of the program itself",
    "auth.Group": "of the program itself",
    "contenttypes.ContentType": "of the program itself",
    "sessions.Session": "of the release before; emptied every night",
    "accounts.Campus": "what a place is called",
    "accounts.Unit": "what a unit is called",
    "accounts.UnitName": "what the directory calls a unit",
    "catalog.Topic": "what a topic is called",
    "catalog.ProgramCategory": "what a kind of program is called",
    "catalog.Action.name": "a title",
    "catalog.Partner.name": "what a partner is called",
    "catalog.Program.title": "a title",
    "catalog.Workshop.title": "a title",
    "outcomes.Certificate.title": "a title",
    "outcomes.CreditKind": "the terms of who gives credit",
    "outcomes.CertificateCredit": "the terms of who gives credit",
    "outcomes.Requirement": "what a requirement is called",
    "sessions_app.Meeting.time_zone": "one of a list",
    "sessions_app.Session.time_zone": "one of a list",
    "sessions_app.SessionRequest.time_zone": "one of a list",
    "sessions_app.SeasonFile.time_zone": "one of a list",
    "sessions_app.Session.code": "a random code",
    "outcomes.Certificate.code": "a random code",
    "library.StoredFile.name": "a digest",
    "library.StoredFile.extension": "one of a list",
    "library.StoredFile.content_type": "one of a list",
    "outcomes.OutsideProof.extension": "one of a list",
    "outcomes.OutsideProof.content_type": "one of a list",
    "outcomes.Consent.sealed_birthday": "sealed, and goes with its person",
    "outcomes.Consent.state": "two letters, and goes with its person",
    "catalog.Workshop.reminder_days": "numbers",
    "notifications.CalendarThread.uid": "a random id",
    "notifications.LeadingThread.uid": "a random id",
    "notifications.CalendarFeed.digest": "a digest, and goes with its person",
    "notifications.Notice.kind": "one of a list",
    "notifications.Wording.kind": "one of a list",
    "admin.LogEntry.object_id": "a key",
}

_CATALOG = "what the catalog says to everybody"
_ASKED = "what everybody is asked"
# What the office says to everybody, and corrects there: only addresses are looked for in it.
PUBLISHED = {
    "catalog.Action": _CATALOG,
    "catalog.Objective": _CATALOG,
    "catalog.PageText": "what a page says to everybody",
    "catalog.Part": _CATALOG,
    "catalog.Partner": _CATALOG,
    "catalog.Program": _CATALOG,
    "catalog.Workshop": _CATALOG,
    "library.Resource": "what the library says to everybody",
    "notifications.Wording": "what mail says to everybody",
    "outcomes.Certificate.contents": "what the catalog said when it was given",
    "outcomes.Certificate.days": "days",
    "outcomes.Certificate.institution": "what the institution is called",
    "outcomes.Certificate.office": "what the office is called",
    "outcomes.Evaluation.questions": _ASKED,
    "outcomes.EvaluationQuestion": _ASKED,
    "outcomes.KeptFigures": "counts, by what is counted",
    "sessions_app.Blackout": "what everybody is told of a day",
    "sessions_app.RequestRules": "what everybody is told who asks for a session",
    "sessions_app.Venue": "how everybody gets there",
}
TITLES = ("catalog.Workshop.title", "catalog.Program.title", "catalog.Topic.name", "accounts.Unit.name",
          "accounts.Campus.name")  # fmt: skip


def is_published(column: Any) -> bool:
    """Tell whether a column says to everybody what the office wants said, so that no name is looked for in it."""
    label = column.model._meta.label
    return label in PUBLISHED or f"{label}.{column.name}" in PUBLISHED


def text_columns() -> Iterator[tuple[type[models.Model], list[Any]]]:
    """Yield each model with its columns that can hold words: text without a list of choices, and JSON."""
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        columns = [
            field
            for field in model._meta.local_concrete_fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField))
            and not field.choices
            and not isinstance(field, models.SlugField)
            and f"{label}.{field.name}" not in KEPT
        ]
        if columns and label not in KEPT:
            yield model, columns


@dataclass(frozen=True)
class KnownAs:
    """Every name and address by which texts may speak of one person, and what stands there instead."""

    addresses: frozenset[str]
    names: frozenset[str]
    address: str
    name: str

    def words(self) -> list[str]:
        """Return what is looked for, names as HTML writes them too."""
        return sorted({*self.addresses, *self.names, *map(escape, self.names)}, key=len, reverse=True)

    def taken_out_of(self, text: str) -> str:
        """Return `text` with each of the names and addresses replaced. A longer word that has one in it stays."""
        for found, instead in ((self.addresses, self.address), (self.names, self.name)):
            words = sorted({*found, *map(escape, found)}, key=len, reverse=True)
            if words:
                one_of = "|".join(re.escape(word) for word in words)
                text = re.sub(rf"(?<![\w.+-])(?:{one_of})(?![\w-])", instead, text, flags=re.IGNORECASE)
        return text


def known_as(person: Person, address: str, name: str) -> KnownAs:
    """Return by which names and addresses texts may speak of `person`, who is `address` and `name` from now on.

    Those of before count too: addresses that were changed, and names on certificates and as a facilitator.
    """
    changes = AddressChange.objects.filter(person=person)
    before = changes.values_list("old_address", flat=True)
    # One that never took hold may be anybody's.
    after = changes.filter(state=AddressChange.State.HELD).values_list("new_address", flat=True)
    own = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    merged = person.other_addresses.values_list("email", flat=True)
    addresses = {person.email, *own, *merged, *before, *after}
    # Another account may have an address that was given up.
    others = Person.objects.exclude(pk=person.pk).annotate(lower=Lower("email")).filter(lower__in=addresses)
    addresses -= set(others.values_list("lower", flat=True))
    leading = Facilitator.objects.filter(Q(person=person) | Q(email__in=addresses)).values_list("name", flat=True)
    certified = Certificate.objects.filter(person=person).values_list("name", flat=True)
    school = SchoolRecord.objects.filter(person=person).values_list("name", flat=True)
    names = {name for name in (person.name, *leading, *certified, *school) if len(name.split()) > 1}
    shared = Person.objects.exclude(pk=person.pk).filter(
        Q(*(("name__iexact", name) for name in names), _connector="OR")
    )
    taken = {name.casefold() for name in shared.values_list("name", flat=True)} if names else set()
    names = {each for each in names if each.casefold() not in taken} - _in_titles(names)
    return KnownAs(frozenset(filter(None, addresses)), frozenset(names), address, name)


def _in_titles(names: set[str]) -> set[str]:
    """Return those of `names` that are words of a title, or what a unit or a place is called."""
    alone = [KnownAs(frozenset(), frozenset([name]), "", "") for name in names]
    titles: list[str] = []
    for column in TITLES if names else ():
        model, field = column.rsplit(".", 1)
        titles += apps.get_model(model)._base_manager.values_list(field, flat=True)
    return {next(iter(one.names)) for one in alone if any(one.taken_out_of(title) != title for title in titles)}


def take_out(known: KnownAs, but: QuerySet[Notice]) -> None:
    """Replace the names and addresses in every text of every row, `but` in mail that still has to arrive.

    Out of what is published only addresses are taken. Safe to run twice.
    """
    _tell_rows_apart(known)
    nameless = replace(known, names=frozenset())
    for model, columns in text_columns():
        rows = model._base_manager.all()
        if model is Notice:
            rows = rows.exclude(pk__in=but)
        published = [column for column in columns if is_published(column)]
        _take_out_of(rows, [column for column in columns if column not in published], known)
        _take_out_of(rows, published, nameless)


def _tell_rows_apart(known: KnownAs) -> None:
    """Give proposals and walk-ins a pseudonym each: two of one session, under two addresses or names, stay two."""
    nowhere = known.address.rpartition("@")[2]
    for pk in list(Nomination.objects.filter(email__in=known.addresses).values_list("pk", flat=True)):
        Nomination.objects.filter(pk=pk).update(email=f"nominated-{pk}@{nowhere}")
    for pk in list(Attendance.objects.filter(address__in=known.addresses).values_list("pk", flat=True)):
        Attendance.objects.filter(pk=pk).update(address=f"walk-in-{pk}@{nowhere}")
    for name in known.names:
        for pk in list(Attendance.objects.filter(address="", name__icontains=name).values_list("pk", flat=True)):
            said = Attendance.objects.get(pk=pk).name
            if known.taken_out_of(said) != said:
                Attendance.objects.filter(pk=pk).update(name=f"{known.name} {pk}")


def _take_out_of(rows: QuerySet[Any], columns: list[Any], known: KnownAs) -> None:
    if not columns:
        return
    model, names = rows.model, [field.attname for field in columns]
    # SQLite writes JSON with escapes, so that it is read whole there.
    if connection.vendor == "postgresql":
        rows = rows.alias(**{f"{name}_text": Cast(name, models.TextField()) for name in names})
        asked = [(f"{name}_text__icontains", word) for name in names for word in known.words()]
        rows = rows.filter(Q(*asked, _connector="OR"))
    found = rows.order_by("pk").values_list("pk", *names)
    for pk, *values in found.iterator(chunk_size=BATCH):
        changed = {
            name: new
            for name, value in zip(names, values, strict=True)
            if value and (new := _taken_out_of(value, known)) != value
        }
        if changed:
            model._base_manager.filter(pk=pk).update(**_fitting(model, changed))


def _taken_out_of(value: Any, known: KnownAs) -> Any:
    """Return a text, or what JSON is made of, without the names and addresses."""
    if isinstance(value, str):
        return known.taken_out_of(value)
    if isinstance(value, dict):
        return {_taken_out_of(key, known): _taken_out_of(one, known) for key, one in value.items()}
    if isinstance(value, list):
        return [_taken_out_of(one, known) for one in value]
    return value


def _fitting(model: type[models.Model], changed: dict[str, Any]) -> dict[str, Any]:
    """Return `changed` with no text longer than its column: a pseudonym may be longer than the name was."""
    lengths = {name: getattr(model._meta.get_field(name), "max_length", None) for name in changed}
    return {name: value[: lengths[name]] if isinstance(value, str) else value for name, value in changed.items()}
