"""The page reader reads a page as a person or a screen reader does."""

import pytest
from django.http import HttpResponse, JsonResponse

from devtools.testing.page import Button, Link, Page, read

PAGE = Page(
    """<!doctype html><html lang="en" data-bs-theme="dark"><head><title>Register · Quorum</title></head><body>
<nav aria-label="Main"><a href="/">Home</a> <a href="/my/" aria-label="What you have">My training</a></nav>
<main><div class="q-notices"><div class="q-note" role="status"><p>Saved.</p></div></div>
<h1>Register</h1><p>Four
  of <b>six</b><span class="visually-hidden"> registered</span>, including you.</p><p hidden>Secret</p>
<form method="post" action="/register/"><input type="hidden" name="token" value="x">
<label for="id_email">School email<span>*</span></label>
<input type="email" name="email" id="id_email" value="a@b" aria-describedby="id_email_help id_email_error">
<div id="id_email_help">The one of your school.</div>
<span class="invalid-feedback" id="id_email_error"><strong>That is not a school address.</strong></span>
<fieldset><legend>Role</legend><input type="radio" name="role" value="staff" id="r1"><label for="r1">Staff</label>
<input type="radio" name="role" value="student" id="r2" checked><label for="r2">Student</label></fieldset>
<label><input type="checkbox" name="keep"> Keep this</label>
<select name="unit" aria-label="Department"><option value="">None</option><option value="3" selected>Pediatrics</option>
</select><label for="t">Needs</label><textarea id="t" name="needs">
An &lt;interpreter&gt;.</textarea>
<button name="anyway" value="1">Register anyway</button><input type="submit" value="Go back"></form>
<h2>Past</h2><p>One.</p><h3>May</h3><p>Two.</p><h2>To come</h2><p>Three.</p><!-- a remark -->
<table><caption>People</caption><tr><th>Name</th><th>Unit</th></tr><tr><td>Ada</td><td>North</td></tr></table>
</main></body></html>""",
    status=422,
)


def test_text_is_what_can_be_read_on_one_line():
    assert "Four of six registered, including you." in PAGE.text
    assert "Secret" not in PAGE.text and "· Quorum" not in PAGE.text
    assert (PAGE.title, PAGE.heading(), PAGE.status) == ("Register · Quorum", "Register", 422)
    assert PAGE.headings() == ["Register", "Past", "May", "To come"]


@pytest.mark.parametrize("held", ["Secret", "a remark", "/my/", "a@b", "· Quorum", "visually-hidden", "<interpreter>"])
def test_everything_holds_what_is_not_seen(held):
    assert held in PAGE.everything


def test_links_have_the_names_a_screen_reader_says():
    assert PAGE.links() == [Link("Home", "/"), Link("What you have", "/my/")]
    assert PAGE.link("Home") == "/" and PAGE.addresses == ["/", "/my/"]
    with pytest.raises(LookupError, match="0 links are named 'My training'; there are"):
        PAGE.link("My training")


def test_a_button_says_what_it_sends_and_where():
    assert PAGE.button("Register anyway") == Button("Register anyway", {"anyway": "1"}, "/register/")
    assert PAGE.button_names == ["Register anyway", "Go back"] and "Go back" in PAGE.text


def test_a_field_is_found_by_its_label():
    email = PAGE.field("School email")
    assert (email.name, email.kind, email.value) == ("email", "email", "a@b")
    assert (email.errors, email.help) == (["That is not a school address."], "The one of your school.")
    assert PAGE.field("Needs").value == "An <interpreter>."
    assert PAGE.field("Keep this").value == "" and PAGE.field("Department").value == "3"
    with pytest.raises(LookupError, match="0 fields are called 'Phone'"):
        PAGE.field("Phone")


def test_radio_buttons_are_one_field():
    role = PAGE.field("Role")
    assert (role.name, role.value, role.options) == ("role", "student", {"staff": "Staff", "student": "Student"})


def test_a_form_gives_what_a_browser_would_send():
    form = PAGE.form("Register anyway")
    assert (form.action, form.method) == ("/register/", "post")
    assert form.data == {
        "token": ["x"],
        "email": ["a@b"],
        "role": ["student"],
        "unit": ["3"],
        "needs": ["An <interpreter>."],
    }


def test_a_region_ends_at_the_next_heading_of_its_level():
    assert PAGE.region("Past").text == "Past One. May Two."
    assert PAGE.region("Main").text == "Home My training"
    assert PAGE.region("Role").text == "Role Staff Student"


def test_a_table_gives_its_rows_by_column():
    assert PAGE.table("People").rows == [{"Name": "Ada", "Unit": "North"}]


def test_messages_and_appearance_are_read():
    assert PAGE.messages == ["Saved."]
    assert PAGE.appearance == "dark" and PAGE.is_whole and not Page("<p>One</p>").is_whole


@pytest.mark.parametrize(
    "html", ["<script>x()</script>", "<a onclick='x()'>a</a>", "<a href='javascript:x()'>a</a>", "<p style='x'>a</p>"]
)
def test_inline_code_is_found(html):
    assert len(Page(html).inline_code) == 1
    assert Page(f'<script src="/x.js"></script><p>{html.replace("<", "&lt;")}</p>').inline_code == []


def test_what_is_no_page_is_not_read():
    assert read(HttpResponse("<p>One</p>", status=404)).status == 404
    with pytest.raises(AssertionError, match="no page but application/json"):
        read(JsonResponse({}))
