"""The pages of figures in a browser: axe, light and dark, wide and narrow, and nothing the CSP refuses."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def test_axe_finds_nothing_on_the_pages_of_figures(inspector, sign_in, office, counted_year, hold):
    hold(7)
    sign_in(inspector.page, office)
    inspector.visit("/admin/figures/", "/admin/figures/how/", "/admin/figures/coverage/")
    inspector.page.goto(f"{inspector.page.url.partition('/admin')[0]}/admin/figures/")
    bar = inspector.page.locator(".office-graph rect.rect").first
    assert bar.evaluate("bar => getComputedStyle(bar).fill") != "rgb(0, 0, 0)"
