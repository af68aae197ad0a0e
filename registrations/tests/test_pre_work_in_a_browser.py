"""axe on the page of pre-work before and after its button; and the button on a phone."""

import pytest
from django.core.cache import cache

from registrations.models import Registration

PRE_WORK = "Fifteen minutes. Read the [introduction](https://example.edu/intro), then:\n\n- note an example\n- bring it"


@pytest.fixture
def to_prepare(transactional_db, person, workshop, make_session, now) -> Registration:
    cache.clear()  # the throttles; they outlive a test that commits
    workshop.pre_work = PRE_WORK
    workshop.save()
    return Registration.objects.register(person, make_session(), now=now)


def test_axe_finds_nothing_on_the_pages_of_pre_work(inspector, sign_in, to_prepare):
    own = to_prepare.get_absolute_url()
    sign_in(inspector.page, to_prepare.person)
    inspector.visit(own, f"{own}pre-work/")
    to_prepare.finish_pre_work()
    inspector.visit(own, f"{own}pre-work/")


def test_only_the_button_says_that_it_is_read(live_server, browser_page, sign_in, to_prepare):
    browser_page.set_viewport_size({"width": 390, "height": 844})
    sign_in(browser_page, to_prepare.person)
    browser_page.goto(f"{live_server.url}{to_prepare.get_absolute_url()}pre-work/")
    to_prepare.refresh_from_db()
    assert to_prepare.pre_work_done_at is None
    browser_page.get_by_role("button", name="I have read it").dblclick()
    browser_page.wait_for_url(f"**{to_prepare.get_absolute_url()}")
    assert "Read on " in browser_page.get_by_role("main").inner_text()
    to_prepare.refresh_from_db()
    assert to_prepare.pre_work_done_at is not None
