"""What is kept in the process, given up before each test."""

import pytest

from foundation.kept import pages, rows


def forget_what_is_kept() -> None:
    """Give up what is kept in this process, so that the next page is made from the database alone."""
    pages.pages.clear()
    rows.kept_rows.clear()


@pytest.fixture(autouse=True)
def nothing_kept():
    """Nothing is kept that an earlier test made with other settings, or from rows that were rolled back."""
    forget_what_is_kept()
