"""Somebody has said of each column of words who may read it (G12)."""

from devtools.testing.canaries import CANARIES
from devtools.testing.private_columns import NOT_PRIVATE, PRIVATE, columns_of_words, name_of, private_columns
from devtools.testing.readers import EVERYBODY


def test_every_column_of_words_says_who_may_read_it():
    """A new column belongs into PRIVATE, under those who may read it, or into NOT_PRIVATE with what it is."""
    said = {*private_columns(), *NOT_PRIVATE}
    assert [name for name in map(name_of, columns_of_words()) if not {name, name.rpartition(".")[0]} & said] == []


def test_every_row_of_the_tables_is_of_a_column_that_is_there():
    there = {name_of(column) for column in columns_of_words()}
    assert set(private_columns()) <= there
    left = {name for name in there if name not in private_columns()}
    assert [row for row in NOT_PRIVATE if not any(row in (name, name.rpartition(".")[0]) for name in left)] == []


def test_every_private_column_stands_in_one_group():
    listed = [
        f"{model}.{name}" for group in PRIVATE for model, names in group.columns.items() for name in names.split()
    ]
    assert sorted(listed) == sorted(private_columns())


def test_readers_are_those_who_ask():
    assert {who for readers in CANARIES.values() for who in readers} <= set(EVERYBODY)


def test_no_canary_stands_in_another():
    assert all(word.isalpha() and word.islower() for word in CANARIES)
    assert [(one, other) for one in CANARIES for other in CANARIES if one != other and one in other] == []
