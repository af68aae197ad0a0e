"""The meetings of a session hold the parts of its workshop: which, in what order, and what its pages say."""

from dataclasses import replace

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Part, PartPlan, Workshop
from devtools.testing.cast import weekly
from devtools.testing.changing import shifted
from devtools.testing.page import read
from foundation.kept import pages
from sessions_app.models import Session
from sessions_app.models.numbering import Numbered, numbered

pytestmark = pytest.mark.django_db


def held(session) -> list[str]:
    """Return what each meeting holds, in the order of time."""
    return [str(meeting.part or "") for meeting in session.meetings.all()]


def divide(workshop, *titles, by) -> None:
    """Give the workshop parts of these titles; those it has by a title keep their rows."""
    there = {part.title: part for part in workshop.parts.all()}
    Part.objects.divide(workshop, [PartPlan(title, 90, there.get(title)) for title in titles], by=by)


# ---- scheduling ----


def test_meetings_hold_the_parts_in_the_order_of_time(divided, office, now):
    draft = Session.objects.schedule(divided, list(reversed(weekly(2))), by=office, now=now)
    assert held(draft) == ["Identity and Power", "Strategies"]


def test_a_further_meeting_holds_no_part(divided, make_session):
    assert held(make_session(meetings=weekly(3), minimum=1)) == ["Identity and Power", "Strategies", ""]


def test_fewer_meetings_than_parts_are_not_published(divided, make_session, office, now):
    draft = make_session(meetings=weekly(1), published=False)
    with pytest.raises(Session.Incomplete) as refused:
        draft.publish(by=office, now=now)
    assert str(refused.value) == (
        "The workshop “Bystander Interventions” has two parts, and this session has one meeting. "
        "Add a meeting for “Strategies”."
    )
    assert Session.objects.get().status == "draft"


def test_a_draft_follows_a_change_of_the_parts(divided, make_session, office):
    draft = make_session(meetings=weekly(2), published=False)
    divide(divided, "Strategies", "Practice", by=office)
    assert held(draft) == ["Strategies", "Practice"]
    divide(divided, by=office)
    assert held(draft) == ["", ""]


def test_a_published_session_keeps_the_parts_it_has(in_two_parts, office):
    divide(in_two_parts.workshop, "Strategies", "Practice", "Identity and Power", by=office)
    assert held(in_two_parts) == ["Identity and Power", "Strategies"]


def test_publishing_gives_the_parts_as_they_are_then(workshop, make_session, office, now):
    """Also a draft that the release before this one had made, which knows of no parts."""
    draft = make_session(meetings=weekly(2), published=False)
    divide(workshop, "Identity", "Strategies", by=office)
    draft.meetings.update(part=None)
    draft.publish(by=office, now=now)
    assert held(draft) == ["Identity", "Strategies"]


def test_a_workshop_without_parts_is_published_as_ever(make_session):
    assert held(make_session(meetings=weekly(2))) == ["", ""]


# ---- changes that people know of ----


def test_a_part_stays_with_its_meeting_when_it_moves_behind_another(in_two_parts, office, now):
    first = in_two_parts.meetings.first()
    in_two_parts.reschedule({first: shifted(first, days=10)}, by=office, now=now)
    assert held(in_two_parts) == ["Strategies", "Identity and Power"]
    assert [one.words for one in in_two_parts.part_numbers().values()] == ["part 2 of 2", "part 1 of 2"]


def test_the_parts_of_two_meetings_change_places(in_two_parts, office, now):
    one, two = in_two_parts.meetings.all()
    in_two_parts.assign_parts({one: two.part, two: one.part}, by=office, now=now)
    assert held(in_two_parts) == ["Strategies", "Identity and Power"]
    said = LogEntry.objects.filter(content_type__model="session").latest("pk").get_change_message()
    assert "from Identity and Power to Strategies." in said and "from Strategies to Identity and Power." in said


def test_a_part_is_not_held_twice(in_two_parts, office, now):
    one, two = in_two_parts.meetings.all()
    with pytest.raises(Session.Refused, match="Another meeting of this session holds “Strategies”."):
        in_two_parts.assign_parts({one: two.part}, by=office, now=now)
    with pytest.raises(Session.Refused, match="Another meeting of this session holds “Strategies”."):
        in_two_parts.add_meeting(replace(weekly(1, days=40)[0], part=two.part), office, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        in_two_parts.meetings.filter(pk=one.pk).update(part=two.part)


def test_a_part_of_another_workshop_is_refused(in_two_parts, office, now):
    other = Workshop.objects.create(title="Other", slug="other")
    divide(other, "Theirs", "Also theirs", by=office)
    with pytest.raises(Session.Refused, match="“Theirs” is a part of another workshop."):
        in_two_parts.assign_parts({in_two_parts.meetings.first(): other.parts.first()}, by=office, now=now)


def test_a_part_that_was_cancelled_is_held_in_a_meeting_added_for_it(in_two_parts, office, now):
    first = in_two_parts.meetings.first()
    in_two_parts.cancel_meeting(first, "Snow.", by=office, now=now)
    again = replace(weekly(1, days=40)[0], part=first.part)
    in_two_parts.add_meeting(again, by=office, now=now)
    assert held(in_two_parts) == ["Strategies", "Identity and Power"]
    assert sorted(one.heading for one in in_two_parts.part_numbers().values()) == [
        "Part 1 of 2: Identity and Power",
        "Part 1 of 2: Identity and Power",
        "Part 2 of 2: Strategies",
    ]


# ---- numbers ----


def test_meetings_are_numbered_in_time_where_there_are_no_parts():
    assert numbered([(7, None, None, None), (5, None, None, None)]) == {7: (1, 2, ""), 5: (2, 2, "")}


def test_parts_are_numbered_in_the_order_of_the_workshop():
    rows = [(7, 2, 5, "Strategies"), (5, 1, 3, "Identity"), (9, None, None, None)]
    assert numbered(rows) == {7: (2, 2, "Strategies"), 5: (1, 2, "Identity"), 9: (1, 1, "")}
    assert [Numbered(2, 2, "Strategies").short_heading, Numbered(1, 1, "Identity").short_heading] == [
        "Part 2: Strategies",
        "Identity",
    ]
    assert [Numbered(2, 2, "Strategies").heading, Numbered(1, 2).heading, Numbered().heading] == [
        "Part 2 of 2: Strategies",
        "Part 1 of 2",
        "",
    ]


# ---- the page ----


def page_of(client, session):
    return read(client.get(session.get_absolute_url()))


def test_the_page_names_the_part_of_each_meeting_and_the_whole_length(client, in_two_parts):
    page = page_of(client, in_two_parts)
    assert "Two parts, taken together" in page.text
    assert [one.text for one in page.parts(".q-meetings b")] == [
        "Part 1: Identity and Power",
        "Part 2: Strategies",
    ]
    assert "Length 3 hours in two parts" in page.text


def test_the_page_shows_objectives_under_their_part(client, in_two_parts):
    one, two = in_two_parts.workshop.parts.all()
    for part, text in ((two, "Step in"), (None, "Say why it matters"), (one, "Name your identities")):
        in_two_parts.workshop.objectives.create(part=part, text=text)
    region = page_of(client, in_two_parts).region("What you will be able to do")
    assert [one.text for one in region.parts("h3, li")] == [
        "Say why it matters",
        "Part 1: Identity and Power",
        "Name your identities",
        "Part 2: Strategies",
        "Step in",
    ]


def test_a_cancelled_part_is_gone_from_the_page_and_the_other_keeps_its_number(client, in_two_parts, office, now):
    in_two_parts.cancel_meeting(in_two_parts.meetings.first(), "Snow.", by=office, now=now)
    page = page_of(client, in_two_parts)
    assert [one.text for one in page.parts(".q-meetings b")] == ["Part 2: Strategies"]
    assert "Length 90 minutes" in page.text


def test_a_session_of_meetings_without_parts_says_its_whole_length(client, make_session):
    page = page_of(client, make_session(meetings=weekly(2)))
    assert "Two meetings, taken together" in page.text and "Length 3 hours in two meetings" in page.text
    assert page.parts(".q-meetings b") == []


def test_parts_cost_a_session_page_no_query(client, in_two_parts, django_assert_num_queries):
    page_of(client, in_two_parts)
    pages.pages.clear()
    with CaptureQueriesContext(connection) as with_parts:
        page_of(client, in_two_parts)
    in_two_parts.meetings.update(part=None)
    with django_assert_num_queries(len(with_parts)):
        page_of(client, in_two_parts)
