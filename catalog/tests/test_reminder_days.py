"""When people are reminded, as the office types it."""

import pytest
from django.core.exceptions import ValidationError

from catalog.models import Workshop
from catalog.reminder_days import in_order, parse_days
from devtools.testing.office_pages import filled_in, workshop_page
from devtools.testing.page import read

SENTENCE = "Enter days from 1 to 30 with commas between them, such as 7, 1."


@pytest.mark.parametrize(
    ("typed", "days"),
    [("7, 1", [7, 1]), ("1,7", [7, 1]), (" 3 ", [3]), ("1, 1", [1]), ("", []), ("  ", []), ("30", [30])],
)
def test_days_are_read_the_farthest_first(typed, days):
    assert parse_days(typed) == days


@pytest.mark.parametrize(
    "typed", ["0", "31", "-1", "a week", "7 1", "7,,1", ",", "1.5", "٧", "²", "7, 1;", "1" * 20, "\0"]
)
def test_what_is_no_number_of_days_is_refused_in_a_sentence(typed):
    with pytest.raises(ValidationError) as refusal:
        parse_days(typed)
    assert refusal.value.messages == [SENTENCE]


def test_five_reminders_are_too_many():
    with pytest.raises(ValidationError, match="Enter at most 4 reminders."):
        parse_days("5, 4, 3, 2, 1")


def test_they_are_kept_in_order():
    assert in_order("1,7 ,7") == "7, 1"


def test_the_office_sets_them_in_the_admin(client, office, workshop):
    client.force_login(office)
    fields = filled_in(client, workshop_page(workshop), "workshop_form", reminder_days="1,14")
    assert client.post(workshop_page(workshop), fields).status_code == 302
    workshop.refresh_from_db()
    assert workshop.reminder_days == "14, 1"


def test_what_cannot_be_read_is_kept_as_typed_with_a_sentence(client, office, workshop):
    client.force_login(office)
    fields = filled_in(client, workshop_page(workshop), "workshop_form", reminder_days="soon")
    response = client.post(workshop_page(workshop), fields)
    assert response.status_code == 400
    shown = read(response)
    assert SENTENCE in shown.text and shown.field(name="reminder_days").value == "soon"
    assert Workshop.objects.get().reminder_days == "7, 1"
