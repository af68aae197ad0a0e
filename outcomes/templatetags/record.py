"""What pages say of a person's record."""

from datetime import date

from django import template
from django.template import Context

from accounts.models import Person
from foundation import database_clock
from foundation.dates import plain_date
from outcomes.models.credit import hours_words
from outcomes.record.taking_part import Took
from outcomes.record.twice import taken_before
from outcomes.record.whole import Record
from sessions_app.models import Session

register = template.Library()
register.filter("plain_hours", hours_words)
register.filter("day_and_year", plain_date)


@register.filter
def month_and_year(day: date) -> str:
    """“July 2026”."""
    return f"{day:%B %Y}"


@register.filter
def credit_of(record: Record, took: Took) -> str:
    """Give what one session counted for, in words."""
    return record.credit_words(took)


@register.simple_tag(takes_context=True)
def taken_already(context: Context, session: Session) -> str:
    """Give the sentence about a workshop that the viewer took and that counts once. One query, none signed out."""
    person = context["request"].user
    if not isinstance(person, Person):
        return ""
    return taken_before(person, session, context.get("now") or database_clock.now())
