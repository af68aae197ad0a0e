"""Whatever mail comes in, a forged one never counts and an ordinary answer is read (devtools/testing)."""

import pytest

from devtools.testing.generated_answers import check_generated, memory_kept
from devtools.torture.answers import naively_proven
from notifications.replies import reading


def test_some_hundred_generated_mails_are_read_as_they_are():
    kinds = check_generated(600)
    assert sorted(kinds) == sorted(
        f"{who} {what}" for who in ("forged", "honest") for what in ("answer", "damaged", "report")
    )
    assert min(kinds.values()) > 20


def test_a_header_split_without_its_grammar_lets_forged_mail_count(monkeypatch):
    """The control: these mails would be taken for proven by a reader that splits the header."""
    monkeypatch.setattr(reading, "is_proven", naively_proven)
    with pytest.raises(AssertionError, match="a forged mail counts"):
        check_generated(600)


def test_reading_mail_keeps_no_memory():
    assert memory_kept(200) < 100_000
