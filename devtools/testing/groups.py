"""The groups of the office as promised, page by page, and people who are in them."""

from django.contrib.auth.models import Group

from accounts.models import Person

V, A, C, D = "view", "add", "change", "delete"
EVERYTHING = {V, A, C, D}
# What each group may do, page by page, beside the group before it: this table is the promise.
VIEWER = dict.fromkeys(
    [
        "accounts.campus",
        "accounts.unit",
        "catalog.action",
        "catalog.facilitator",
        "catalog.pagetext",
        "catalog.partner",
        "catalog.program",
        "catalog.teammember",
        "catalog.topic",
        "catalog.workshop",
        "library.resource",
        "outcomes.creditkind",
        "outcomes.requirement",
        "sessions_app.blackout",
        "sessions_app.scheduleimport",
        "sessions_app.session",
        "sessions_app.venue",
    ],
    {V},
)
SCHEDULER = VIEWER | {
    "catalog.action": EVERYTHING,
    "catalog.facilitator": EVERYTHING,
    "catalog.pagetext": {V, C},
    "catalog.partner": EVERYTHING,
    "catalog.program": EVERYTHING,
    "catalog.teammember": EVERYTHING,
    "catalog.topic": EVERYTHING,
    "catalog.workshop": {V, A, C},
    "library.resource": EVERYTHING,
    "sessions_app.blackout": EVERYTHING,
    "sessions_app.session": EVERYTHING,
    "sessions_app.venue": EVERYTHING,
}
OFFICE = SCHEDULER | {
    "accounts.addresschange": {V},
    "accounts.campus": EVERYTHING,
    "accounts.directoryquestion": {V, C},
    "accounts.person": {V, A, C},
    "accounts.unit": EVERYTHING,
    "accounts.unitname": {V, C},
    "notifications.calendarfeed": {V, D},
    "notifications.calendarthread": {V},
    "notifications.notice": {V, C},
    "notifications.receivedmail": {V, C},
    "notifications.wording": {V, C},
    "outcomes.attendancedispute": {V},
    "outcomes.attendancesheet": {V},
    "outcomes.certificate": {V, C},
    "outcomes.creditkind": EVERYTHING,
    "outcomes.evaluation": {V, C},
    "outcomes.export": {V, A},
    "outcomes.outsideactivity": {V, C},
    "outcomes.requirement": EVERYTHING,
    "registrations.interest": {V},
    "registrations.nomination": {V},
    "registrations.priorattendance": {V, A, D},
    "registrations.registration": {V, C},
    "sessions_app.leading": {V, C},
    "sessions_app.requestrules": {V, A, C},
    "sessions_app.sessionrequest": {V, C},
}
MANAGER = OFFICE | {
    "accounts.person": {V, A, C, D, "appoint"},
    "auth.group": {V},
    "mfa.authenticator": {V, D},
    "operations.legalhold": {V, A},
}
TABLE = {"Viewer": VIEWER, "Scheduler": SCHEDULER, "Office": OFFICE, "Manager": MANAGER, "Accommodations": {}}


def in_group(people, group: str, **fields) -> Person:
    """Make somebody of the office who is in `group`."""
    (person,) = people(1, is_staff=True, **fields)
    person.groups.add(Group.objects.get(name=group))
    return person
