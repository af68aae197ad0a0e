"""The inbox page of a demo opens to people who are not signed in: their code is in it."""

import pytest
from django.core.mail import EmailMessage
from django_mail_preview.backends import EmailBackend

from devtools.testing.page import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(client, settings, tmp_path):
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "django_mail_preview.backends.EmailBackend"
    settings.MAIL_PREVIEW_ROOT = tmp_path
    EmailBackend().send_messages([EmailMessage("482 915 is your Quorum code", "It works once.", to=["a@example.edu"])])
    return client


def test_the_inbox_opens_to_somebody_signed_out(inbox):
    assert "482 915 is your Quorum code" in read(inbox.get("/__mail__/")).text
    newest = inbox.get("/__mail__/sent/latest/").json()["latest"]
    assert "It works once." in inbox.get(f"/__mail__/sent/{newest}/eml/").text


def test_there_is_no_inbox_without_debug(inbox, settings):
    settings.DEBUG = False
    assert inbox.get("/__mail__/").status_code == 404
