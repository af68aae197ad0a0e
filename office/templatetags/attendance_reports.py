"""Attendance reports on the roster: the way to the page that takes them, and what they have left open."""

from typing import Any

from django import template

from office.attendance_reports.deciding import to_decide
from outcomes.reports.report import MINUTE
from sessions_app.models import Session

register = template.Library()


@register.inclusion_tag("office/attendance_reports/_on_roster.html", takes_context=True)
def attendance_reports(context: template.RequestContext, session: Session) -> dict[str, Any]:
    """Show the way to the page for reports, and whom the office is asked about. One query."""
    unsure = [
        {"row": row, "length": int((row.meeting.ends_at - row.meeting.starts_at) / MINUTE)}
        for row in to_decide(session)
    ]
    shown = {"unsure": unsure, "session": session, "may_change": context["may_change"]}
    return shown | {"csrf_token": context.get("csrf_token")}
