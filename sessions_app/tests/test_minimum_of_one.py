"""A lecture needs one person: it takes that number from its workshop, and no page speaks of six or of more."""

import pytest

from catalog.models import Workshop
from devtools.testing.meter import NOW, unsaved_session
from sessions_app.display.meter import meter
from sessions_app.display.panel import panel

GONE = "If nobody has registered by Friday at 5:00 PM, we cancel it."


def lecture(*args, **fields):
    shown = unsaved_session(*args, **{"minimum": 1, "taken": 0} | fields)
    shown.workshop = Workshop(title="Justice at Work", slug="justice-at-work")
    return shown


@pytest.mark.parametrize(
    ("shown", "heading", "below"),
    [
        (lecture(), "It needs one person", f"It is confirmed as soon as you register. {GONE}"),
        (
            lecture(at_deadline="ask"),
            "It needs one person",
            "It is confirmed as soon as you register. "
            "If nobody has registered by Friday at 5:00 PM, the office decides whether to hold it.",
        ),
        (lecture(taken=1), "One person has registered", "We are confirming it now."),
        (
            lecture(confirm_by=NOW),
            "Being decided today",
            "Nobody registered in time. We write to everyone either way.",
        ),
        (
            lecture("cancelled", cancelled_by_rule=True, cancelled_count=0),
            "This session was cancelled",
            "Nobody had registered by the decision date.",
        ),
        (
            lecture("cancelled", minimum=6, cancelled_by_rule=True, cancelled_count=0),
            "This session was cancelled",
            "Nobody had registered by the decision date, and it needed six.",
        ),
    ],
)
def test_the_panel_speaks_of_one_person(shown, heading, below):
    asked = panel(shown, NOW)
    assert (asked.heading, asked.below) == (heading, below)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (lecture(), "0 of 1 · one person needed by Fri May 10"),
        (lecture(taken=1), "1 of 1 · confirming now"),
        (lecture("draft", confirm_by=None), "Draft · it will need one"),
    ],
)
def test_the_meter_speaks_of_one_person(shown, words):
    said = meter(shown, NOW)
    assert f"{said.lead}{said.text}{said.when}" == words


@pytest.mark.django_db
@pytest.mark.parametrize("listed", [True, False])
def test_a_session_starts_from_the_minimum_of_its_workshop(workshop, make_session, listed):
    workshop.offering, workshop.default_minimum = "lecture", 1
    workshop.save()
    assert make_session(listed=listed).minimum == 1
