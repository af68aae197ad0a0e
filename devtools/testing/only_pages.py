"""A page is read through the page reader: `response.text` of a page is an error in tests."""

import pytest
from django.http import HttpResponse


@pytest.fixture(autouse=True)
def pages_are_read(monkeypatch):
    """Refuse the raw HTML of an answer; `devtools.testing.page.read` reads it."""

    def text(response: HttpResponse) -> str:
        kind = response.get("Content-Type", "")
        assert not kind.startswith("text/html"), "Read a page with devtools.testing.page, not by searching its HTML."
        return response.content.decode(response.charset)

    monkeypatch.setattr(HttpResponse, "text", property(text))


@pytest.fixture(autouse=True, scope="session")
def requests_as_served():
    """The client of the tests makes its requests as config/wsgi.py does."""
    from foundation.middleware.readable import PatientRequest

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.client.WSGIRequest", PatientRequest)
        yield
