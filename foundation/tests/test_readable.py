"""A request that cannot be read is refused with a page, by every page and for everybody (G15)."""

import io
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import Client, RequestFactory

from config.wsgi import application
from devtools.testing.page import read
from foundation.middleware.readable import MOST_TEXT

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
PAGES = ["/", "/accounts/login/", "/admin/", "/healthz", "/nowhere/"]
SENTENCE = "Something in the address or the form is not as it should be. Go back and try again."
CHARSETS = [
    *("base64", "hex", "zlib", "bz2", "rot13", "uu", "quopri", "idna", "punycode", "undefined", "unicode_escape"),
    *(
        "raw_unicode_escape",
        "utf-7",
        "utf-16",
        "utf-32",
        "cp037",
        "iso-8859-1",
        "mbcs",
        "oem",
        "x-unknown",
        "é",
        "a\0b",
    ),
    *("", "utf-8-sig", "x" * 10_000),
]
BODY = "email=a%40example.edu"


@pytest.fixture
def served() -> Iterator[Callable]:
    """served(method, path, body, **environ) is the status and the text that gunicorn would be given."""

    def ask(method: str, path: str, body: str = "", **environ) -> tuple[int, str]:
        made, answer = RequestFactory().generic(method, path, body).environ, []
        parts = application(made | environ, lambda status, headers: answer.append(status))
        return int(answer[0].split()[0]), b"".join(parts).decode()

    # The connection to the database is the test's.
    request_started.disconnect(close_old_connections)
    yield ask
    request_started.connect(close_old_connections)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("charset", CHARSETS, ids=lambda charset: ascii(charset[:12]))
def test_a_charset_that_is_not_utf_8_is_refused(served, charset, method):
    for page in PAGES:
        status, text = served(method, f"{page}?q=a%C3%A9", BODY, CONTENT_TYPE=f'{FORM}; charset="{charset}"')
        assert status == 400 and SENTENCE in text, page


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", "us-ascii"])
def test_utf_8_and_its_part_are_read(client, charset):
    typed = {"data": "email=no+address+%C3%A9", "content_type": f"{FORM}; charset={charset}"}
    assert read(client.post("/accounts/login/", **typed)).field(name="email").value == "no address é"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain; a*=nonsense''x",
        "text/plain; charset*=undefined''utf-8",
        "text/plain; charset*=idna''%FF",
        "text/plain; charset*=a\0b''x",
        "text/plain; charset*0=utf; charset*1=-16",
        "multipart/form-data; boundary=\"a\"; b*=nonsense''x",
    ],
)
def test_a_content_type_nobody_can_parse_is_refused(served, content_type):
    for page in PAGES:
        status, text = served("POST", page, BODY, CONTENT_TYPE=content_type)
        assert status == 400 and SENTENCE in text, page


@pytest.mark.parametrize("raw", ["q=%FF", "%FF=1", "q=%ED%A0%80", "q=%C0%80", "q=%F8%88%80%80%80", "q=\xff"])
def test_a_query_that_is_not_utf_8_is_refused(served, raw):
    for page in PAGES:
        status, text = served("GET", page, QUERY_STRING=raw)
        assert status == 400 and SENTENCE in text, page


@pytest.mark.parametrize("data", [b"email=%FF", b"%FF=1", b"email=\xff", b"email=%ED%A0%80"])
def test_a_form_that_is_not_utf_8_is_refused(client, data):
    assert client.post("/accounts/login/", data, content_type=FORM).status_code == 400


@pytest.mark.parametrize("length", ["x", "-1", "", "9" * 5000, "1.5", "²"])
def test_a_wrong_length_is_no_error_of_ours(served, length):
    status, _ = served("POST", "/accounts/login/", BODY, CONTENT_TYPE=FORM, CONTENT_LENGTH=length)
    assert status < 500


def multipart(*lines: str) -> bytes:
    return "\r\n".join(lines).encode("latin-1")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=é", b"x"),
        (f"multipart/form-data; boundary={'b' * 300}", b"x"),
        ("multipart/form-data; boundary=b", b"x"),
        ("multipart/form-data; boundary=b", multipart("--b", 'Content-Disposition: form-data; name="email"', "", "a")),
        (
            "multipart/form-data; boundary=b",
            multipart("--b", "Content-Disposition: form-data; name*=undefined''x", "", "a", "--b--"),
        ),
        (
            "multipart/form-data; boundary=b",
            multipart("--b", 'Content-Disposition: form-data; name="email"', "", "\xff", "--b--"),
        ),
        (
            "multipart/form-data; boundary=b",
            multipart(
                *("--b", 'Content-Disposition: form-data; name="f"; filename="f"'),
                *("Content-Transfer-Encoding: base64", "", "abc", "--b--"),
            ),
        ),
    ],
)
def test_broken_multipart_is_no_error_of_ours(client, content_type, body):
    for page in PAGES:
        assert client.post(page, body, content_type=content_type).status_code < 500


def test_more_fields_than_a_form_has_are_refused(served, client):
    many = "&".join(f"a{number}=1" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    for page in PAGES:
        assert served("GET", page, QUERY_STRING=many)[0] == 400
    response = client.post("/accounts/login/", many, content_type=FORM)
    assert response.status_code == 400 and SENTENCE in read(response).text


def test_a_body_larger_than_any_form_is_refused(served):
    longest = {FORM: MOST_TEXT, "text/plain": MOST_TEXT, BOUNDARY: settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
    for kind, most in longest.items():
        assert served("POST", "/accounts/login/", "email=" + "a" * most, CONTENT_TYPE=kind)[0] == 400


BOUNDARY = "multipart/form-data; boundary=b"


def with_part(head: str, content: str) -> bytes:
    return multipart("--b", f"Content-Disposition: form-data; {head}", "", content, "--b--", "")


def test_a_file_is_of_any_bytes_and_the_text_beside_it_is_not(client):
    page = "/accounts/login/"
    assert (
        client.post(page, with_part('name="f"; filename="a.pdf"', "\xff\xfe"), content_type=BOUNDARY).status_code == 422
    )
    assert client.post(page, with_part('name="email"', "\xff\xfe"), content_type=BOUNDARY).status_code == 400
    assert client.post(page, with_part('name="f"; filename="\xff"', ""), content_type=BOUNDARY).status_code == 400


def test_a_file_may_be_larger_than_any_text(client):
    large, page = "a" * (MOST_TEXT + 1), "/accounts/login/"
    file, text = with_part('name="f"; filename="a.pdf"', large), with_part('name="email"', large)
    assert client.post(page, file, content_type=BOUNDARY).status_code == 422
    assert client.post(page, text, content_type=BOUNDARY).status_code == 400


def test_a_body_that_breaks_off_is_refused(served):
    class Broken(io.BytesIO):
        def read(self, *args):
            raise OSError("the connection is gone")

    status, _ = served("POST", "/accounts/login/", BODY, CONTENT_TYPE=FORM, **{"wsgi.input": Broken()})
    assert status == 400


@pytest.mark.parametrize(
    "path", ["/%00", "/workshops/a%00b/", "/admin/notifications/wording/%00/change/", "/admin/%00/"]
)
def test_no_page_has_a_nul_in_its_address(clerk, path):
    assert clerk.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/%FF/", "/workshops/%ED%A0%80/", "/admin/notifications/wording/%FF%FE/change/"])
def test_an_address_in_other_bytes_is_no_error_of_ours(clerk, path):
    assert clerk.get(path).status_code < 500


@pytest.mark.parametrize("name", [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages", "appearance"])
@pytest.mark.parametrize(
    "value", ['"\\000\\000\\000\\000\\000\\000\\000\\000"', '"\\001"', "\xff" * 40, "x" * 4000, '"', "a=b=c", "[", "é"]
)
def test_a_cookie_of_any_make_opens_the_page(served, name, value):
    for page in ("/", "/accounts/login/"):
        assert served("GET", page, HTTP_COOKIE=f"{name}={value}")[0] == 200
    assert served("POST", "/accounts/login/", BODY, CONTENT_TYPE=FORM, HTTP_COOKIE=f"{name}={value}")[0] < 500


@pytest.mark.parametrize("host", ["evil.example", "", "a b", "[", "localhost:x", "localhost:9:9", "é", "a,b", "@"])
def test_a_host_that_is_not_ours_is_refused(served, host):
    for page in PAGES:
        status, text = served("GET", page, HTTP_HOST=host)
        assert status == 400 and SENTENCE in text, page


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_REFERER": "http://["},
        {"HTTP_ORIGIN": "http://["},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_IF_MODIFIED_SINCE": "Mon, 99 Foo 9999999 99:99:99 GMT"},
        {"HTTP_IF_NONE_MATCH": '"'},
        {"HTTP_ACCEPT": ";;;q=x,*/"},
        {"HTTP_ACCEPT_LANGUAGE": "x" * 5000},
        {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://["},
        {"HTTP_HX_TARGET": "%FF", "HTTP_HX_TARGET_URI_AUTOENCODED": "true"},
        {"HTTP_X_FORWARDED_FOR": "nonsense, 999.1.1.1"},
        {"HTTP_RANGE": "bytes=9-1"},
        {"REMOTE_ADDR": ""},
    ],
    ids=lambda header: ",".join(header)[:60],
)
def test_a_header_of_any_make_is_no_error_of_ours(served, header):
    for page in PAGES:
        for method, body in (("GET", ""), ("POST", BODY)):
            assert served(method, page, body, CONTENT_TYPE=FORM, **header)[0] < 500


def test_what_is_refused_is_refused_to_somebody_signed_in(me):
    assert me.get("/my/", CONTENT_TYPE=f"{FORM}; charset=base64").status_code == 400
    assert Client().get("/?q=%FF").status_code == 400
