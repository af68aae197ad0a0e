"""The parts of a workshop: how they are set, what is refused, and how its page shows them."""

import pytest
from django.contrib.admin.models import LogEntry

from catalog.models import Part, PartPlan, Workshop
from catalog.models.parts import MOST_PARTS, default_minutes, lengths_in_words
from devtools.testing.page import read

pytestmark = pytest.mark.django_db


def titles(workshop) -> list[str]:
    return [part.title for part in workshop.parts.all()]


def plans_of(workshop) -> list[PartPlan]:
    return [PartPlan(part.title, part.minutes, part) for part in workshop.parts.all()]


def test_a_workshop_is_as_long_as_its_parts_together(divided):
    divided.refresh_from_db()
    assert (titles(divided), divided.minutes) == (["Identity and Power", "Strategies"], 180)


def test_parts_change_titles_order_and_length_and_keep_their_rows(divided, office):
    one, two = divided.parts.all()
    new = [PartPlan("Strategies", 120, two), PartPlan("Practice", 60), PartPlan("Identity", 90, one)]
    Part.objects.divide(divided, new, by=office)
    assert titles(divided) == ["Strategies", "Practice", "Identity"]
    assert [part.pk for part in divided.parts.all()][::2] == [two.pk, one.pk]
    assert Workshop.objects.get().minutes == 270
    entry = LogEntry.objects.filter(content_type__model="workshop").latest("pk")
    assert (
        entry.get_change_message() == "Parts: from 1. Identity and Power (90 minutes) 2. Strategies (90 minutes) "
        "to 1. Strategies (2 hours) 2. Practice (1 hour) 3. Identity (90 minutes)."
    )


def test_setting_the_same_parts_again_is_not_on_record(divided, office):
    before = LogEntry.objects.count()
    Part.objects.divide(divided, plans_of(divided), by=office)
    assert LogEntry.objects.count() == before


def test_a_workshop_loses_all_its_parts_and_its_objectives_stay(divided, office):
    divided.objectives.create(text="Notice", part=divided.parts.first())
    Part.objects.divide(divided, [], by=office)
    assert (titles(divided), divided.objectives.get().part) == ([], None)


@pytest.mark.parametrize(
    ("plans", "sentence"),
    [
        ([PartPlan("Alone")], "A workshop has no parts, or two and more."),
        ([PartPlan("Bias"), PartPlan("BIAS ")], "Two parts are called “BIAS ”."),
        ([PartPlan(str(number)) for number in range(MOST_PARTS + 1)], "A workshop has 12 parts at most."),
    ],
)
def test_impossible_parts_are_refused(workshop, office, plans, sentence):
    with pytest.raises(Part.Refused, match=sentence):
        Part.objects.divide(workshop, plans, by=office)
    assert titles(workshop) == []


def test_a_part_that_a_published_session_holds_stays(in_two_parts, office):
    workshop = in_two_parts.workshop
    one, two = workshop.parts.all()
    with pytest.raises(Part.IsHeld, match="A session that is published holds “Strategies”, so it stays."):
        Part.objects.divide(workshop, [PartPlan(one.title, 90, one), PartPlan("Other")], by=office)
    assert titles(workshop) == ["Identity and Power", "Strategies"]
    assert [meeting.part for meeting in in_two_parts.meetings.all()] == [one, two]


def test_a_part_of_a_cancelled_meeting_stays(in_two_parts, office, now):
    one, two = in_two_parts.meetings.all()
    in_two_parts.cancel_meeting(two, "Snow.", by=office, now=now)
    with pytest.raises(Part.IsHeld):
        Part.objects.divide(in_two_parts.workshop, [], by=office)


def test_the_length_is_said_of_each_and_of_all(divided, office):
    assert lengths_in_words([]) == ""
    assert lengths_in_words(divided.parts.all()) == "Two parts, 90 minutes each: 3 hours in all"
    one, two = divided.parts.all()
    one.minutes = 120
    assert lengths_in_words([one, two]) == "Two parts, 3 hours 30 minutes in all"


def test_a_meeting_lasts_as_long_as_its_part_if_nobody_says(divided, office):
    one, two = divided.parts.all()
    two.minutes = 120
    two.save()
    assert [default_minutes(divided, part) for part in (one, two, None)] == [90, 120, 120]
    divided.parts.all().delete()
    assert default_minutes(divided, None) == divided.minutes


def test_the_page_shows_each_part_with_its_objectives(client, divided):
    one, two = divided.parts.all()
    for part, text in ((None, "Say why it matters"), (two, "Step in"), (one, "Name your identities")):
        divided.objectives.create(part=part, text=text)
    page = read(client.get(divided.get_absolute_url()))
    region = page.region("What you will be able to do")
    assert "Two parts, 90 minutes each: 3 hours in all." in page.text and "3 hours ·" in page.text
    assert [one.text for one in region.parts("h3")] == ["Part 1: Identity and Power", "Part 2: Strategies"]
    assert [one.text for one in region.parts("li")] == ["Say why it matters", "Name your identities", "Step in"]


def test_the_page_says_the_length_of_each_part_where_they_differ(client, divided, office):
    one, two = divided.parts.all()
    Part.objects.divide(divided, [PartPlan("A", 60, one), PartPlan("B", 120, two)], by=office)
    page = read(client.get(divided.get_absolute_url()))
    assert "Two parts, 3 hours in all. Part 1: A 1 hour Part 2: B 2 hours" in page.text


def test_a_workshop_without_parts_says_nothing_of_parts(client, workshop):
    workshop.objectives.create(text="Notice")
    page = read(client.get(workshop.get_absolute_url()))
    assert page.parts(".q-prose h3") == [] and "parts" not in page.text
