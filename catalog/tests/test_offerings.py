"""What kind of thing a workshop is, and what follows from that."""

import pytest

from catalog.models import Offering, Workshop
from catalog.offerings import SAYS


def test_every_kind_says_something():
    assert set(SAYS) == set(Offering)


def test_a_lecture_needs_one_person_and_asks_no_team():
    lecture = Workshop(offering=Offering.LECTURE)
    assert lecture.says.minimum == 1 and not lecture.asks_teams
    assert all(Workshop(offering=kind).says.minimum == 6 for kind in Offering if kind != Offering.LECTURE)
    assert all(Workshop(offering=kind).asks_teams for kind in Offering if kind != Offering.LECTURE)


@pytest.mark.parametrize(("name", "words"), [("", "Dialogue"), ("change chat", "Change chat")])
def test_the_offices_own_name_of_a_kind_comes_first(name, words):
    assert Workshop(offering=Offering.DIALOGUE, offering_name=name).offering_words == words


def test_only_a_training_without_a_name_of_its_own_is_plain():
    assert Workshop().is_plain_training
    assert (
        not Workshop(offering_name="seminar").is_plain_training and not Workshop(offering="debrief").is_plain_training
    )
