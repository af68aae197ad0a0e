"""What pages say of a person's record."""

from datetime import date

from django import template

from foundation.dates import plain_date
from outcomes.models.credit import hours_words
from outcomes.record.taking_part import Took
from outcomes.record.whole import Record

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
