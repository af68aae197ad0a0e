"""The mail server of the tests does what the tests of delivery count on."""

import smtplib

import pytest
from django.core.mail import send_mail


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
