"""What becomes of each row that points to an account that goes, when it becomes one with another account.

Every foreign key to Person of every app stands here: a new one is a line more (operations/tests/test_merging_people.py
looks, and the verb does nothing while one is missing).
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import Person


@dataclass(frozen=True)
class Move:
    """Rows that follow. Of two that would be the same by the fields `together`, the row of the account that goes is
    dropped; only among rows that meet `among`."""

    together: tuple[str, ...] = ()
    among: tuple[tuple[str, Any], ...] = ()


class Ends:
    """Rows that go with the account: they say how somebody signs in, or open something to people who have a link."""


class Own:
    """Rows that follow by rules of their own (operations/merging_people/seats.py and records.py)."""


FOLLOWS, ENDS, OWN = Move(), Ends(), Own()
MOVES: dict[str, Move | Ends | Own] = {
    "account.EmailAddress.user": ENDS,
    "mfa.Authenticator.user": ENDS,
    "socialaccount.SocialAccount.user": ENDS,
    "accounts.SchoolRecord.person": ENDS,  # the school says it again at the next sign-in
    "accounts.BrowserSession.person": ENDS,
    "accounts.Person_groups.person": ENDS,
    "accounts.Person_user_permissions.person": ENDS,
    "accounts.AddressChange.person": ENDS,
    "accounts.AddressChange.asked_by": FOLLOWS,
    "accounts.AddressChange.agreed_by": FOLLOWS,
    "accounts.Champion.person": Move(("unit",), (("until", None),)),
    "accounts.DirectoryQuestion.person": ENDS,
    "accounts.OtherAddress.person": FOLLOWS,
    "admin.LogEntry.user": FOLLOWS,
    "catalog.Facilitator.person": FOLLOWS,  # refused where both have one
    "sessions_app.Decision.by": FOLLOWS,
    "sessions_app.ScheduleImport.made_by": FOLLOWS,
    "sessions_app.SessionRequest.by": FOLLOWS,
    "sessions_app.SessionRequest.assigned_to": FOLLOWS,
    "sessions_app.SeasonFile.made_by": FOLLOWS,
    "registrations.Registration.person": OWN,
    "registrations.Accommodation.answered_by": FOLLOWS,
    "registrations.Interest.person": Move(("workshop",)),
    "registrations.Nomination.by": Move(("session", "email")),
    "registrations.Call.person": Move(("session",)),
    "registrations.Call.by": FOLLOWS,
    "registrations.PastedPeople.made_by": FOLLOWS,
    "registrations.PriorAttendance.person": Move(("workshop",)),
    "registrations.RosterReading.by": Move(("session", "on")),
    "outcomes.Attendance.person": OWN,
    "outcomes.Attendance.said_by": FOLLOWS,
    "outcomes.AttendanceDispute.decided_by": FOLLOWS,
    "outcomes.AttendanceSheet.closed_by": FOLLOWS,
    "outcomes.Certificate.person": OWN,
    "outcomes.Consent.person": Move(("purpose",), (("revoked_at", None),)),
    "outcomes.EvaluationReceipt.person": Move(("evaluation",)),
    "outcomes.Export.by": FOLLOWS,
    "outcomes.License.person": Move(("kind",)),
    "outcomes.OutsideActivity.person": FOLLOWS,
    "outcomes.OutsideActivity.answered_by": FOLLOWS,
    "notifications.Announcement.written_by": FOLLOWS,
    "notifications.CalendarFeed.person": ENDS,
    "notifications.LeadingThread.person": FOLLOWS,
    "notifications.Notice.person": FOLLOWS,  # what waits is sent to the address that stays, first
    "notifications.Notice.handled_by": FOLLOWS,
    "notifications.ReceivedMail.handled_by": FOLLOWS,
    "operations.LegalHold.person": FOLLOWS,
    "operations.LegalHold.set_by": FOLLOWS,
    "operations.LegalHold.lifted_by": FOLLOWS,
}


def foreign_keys() -> "dict[str, models.Field[Any, Any]]":
    """Return every foreign key to Person there is, by the names of its app, model and field."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is Person:
                found[f"{model._meta.label}.{field.name}"] = field
    return found


def move_rows(gone: Person, kept: Person) -> dict[str, int]:
    """Let what points to `gone` point to `kept`, but for what has rules of its own. Returns how many rows were dropped.

    Raises LookupError for a foreign key that nobody has said anything about.
    """
    dropped = {}
    for name, field in foreign_keys().items():
        move = MOVES.get(name)
        if move is None:
            raise LookupError(f"Say in operations/merging_people/moves.py what becomes of {name}.")
        rows = field.model._base_manager.filter(**{field.name: gone.pk})
        if isinstance(move, Ends):
            rows.delete()
        elif isinstance(move, Move):
            if same := same_rows(name, field, gone, kept):
                rows.filter(pk__in=same).delete()
                dropped[name] = len(same)
            rows.update(**{field.name: kept.pk})
    return dropped


def same_rows(name: str, field: "models.Field[Any, Any]", gone: Person, kept: Person) -> list[int]:
    """Return the keys of the rows of `gone` that would be a second one beside a row of `kept`."""
    move = MOVES[name]
    if not isinstance(move, Move) or not move.together:
        return []
    among = field.model._base_manager.filter(**dict(move.among)).order_by()
    held = set(among.filter(**{field.name: kept.pk}).values_list(*move.together))
    theirs = among.filter(**{field.name: gone.pk}).values_list("pk", *move.together)
    return [pk for pk, *rest in theirs if tuple(rest) in held]
