"""The mail server and the browser of the tests do what the tests count on."""

import smtplib

import pytest
from django.core.mail import send_mail

from devtools.testing.browser import Inspector

FAULTY = """<!doctype html><html lang="en"><title>Faulty</title><meta name="color-scheme" content="light dark"><style>
html { background: light-dark(#222, #111); color: #fff }
p { width: 800px; color: light-dark(#fff, #444); transition: color 20s }
</style><main><h1>Six</h1><p>You are the sixth.</main>"""


def send(to: str) -> None:
    send_mail("Six", "You are the sixth.", "training@example.edu", [to])


def test_the_sink_keeps_what_it_takes(smtp_sink):
    send("ann@example.edu")
    (one,) = smtp_sink.wait_for(1)
    assert (one.sender, one.recipients) == ("training@example.edu", ["ann@example.edu"])
    assert one.message["Subject"] == "Six"
    assert one.message.get_content().strip() == "You are the sixth."
    assert b"\r\n\r\nYou are the sixth." in one.raw


@pytest.mark.parametrize(
    ("order", "code"),
    [({"refused": {"ann@example.edu"}}, 550), ({"deferred": {"ann@example.edu"}}, 451), ({"busy": 1}, 451)],
)
def test_the_sink_refuses_what_it_is_told_to(smtp_sink, order, code):
    for name, value in order.items():
        setattr(smtp_sink, name, value)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        send("ann@example.edu")
    assert refusal.value.recipients["ann@example.edu"][0] == code
    send("ben@example.edu")
    assert len(smtp_sink.received) == 1


def test_the_sink_can_take_a_message_and_hang_up(smtp_sink):
    smtp_sink.drops = 1
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send("ann@example.edu")
    send("ann@example.edu")
    assert len(smtp_sink.to("ann@example.edu")) == 2


def test_what_is_wrong_in_one_width_or_one_scheme_is_found_in_two_looks(browser):
    page = browser.new_page()
    page.set_content(FAULTY)
    inspector = Inspector("", page)
    inspector.look("page")
    assert inspector.found == {"page (390 px, dark)": ["color-contrast", "scrolls sideways"]}
    inspector.look("page")
    page.close()
    assert inspector.found == {
        "page (1280 px, dark)": ["color-contrast"],
        "page (390 px, light)": ["scrolls sideways"],
        "page (390 px, dark)": ["color-contrast", "scrolls sideways"],
    }


def test_what_drives_a_browser_can_be_left_out(request):
    unmarked = [
        item.nodeid
        for item in request.session.items
        if item.path.name.endswith("in_a_browser.py") and not item.get_closest_marker("browser")
    ]
    assert unmarked == []
