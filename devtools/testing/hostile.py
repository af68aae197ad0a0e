"""What people and programs send that forms do not expect: values of fields, query strings, headers, whole bodies."""

import random
from urllib.parse import quote_from_bytes, urlencode

from devtools.testing.generated import some_text

VALUES = ["", " ", "\x00", "a\x00b", "\ufeff", "\u200b", "\u202e", "\u2028", "\r\nX-Two: 2", "\ufffe", "\U000e0001"]
VALUES += ["e" + "\u0301" * 500, "👩🏽‍🔬" * 40, "a" * 300, "a" * 70_000, "%", "%00", "%s", "{0}", "{title}", "{{ 7 }}"]
VALUES += ["<script>alert(1)</script>", '"><b>', "' OR 1=1 --", "$(id)", "../../etc/passwd", "=1+1", "[]"]
VALUES += ["null", "[" * 20_000]
NUMBERS = ["0", "-1", "-0", "1e9", "1_0", "0x1", "NaN", "Infinity", "²", "٣", "１２", "9" * 30, "9" * 5000]
NUMBERS += ["2147483648"]
NUMBERS += ["9223372036854775808", "-9223372036854775809", "0.5", "+1", "1,2", "00000000-0000-0000-0000-000000000000"]
TIMES = ["2027-02-30", "0001-01-01", "9999-12-31", "10000-01-01", "-001-01-01", "5/14/27", "24:00", "23:59:60", "00:00"]
TIMES += ["0001-01-01T00:00", "9999-12-31T23:59", "2027-03-14T02:30", "2027-11-07T01:30", "2027-05-14T12:30+99:00"]
WORDS = ["localtime", "Factory", "America/Chicago\x00", "a@b", '"a b"@example.edu', "a" * 70 + "@example.edu"]
WORDS += ["ä@exämple.edu"]
WORDS += ["a@example.edu\nbcc: b@example.edu", "javascript:alert(1)", "http://[::1", "https://x.example/" + "a" * 3000]
WORDS += ["//evil.example", "/\\evil.example", "http:///", "True", "on", "csv", "desc"]
ALL = [*VALUES, *NUMBERS, *TIMES, *WORDS]
CHARSETS = ["base64", "punycode", "idna", "undefined", "rot13", "utf-7", "utf-16", "latin-1", "nonsense", "hex"]
CHARSETS += ["zlib", ""]
RAW = [b"\xff\xfe", b"\xed\xa0\x80", b"\x80", b"%", b"%zz", b"%ff", b"&" * 50, b"=" * 50, b"a=1&" * 3000, b"\x00", b";"]
LOOKUPS = ["__range", "__regex", "__in", "__isnull", "__gt", "__year", "__startswith", "__id__exact", "__date"]
LOOKUPS += ["__nope"]
HEADERS = {
    "HTTP_ACCEPT_LANGUAGE": ["*", "xx-" * 500, "en;q=NaN", "\x80"],
    "HTTP_COOKIE": ["sessionid=\x80", "a" * 5000, "csrftoken=;sessionid=;;=", 'messages="[[\\"x'],
    "HTTP_X_FORWARDED_FOR": ["", ",,,", "999.999.999.999", "::1%eth0", "a" * 3000, "1.2.3.4, \x80"],
    "HTTP_HOST": ["", "evil.example", "testserver:99999", "[::1", "a" * 300],
    "HTTP_REFERER": ["http://[", "\x80", "javascript:1", "//"],
    "HTTP_ORIGIN": ["null", "http://[", "\x80"],
    "HTTP_IF_MODIFIED_SINCE": ["Thu, 99 Foo 99999 99:99:99 GMT", "0", "Mon, 01 Jan 0001 00:00:00 GMT"],
    "HTTP_IF_NONE_MATCH": ['"', "*", "W/", '"a", b'],
    "HTTP_RANGE": ["bytes=9-1", "bytes=-", "lines=1", "bytes=" + "0-1," * 500],
    "HTTP_X_CSRFTOKEN": ["", "é", "a" * 5000],
    "HTTP_HX_REQUEST": ["true", "1"],
    "HTTP_HX_CURRENT_URL": ["http://[", "\x80"],
    "HTTP_ACCEPT": ["", "text/calendar;q=NaN", "*/*;" * 500],
    "HTTP_ACCEPT_ENCODING": ["gzip;q=NaN", "br" * 900],
    "CONTENT_LENGTH": ["-1", "a", ""],
}


def some_value(chance: random.Random) -> str:
    """Return one value for a field: one that has broken a form before, or generated text without lone surrogates."""
    if chance.random() < 0.7:
        return chance.choice(ALL)
    return some_text(chance, 6).encode("utf-8", "ignore").decode()


def some_query(chance: random.Random, names: list[str]) -> str:
    """Return a query string with up to three of `names`, some with a lookup of the admin behind, some in raw bytes."""
    parts = []
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(names) + (chance.choice(LOOKUPS) if chance.random() < 0.3 else "")
        if chance.random() < 0.15:
            parts.append(f"{name}={quote_from_bytes(chance.choice(RAW))}")
        else:
            parts.append(urlencode({name: some_value(chance)}))
    return "&".join(parts)


def some_headers(chance: random.Random) -> dict[str, str]:
    """Return one or two headers, as WSGI names them."""
    return {name: chance.choice(HEADERS[name]) for name in chance.sample(sorted(HEADERS), chance.randint(1, 2))}


def some_body(chance: random.Random) -> tuple[bytes, str]:
    """Return a body and a Content-Type that do not fit each other, or no reader."""
    kind = chance.choice(["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "application/json"])
    boundary = chance.choice(["", "; boundary=x", "; boundary=", '; boundary="' + "x" * 300 + '"'])
    body = chance.choice(
        [*RAW, b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\na\x00\r\n--x--', b"--x\r\n", b"{"]
    )
    charset = f"; charset={chance.choice(CHARSETS)}" if chance.random() < 0.8 else ""
    return body, f"{kind}{boundary if kind.startswith('multipart') else ''}{charset}"
