"""When it is taught, and whether it runs."""

from sessions_app.models.days_off import Blackout
from sessions_app.models.decision import Decision
from sessions_app.models.holding import Held
from sessions_app.models.leading import Leading
from sessions_app.models.mode import Mode
from sessions_app.models.request import RequestWindow, SessionRequest
from sessions_app.models.request_rules import RequestRules
from sessions_app.models.schedule_import import ScheduleImport
from sessions_app.models.season_file import SeasonFile
from sessions_app.models.session import Session, SessionQuerySet
from sessions_app.models.venue import Meeting, MeetingPlan, Place, Times, Venue
from sessions_app.models.wanted import Wanted, Where

__all__ = [
    "Blackout",
    "Decision",
    "Leading",
    "Held",
    "Meeting",
    "MeetingPlan",
    "Mode",
    "Place",
    "RequestRules",
    "RequestWindow",
    "ScheduleImport",
    "SeasonFile",
    "Session",
    "SessionQuerySet",
    "SessionRequest",
    "Times",
    "Venue",
    "Wanted",
    "Where",
]
