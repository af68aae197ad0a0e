"""Who may read what stands in each column of words (G12).

Each column that can hold words is in one of two tables. PRIVATE says who may read it on some page or in some file, in
the row that `planting.py` takes: one that is the owner's wherever a row is anybody's. NOT_PRIVATE says of others, by
column or by model, what they are. `config/tests/test_private_columns.py` fails for a column that is in neither.

Readers are those of readers.py: an owner, whose rows they are; a fellow, who waits for a seat in the same session;
another person, who proposed the owner and whose new address waits; a leader of the session, a stranger, who leads
another one; an arranger, of the group Accommodations; office and colleague, of the office.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

OFFICE = "office colleague"
STAFF = f"{OFFICE} arranger"


class Group(NamedTuple):
    """Columns that the same people may read: `columns` by model, with spaces between."""

    why: str
    readers: str
    columns: dict[str, str]


PRIVATE = (
    Group(
        "who somebody is: themself, the office, and who arranges what they need",
        f"owner {STAFF}",
        {"accounts.Person": "name email pronouns"},
    ),
    Group(
        "what is written about somebody or by them: themself and the office",
        f"owner {OFFICE}",
        {
            "accounts.Person": "addressed_as",
            "outcomes.AttendanceDispute": "words answer",
            "outcomes.Certificate": "name",
            "outcomes.OutsideActivity": "title where answer",
            "outcomes.OutsideProof": "content",
            "registrations.PriorAttendance": "note",
            "sessions_app.SessionRequest": "topic why_fewer addresses hopes answer decline_reason",
            "admin.LogEntry": "change_message",
            "notifications.CalendarThread": "uid",
            "notifications.Notice": "to subject",
        },
    ),
    Group(
        "what the school said of somebody, and other addresses of theirs: themself",
        "owner",
        {
            "account.EmailAddress": "email",
            "accounts.OtherAddress": "email",
            "accounts.SchoolRecord": "name unit_words campus_words",
            "socialaccount.SocialAccount": "uid",
        },
    ),
    Group(
        "a new address that waits: its person, the office, and who arranges access, because they agree to it",
        f"other {STAFF}",
        {"accounts.AddressChange": "old_address new_address"},
    ),
    Group("whom somebody proposed: who did, and the office", f"other {OFFICE}", {"registrations.Nomination": "email"}),
    Group(
        "what somebody needs: themself and the group Accommodations",
        "owner arranger",
        {"registrations.Accommodation": "sealed_needs sealed_answer"},
    ),
    Group(
        "what is asked for one purpose, and sealed: themself",
        "owner",
        {"outcomes.License": "sealed_number", "outcomes.Consent": "sealed_birthday"},
    ),
    Group(
        "what is for people with a seat: they and the office",
        f"owner {OFFICE}",
        {
            "library.Resource": "body link",
            "library.Citation": "title publisher volume issue pages doi url",
            "library.StoredFile": "content",
        },
    ),
    Group(
        "the way in: who has a seat, who leads, and the office; an interpreter who is arranged for joins by it too",
        f"owner leader {STAFF}",
        {"sessions_app.Meeting": "join_link"},
    ),
    Group(
        "what a facilitator says to the office, and by which address they are reached: they and the office",
        f"leader {OFFICE}",
        {"sessions_app.Leading": "reason", "catalog.Facilitator": "email"},
    ),
    Group(
        "what the office writes down for itself",
        OFFICE,
        {
            "sessions_app.Session": "run_anyway_reason",
            "sessions_app.Decision": "reason",
            "outcomes.Attendance": "name address",
            "registrations.PastedOutcome": "typed said notes",
            "notifications.Announcement": "part_words subject words",
            "notifications.Notice": "problem handled_note",
            "notifications.ReceivedMail": "message_id sender subject raw attendee comment sentence handled_note",
            "notifications.Wording": "problem",
            "admin.LogEntry": "object_repr",
        },
    ),
    Group("what is kept for a legal reason: the Managers of the office", "office", {"operations.LegalHold": "reason"}),
    Group(
        "what no page tells anybody: mail is in the mailbox of its reader, and the rest is of machines",
        "",
        {
            "notifications.Notice": "facts dedupe_key text html calendar",
            "notifications.CalendarThread": "shown",
            "notifications.LeadingThread": "uid shown address",
            "notifications.MailQueue": "problem clock_problem",
            "notifications.ReplyMailbox": "problem",
            "registrations.PastedPeople": "text reason",
            "sessions_app.SeasonFile": "text",
            "socialaccount.SocialAccount": "extra_data",
        },
    ),
)

_CATALOG = "what the catalog says to everybody; of drafts see canaries.ROWS"
_PAGE = "what a page says to everybody"
_NAME = "what something is called"
_TERMS = "the terms of who gives credit"
_LIST = "one of a list"
_KEY = "a random code or a digest: it opens something and tells nothing"
_SETTING = "of the program itself"
NOT_PRIVATE = {
    "catalog.Action": _CATALOG,
    "catalog.Objective": _CATALOG,
    "catalog.Part": _CATALOG,
    "catalog.Partner": _CATALOG,
    "catalog.Program": _CATALOG,
    "catalog.ProgramCategory": _CATALOG,
    "catalog.Topic": _CATALOG,
    "catalog.Workshop": _CATALOG,
    "catalog.Facilitator": "what the catalog says of who leads, but for the address",
    "catalog.TeamMember": "what the page of the team says of those who are on it, with their address",
    "catalog.PageText": _PAGE,
    "notifications.Wording": "what mail says to everybody",
    "sessions_app.Blackout": _PAGE,
    "sessions_app.RequestRules": _PAGE,
    "sessions_app.Venue": "how everybody gets there",
    "sessions_app.Session.cancel_reason": "why a session is off: its page says it to everybody",
    "sessions_app.Meeting.cancel_reason": "why a meeting is off: its page says it to everybody",
    "library.Resource": "what the library says to everybody of what is for people with a seat",
    "registrations.AccessPlan": "things of a list, sealed, and of nobody",
    "outcomes.EvaluationQuestion": "what everybody is asked",
    "outcomes.Evaluation": "what everybody is asked; of results see canaries.ROWS",
    "outcomes.EvaluationPot": "sealed, and by nobody: see canaries.ROWS",
    "outcomes.Certificate": "what a certificate says to everybody who has its code, but for whose it is",
    "outcomes.CertificateCredit": _TERMS,
    "outcomes.CreditKind": _TERMS,
    "outcomes.Requirement": "what everybody is asked to take",
    "outcomes.KeptFigures": "counts, by what is counted: G20",
    "outcomes.Consent.state": "two letters, which no word fits",
    "accounts.Campus": _NAME,
    "accounts.Unit": _NAME,
    "accounts.UnitName": _NAME,
    "accounts.SchoolRecord.provider": _LIST,
    "socialaccount.SocialAccount.provider": _LIST,
    "sessions_app.Session": "a zone of a list, and the code of its page",
    "sessions_app.Meeting.time_zone": _LIST,
    "sessions_app.SessionRequest.time_zone": _LIST,
    "sessions_app.SeasonFile": "what is made of its text, and how far it is",
    "library.Citation": "who wrote a work and where it is published: part of what everybody is told that it is",
    "library.StoredFile": "a digest, and what sort of file it is",
    "outcomes.OutsideProof": "what sort of file it is",
    "notifications.Notice.kind": _LIST,
    "notifications.Notice.message_id": "a random id, by which mail programs know a mail",
    "notifications.Announcement.part": _LIST,
    "notifications.ReceivedMail.partstat": _LIST,
    "notifications.CalendarFeed": _KEY,
    "accounts.AddressChange": _KEY,
    "accounts.BrowserSession": "a digest, and what is sealed by the cookie of one browser",
    "accounts.Person.password": "there are no passwords",
    "mfa.Authenticator": "sealed: see canaries.ROWS",
    "account.EmailConfirmation": "never written: a sign-in proves the address",
    "socialaccount.SocialApp": "never written: the settings of the school’s sign-in come from the environment",
    "socialaccount.SocialToken": "never written: what the provider gives is not kept",
    "sessions.Session": "of the release before; emptied every night",
    "admin.LogEntry.object_id": "a key",
    "auth.Group": _SETTING,
    "auth.Permission": _SETTING,
    "contenttypes.ContentType": _SETTING,
}


def private_columns() -> dict[str, frozenset[str]]:
    """Return who may read each private column, by its name as in `accounts.Person.name`."""
    return {
        f"{model}.{name}": frozenset(group.readers.split())
        for group in PRIVATE
        for model, names in group.columns.items()
        for name in names.split()
    }


def columns_of_words() -> Iterator[Any]:
    """Yield every column that can hold words: text without a list of choices, JSON, bytes and files."""
    holds = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if isinstance(field, holds) and not field.choices and not isinstance(field, models.SlugField):
                yield field


def name_of(column: Any) -> str:
    """Return the name of a column as the tables write it."""
    return f"{column.model._meta.label}.{column.name}"
