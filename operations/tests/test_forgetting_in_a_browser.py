"""The pages of forgetting in a real browser: axe, narrow and wide, light and dark, and the way to being erased."""

import pytest

from accounts.models import Person
from operations.models import LegalHold
from registrations.models import Registration


@pytest.fixture
def with_a_seat(transactional_db, person, make_session, office, now):
    """A person with a seat in a session to come, and a hold on somebody else."""
    Registration.objects.register(person, make_session(), now=now)
    LegalHold.objects.place(office, "Case 7.", by=office, now=now)
    return person


def test_a_person_reads_what_is_kept_and_is_erased(inspector, with_a_seat, sign_in, office):
    inspector.visit("/privacy/")
    sign_in(inspector.page, office)
    holds = f"/admin/operations/legalhold/{LegalHold.objects.get().pk}/change/"
    inspector.visit("/admin/operations/legalhold/", "/admin/operations/legalhold/add/", holds)
    inspector.visit(f"/admin/accounts/person/{with_a_seat.pk}/delete/", "/my/data/erasure/")
    inspector.page.context.clear_cookies()
    sign_in(inspector.page, with_a_seat)
    inspector.visit("/my/data/", "/my/data/erasure/")
    inspector.page.get_by_role("button", name="Erase me").click()
    inspector.page.get_by_text("You are erased here.").wait_for()
    assert Person.objects.get(pk=with_a_seat.pk).erased_at
