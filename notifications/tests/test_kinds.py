"""Every kind of mail is whole: it stands in the one table, has its templates, and can be shown before it goes."""

from pathlib import Path

import pytest
from django.conf import settings

from notifications import kinds
from notifications.kinds import KINDS
from notifications.models import Notice
from notifications.models.kind import STANDARD_WORDS, Example, Family, Kind
from notifications.models.placeholders import in_words
from notifications.outbox.supersede import is_superseded_by

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "notifications"
WORDED = {"subject.txt", "body.txt", "body.html", "_words.txt"}
NEWS = [kind for kind in KINDS.values() if kind.family is Family.NEWS]


def what_is_missing(kind: Kind) -> set[str]:
    """Return the templates that a kind lacks, and “example” where the office cannot be shown one."""
    there = {path.name for path in (TEMPLATES / kind.name).glob("*")}
    missing = (WORDED if kind.may_be_worded else WORDED - {"_words.txt"}) - there
    return missing | ({"example"} if kind.may_be_worded and kind.example is None else set())


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_kind_has_its_templates_and_an_example(kind):
    assert what_is_missing(kind) == set()


def test_a_kind_without_template_or_example_is_found():
    nothing = Kind("nobody", "Nobody", Family.NEWS, context=lambda notice: {}, example=None)
    assert what_is_missing(nothing) == {*WORDED, "example"}
    assert what_is_missing(Kind("code", "Code", Family.ACCOUNT, context=lambda notice: {}, example=None)) == set()


def test_every_kind_of_every_family_stands_in_the_table_once():
    listed = [kind.name for family in kinds.FAMILIES for kind in family.KINDS]
    defined = [one.name for family in kinds.FAMILIES for one in vars(family).values() if isinstance(one, Kind)]
    assert sorted(listed) == sorted(KINDS)
    assert len(listed) == len(set(listed))
    assert set(defined) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_the_column_has_room_for_its_name_and_its_key(kind):
    assert len(kind.name) <= Notice._meta.get_field("kind").max_length


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_what_the_words_must_hold_is_a_placeholder(kind):
    assert kind.required <= {*in_words(kind), STANDARD_WORDS}


def test_account_mail_is_secret_and_nothing_else_is():
    assert {kind.name for kind in KINDS.values() if kind.is_secret} == {"code", "account", "address_old", "address_new"}


def test_a_kind_knows_by_default_how_it_is_shown():
    assert Kind("nobody", "Nobody", Family.NEWS, context=lambda notice: {}).example == Example()


# ---- what supersedes what, of plain mail about one registration ----


@pytest.mark.parametrize("later", NEWS, ids=lambda kind: kind.name)
def test_any_later_news_takes_the_place_of_how_it_stands(later):
    assert is_superseded_by(KINDS["registered"], later)


@pytest.mark.parametrize("later", NEWS, ids=lambda kind: kind.name)
def test_only_another_change_or_an_ending_takes_the_place_of_a_change(later):
    endings = {"changed", "withdrawn", "cancelled", "waitlist_closed"}
    assert is_superseded_by(KINDS["changed"], later) == (later.name in endings)


@pytest.mark.parametrize("later", NEWS, ids=lambda kind: kind.name)
def test_a_change_takes_the_place_of_no_other_news(later):
    changes = {"changed", "added", "dropped"}
    assert is_superseded_by(KINDS["seat_opened"], later) == (later.name not in changes)
    assert is_superseded_by(KINDS["part_declined"], later) == (later.name not in {*changes, "part_declined"})


@pytest.mark.parametrize("later", [kind for kind in KINDS.values() if kind not in NEWS], ids=lambda kind: kind.name)
def test_what_is_no_news_takes_no_place(later):
    assert not any(is_superseded_by(kind, later) for kind in KINDS.values())
