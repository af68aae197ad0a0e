"""Whatever people are called and sessions are titled, three readers read what was written."""

from devtools.testing.generated import try_generated


def test_a_hundred_generated_meetings_are_read_alike_by_three_readers():
    assert try_generated(100) == 400
