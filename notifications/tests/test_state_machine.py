"""Any order of verbs leaves a session as plain words promise; `dev.py torture machine` runs thousands of orders."""

import pytest
from hypothesis import Phase

from devtools.testing.machine import Cast, run
from registrations import waitlist

pytestmark = pytest.mark.django_db


def test_any_order_of_verbs_leaves_what_the_model_says():
    run(Cast.gather(), examples=25, steps=20, derandomize=True)


def test_without_promotion_the_model_disagrees(monkeypatch):
    monkeypatch.setattr(waitlist, "promote_waiting", lambda session, now: None)
    with pytest.raises(AssertionError):
        run(Cast.gather(), examples=25, steps=20, derandomize=True, phases=[Phase.generate])
