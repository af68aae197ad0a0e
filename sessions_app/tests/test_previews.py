"""The card that chat programs show of a link: the workshop, the date and the count, of some links nothing; no names."""

import pytest
from django.conf import settings

from devtools.testing.page import read
from devtools.testing.registering import day_of, join
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


def card_of(client, address: str) -> dict[str, str | None]:
    """Return what the page at `address` says for a card, by the name of each property."""
    tags = read(client.get(address)).parts("meta[property^='og:']")
    return {str(tag.attribute("property")): tag.attribute("content") for tag in tags}


def test_a_session_shows_what_and_when_and_how_many(client, session, people):
    join(session, people(4))
    card = card_of(client, session.get_absolute_url())
    assert card["og:title"] == f"Bystander Interventions, {day_of(session).replace(',', '')}"
    assert card["og:description"].startswith(
        "Noon–1:30 PM, Central time · Online · 4 of 6 registered · 2 more to confirm"
    )
    assert card["og:url"] == f"{settings.SITE_URL}{session.get_absolute_url()}"
    assert card["og:site_name"] == settings.OFFICE_NAME


def test_a_card_says_the_same_to_the_person_who_is_in_it(client, me, mine, session):
    own, theirs = card_of(me, session.get_absolute_url()), card_of(type(client)(), session.get_absolute_url())
    assert own == theirs and "you" not in own["og:description"].lower().split()


def test_a_card_names_nobody(client, session, people):
    everybody = people(4)
    join(session, everybody)
    said = " ".join(map(str, card_of(client, session.get_absolute_url()).values()))
    assert not [person for person in everybody if person.name in said or person.email in said]


@pytest.mark.parametrize("how", ["not listed", "asked for"])
def test_a_neutral_card_gives_nothing_away(client, session, how):
    if how == "not listed":
        Session.objects.update(listed=False)
    address = session.get_absolute_url() + ("?neutral" if how == "asked for" else "")
    card = card_of(client, address)
    words = "Open the link to see what it is about and when."
    assert (card["og:title"], card["og:description"]) == ("Training session", words)
    assert "og:url" not in card and session.workshop.title not in str(card)
    (robots,) = read(client.get(address)).parts("meta[name='robots']")
    assert robots.attribute("content") == "noindex"


def test_a_listed_session_may_be_found(client, session):
    assert read(client.get(session.get_absolute_url())).parts("meta[name='robots']") == []


def test_a_workshop_shows_its_sentence_and_its_dates(client, workshop, make_session):
    assert card_of(client, workshop.get_absolute_url())["og:description"].endswith("No dates yet")
    make_session(), make_session(days=20)
    card = card_of(client, workshop.get_absolute_url())
    assert card["og:title"] == workshop.title
    assert card["og:description"].startswith(f"{workshop.summary} · 2 dates from ".removeprefix(" · "))


def test_what_was_typed_into_a_title_stays_text(client, session, workshop):
    workshop.title = '"><script>x</script>'
    workshop.save()
    page = read(client.get(session.get_absolute_url()))
    assert page.parts("script:not([src])") == []
    assert card_of(client, session.get_absolute_url())["og:title"].startswith('"><script>x</script>, ')
