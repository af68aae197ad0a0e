"""The office's own colors: refused unless they can be read, and in a sheet of their own."""

import pytest

from devtools.testing.page import get
from foundation.portal.brand import PINE, PINE_ON_DARK, SCHEMES, problem_with, sheet
from foundation.values.colors import TEXT, contrast


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#0f5147", "#0f5147") == 1


@pytest.mark.parametrize(("name", "color"), [("COLOR", PINE), ("COLOR_ON_DARK", PINE_ON_DARK), ("COLOR", "#003366")])
def test_a_color_that_can_be_read_is_taken(name, color):
    assert problem_with(name, color) == ""


@pytest.mark.parametrize(("name", "color"), [("COLOR", "#ffc24d"), ("COLOR", "#777777"), ("COLOR_ON_DARK", "#0f5147")])
def test_a_color_that_cannot_be_read_is_refused_with_one_that_can(name, color):
    said = problem_with(name, color)
    assert "contrast with" in said and color in said
    would_do = said.rpartition(" ")[2].rstrip(".")
    assert problem_with(name, would_do) == ""
    assert all(contrast(would_do, ground) >= TEXT for ground in SCHEMES[name].grounds.values())


@pytest.mark.parametrize("value", ["", "green", "#fff", "#12345g", "#0f5147;}", "#0f5147\n"])
def test_what_is_no_color_is_refused(value):
    assert "six hexadecimal digits" in problem_with("COLOR", value)


def test_the_sheet_names_both_colors(settings):
    settings.COLOR, settings.COLOR_ON_DARK = "#003366", "#aaccee"
    assert "--q-pine: light-dark(#003366, #aaccee);" in sheet()
    assert all(contrast("#ffffff", one) >= TEXT for one in ("#003366",))


def test_pages_link_the_sheet_only_where_there_are_colors_of_its_own(client, settings, db):
    sheets = "link[href='/colors.css']"
    assert get(client, "/accounts/login/").parts(sheets) == []
    settings.COLOR = "#003366"
    assert len(get(client, "/accounts/login/").parts(sheets)) == 1
    answer = client.get("/colors.css")
    assert answer["Content-Type"] == "text/css; charset=utf-8" and "#003366" in answer.text
