"""The parts of a workshop in the admin: typed on its page, and held by the meetings of its sessions."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from catalog.models import Part, PartPlan, Workshop
from devtools.testing.cast import weekly, workday
from devtools.testing.meanwhile import meanwhile
from devtools.testing.office_pages import SCHEDULE, filled_in, once_more, schedule, session_page, workshop_page
from devtools.testing.page import read
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
ADD = "/admin/catalog/workshop/add/"


def rows(*typed) -> dict:
    """Fill in the rows of parts: order, title and length of each."""
    fields = {"parts-TOTAL_FORMS": len(typed), "parts-INITIAL_FORMS": 0}
    for number, row in enumerate(typed):
        names = ("position", "title", "minutes")
        fields |= {f"parts-{number}-{name}": value for name, value in zip(names, row, strict=True)}
    return fields


def save(clerk, workshop, **typed):
    page = workshop_page(workshop)
    return clerk.post(page, filled_in(clerk, page, "workshop_form", **typed))


def titles(workshop) -> list[tuple[str, int]]:
    return [(part.title, part.minutes) for part in workshop.parts.all()]


def decide(clerk, session, name: str, **typed):
    """Fill in the page of a decision and send it."""
    page = reverse(f"admin:sessions_app_session_{name}", args=[session.pk])
    return clerk.post(page, filled_in(clerk, page, "decision_form", **typed))


# ---- the page of the workshop ----


def test_a_workshop_is_made_with_its_parts_in_order(clerk):
    fields = filled_in(clerk, ADD, "workshop_form", title="Understanding Allyship", slug="allyship")
    fields |= rows((2, "Strategies", 120), (1, "Identity and Power", 90), ("", "", 90))
    assert clerk.post(ADD, fields).status_code == 302
    workshop = Workshop.objects.get(slug="allyship")
    assert titles(workshop) == [("Identity and Power", 90), ("Strategies", 120)]
    assert workshop.minutes == 210


def test_an_objective_is_given_to_a_part(clerk, divided):
    two = divided.parts.last()
    assert save(clerk, divided, **{"objectives-0-text": "Step in", "objectives-0-part": two.pk}).status_code == 302
    assert divided.objectives.get().part == two
    said = LogEntry.objects.filter(content_type__model="workshop").latest("pk").get_change_message()
    assert said == "Objectives: from nothing to 1. Step in (Strategies)."


def test_the_objectives_of_a_workshop_without_parts_ask_for_no_part(clerk, workshop):
    assert read(clerk.get(workshop_page(workshop))).parts("[name=objectives-0-part]") == []


def test_a_part_of_another_workshop_is_no_choice_for_an_objective(clerk, divided, office):
    other = Workshop.objects.create(title="Other", slug="other")
    (theirs, _) = Part.objects.divide(other, [PartPlan("Theirs"), PartPlan("Also theirs")], by=office)
    response = save(clerk, divided, **{"objectives-0-text": "Step in", "objectives-0-part": theirs.pk})
    assert response.status_code == 400 and not divided.objectives.exists()


def test_parts_are_renamed_and_put_in_another_order(clerk, divided):
    one, two = divided.parts.all()
    response = save(clerk, divided, **{"parts-0-position": 2, "parts-1-position": 1, "parts-1-title": "Stepping In"})
    assert response.status_code == 302
    assert [(part.pk, part.title) for part in divided.parts.all()] == [(two.pk, "Stepping In"), (one.pk, one.title)]
    entries = LogEntry.objects.filter(content_type__model="workshop", object_id=divided.pk).order_by("pk")
    assert [entry.get_change_message() for entry in entries][1:] == [
        "Parts: from 1. Identity and Power (90 minutes) 2. Strategies (90 minutes) "
        "to 1. Stepping In (90 minutes) 2. Identity and Power (90 minutes)."
    ]


def test_a_single_part_is_refused_with_what_was_typed(clerk, workshop):
    response = save(clerk, workshop, **{"parts-0-title": "Alone"})
    assert response.status_code == 400
    page = read(response)
    assert "A workshop has no parts, or two and more." in page.text
    assert page.form(id="workshop_form").data["parts-0-title"] == ["Alone"]
    assert titles(workshop) == []


def test_a_part_without_a_title_is_refused(clerk, workshop):
    response = save(clerk, workshop, **{"parts-0-title": "One", "parts-1-minutes": 60})
    assert response.status_code == 400 and "Give this part a title." in read(response).text


def test_a_part_that_a_published_session_holds_is_not_deleted(clerk, in_two_parts):
    response = save(clerk, in_two_parts.workshop, **{"parts-1-DELETE": "on", "parts-2-title": "Other"})
    assert response.status_code == 400
    assert "A session that is published holds “Strategies”, so it stays." in read(response).text
    assert len(titles(in_two_parts.workshop)) == 2


def test_a_part_that_only_drafts_hold_is_deleted(clerk, divided, make_session):
    draft = make_session(meetings=weekly(2), published=False)
    assert save(clerk, divided, **{"parts-0-DELETE": "on", "parts-2-title": "Practice"}).status_code == 302
    assert [str(meeting.part) for meeting in draft.meetings.all()] == ["Strategies", "Practice"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_part_published_meanwhile_is_not_deleted(clerk, divided, make_session, office, now):
    """The form was right until a session of the workshop was published, behind its back."""
    draft = make_session(meetings=weekly(2), published=False)
    page = workshop_page(divided)
    fields = filled_in(clerk, page, "workshop_form", **{"parts-1-DELETE": "on", "parts-2-title": "Other"})
    with meanwhile(lambda: draft.publish(by=office, now=now)):
        response = clerk.post(page, fields)
    assert response.status_code == 400
    assert "A session that is published holds “Strategies”, so it stays." in read(response).text
    assert [str(meeting.part) for meeting in draft.meetings.all()] == ["Identity and Power", "Strategies"]


def test_an_objective_of_a_part_that_goes_is_of_the_whole_workshop(clerk, divided):
    one, two = divided.parts.all()
    divided.objectives.create(text="Step in", part=two, position=1)
    typed = {"parts-0-DELETE": "on", "parts-1-DELETE": "on", "objectives-0-text": "Step in, always"}
    assert save(clerk, divided, **typed).status_code == 302
    assert (divided.objectives.get().text, divided.objectives.get().part) == ("Step in, always", None)


def test_the_length_of_a_workshop_with_parts_is_read_only(clerk, divided):
    assert "minutes" not in read(clerk.get(workshop_page(divided))).form(id="workshop_form").data
    assert save(clerk, divided, minutes="15", summary="New").status_code == 302
    divided.refresh_from_db()
    assert (divided.minutes, divided.summary) == (180, "New")


# ---- sessions ----


def test_meetings_without_an_end_last_as_long_as_their_part(clerk, divided, office, wednesday):
    one, two = divided.parts.all()
    Part.objects.divide(divided, [PartPlan("A", 60, one), PartPlan("B", 120, two)], by=office)
    further = {"meetings-TOTAL_FORMS": 1, "meetings-0-day": (wednesday + timedelta(days=7)).isoformat()}
    further |= {"meetings-0-starts": "12:00"}
    response, session = schedule(clerk, divided, wednesday, **further)
    assert response.status_code == 302
    held = [(str(one.part), one.ends_at - one.starts_at) for one in session.meetings.all()]
    assert held == [("A", timedelta(hours=1)), ("B", timedelta(hours=2))]


def test_a_session_with_fewer_meetings_than_parts_stays_a_draft(clerk, divided, wednesday):
    fields = filled_in(clerk, SCHEDULE, "session_form", workshop=divided.pk, day=wednesday, starts="12:00")
    response = once_more(clerk, SCHEDULE, fields | {"_publish": "Publish"}, "Nobody is named who leads it.")
    refused = "Saved as a draft, not published. The workshop “Bystander Interventions” has two parts"
    assert refused in read(clerk.get(response.url)).text
    assert Session.objects.get().status == "draft"


def test_a_draft_that_moves_to_another_workshop_holds_none_of_the_old_parts(clerk, divided, make_session):
    draft = make_session(meetings=weekly(2), published=False)
    other = Workshop.objects.create(title="Other", slug="other", status="published")
    response = clerk.post(session_page(draft), filled_in(clerk, session_page(draft), "session_form", workshop=other.pk))
    assert response.status_code == 302
    assert [meeting.part for meeting in draft.meetings.all()] == [None, None]


def test_the_office_reads_the_part_of_each_meeting(clerk, in_two_parts):
    page = read(clerk.get(session_page(in_two_parts)))
    assert "Identity and Power: " in page.text and "Strategies: " in page.text


def test_the_parts_of_a_published_session_change_on_a_page_of_their_own(clerk, in_two_parts):
    one, two = in_two_parts.meetings.all()
    swapped = {f"meeting{one.pk}-part": two.part_id, f"meeting{two.pk}-part": one.part_id}
    response = decide(clerk, in_two_parts, "parts", **swapped)
    assert response.status_code == 302
    assert [str(meeting.part) for meeting in in_two_parts.meetings.all()] == ["Strategies", "Identity and Power"]


def test_one_part_in_two_meetings_is_refused_with_a_sentence(clerk, in_two_parts):
    one, two = in_two_parts.meetings.all()
    response = decide(clerk, in_two_parts, "parts", **{f"meeting{one.pk}-part": two.part_id})
    assert response.status_code == 409
    assert "Another meeting of this session holds “Strategies”." in read(response).text


def test_only_sessions_of_a_workshop_with_parts_have_that_page(clerk, session):
    assert "Change the parts" not in read(clerk.get(session_page(session))).text


def test_a_meeting_is_added_for_the_part_that_no_meeting_holds(clerk, in_two_parts, office, now):
    first = in_two_parts.meetings.first()
    in_two_parts.cancel_meeting(first, "Snow.", by=office, now=now)
    assert decide(clerk, in_two_parts, "add-meeting", day=workday(40).isoformat()).status_code == 302
    assert in_two_parts.meetings.last().part == first.part


def test_a_meeting_is_added_without_asking_where_no_part_is_free(clerk, in_two_parts):
    page = reverse("admin:sessions_app_session_add-meeting", args=[in_two_parts.pk])
    assert read(clerk.get(page)).parts("[name=part]") == []
