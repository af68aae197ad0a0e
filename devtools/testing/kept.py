"""What is kept in the process, given up before each test."""

import pytest

from foundation.kept import pages


@pytest.fixture(autouse=True)
def nothing_kept():
    """Nothing is kept that an earlier test made with other settings, or from rows that were rolled back."""
    pages.pages.clear()
