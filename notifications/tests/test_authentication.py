"""Only what our own mail server itself says proves a sender, whatever the sender had it repeat (RFC 8601)."""

from functools import partial

import pytest

from devtools.testing.cost import costs_at_most
from notifications.replies.authentication import LONGEST, TOPMOST_UNNAMED, is_proven, parse
from notifications.replies.structured import split_at, unquoted, without_comments

OURS = "mx.example.edu"
SAYS_PASS = "dmarc=pass header.from=example.edu"
EXCHANGE_ONLINE = (
    "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.edu; dkim=pass (signature was verified) "
    "header.d=example.edu;dmarc=pass action=none header.from=example.edu;compauth=pass reason=100"
)


@pytest.mark.parametrize(
    "line",
    [
        f"{OURS}; {SAYS_PASS}",
        f"{OURS} 1; {SAYS_PASS}",
        f"(a (nested \\) one)) MX.Example.EDU (and (another)) 1 ();{SAYS_PASS} ;",
        f'"mx.ex\\ample.edu"; {SAYS_PASS}',
        f"{OURS}; dmarc =(y)pass (p=none; sp=none (z)) header(a).(b)from(c)=(d)example.edu(e)",
        f"{OURS}; dmarc/1 = pass header . from = Example.EDU",
        f'{OURS}; dmarc=pass reason="all; is (well" header.from="example.edu" policy.x=y',
        f"{OURS}; dkim=pass header.i=@example.edu header.b=aB/+9x==; spf=pass smtp.mailfrom=a+b=c@x.org; {SAYS_PASS}",
        f'{OURS}; spf=none smtp.mailfrom=<>; spf=pass smtp.mailfrom="a b"@x.example; {SAYS_PASS}',
        f"{OURS}; spf=none smtp.mailfrom=; dmarc=pass action=none header.from=example.edu",
        f'{OURS}; dkim=fail reason="signature (didn\'t) verify" header.d=x.example; DMARC=Pass Header.From=example.edu',
    ],
)
def test_every_way_to_write_a_pass_proves_the_sender(line):
    assert is_proven([line], "example.edu", OURS)


FORGED = [
    # A quoted local part in MAIL FROM, as RFC 5321 section 4.1.2 lets anybody have one.
    f'{OURS}; spf=pass smtp.mailfrom="x; {SAYS_PASS} ("@evil.example; dkim=none; dmarc=fail header.from=example.edu',
    f'{OURS}; dkim=none; spf=pass smtp.mailfrom="x) ; {SAYS_PASS}"@evil.example',
    f'{OURS}; spf=pass smtp.mailfrom="x\\" ; {SAYS_PASS} ; y=z z.z=\\""@evil.example',
    # The same, by a server that repeats it without its quotation marks.
    f"{OURS}; spf=pass smtp.mailfrom=x; {SAYS_PASS} (@evil.example; dkim=none; dmarc=fail header.from=example.edu",
    f"{OURS}; spf=pass smtp.mailfrom=x; {SAYS_PASS} ; y=@evil.example; dmarc=fail header.from=example.edu",
    f"{OURS}; spf=pass smtp.mailfrom=x; {SAYS_PASS} ; y=z z.z=@evil.example; dmarc=fail header.from=example.edu",
    f"{OURS}; dmarc=fail header.from=example.edu; spf=pass smtp.mailfrom=x; {SAYS_PASS}",
    f"{OURS}; {SAYS_PASS}; dmarc / 1 = fail header.from=example.edu",
    f"{OURS}; {SAYS_PASS}; spf=pass (dmarc=fail)",
    f'{OURS}; {SAYS_PASS}; spf=pass smtp.mailfrom="DMARC = fail"@x.example',
    f"{OURS}; spf=pass smtp.mailfrom=x; {SAYS_PASS} (@evil.example",
    f"{OURS}; spf=pass smtp.mailfrom=x; {SAYS_PASS} @evil.example",
    f'{OURS}; spf=pass (sender " ) smtp.mailfrom=x; {SAYS_PASS}"',
    f"{OURS}; spf=pass (helo=x\\); {SAYS_PASS}",
    f"{OURS}; x=y (\\); {SAYS_PASS}; z=(",
    # No result of the sender's domain, or none at all.
    f"{OURS}; dmarc=pass header.from=example.edu.evil.example",
    f"{OURS}; dmarc=pass header.from=x@example.edu",
    f"{OURS}; dmarc=pass header.from=evil.example header.from=example.edu",
    f"{OURS}; dmarc=pass header.from=example.edu header.from=evil.example",
    f"{OURS}; dmarc=pass header.from=exam\u200bple.edu",
    f"{OURS}; dmarc=pass header.from=exam\x00ple.edu",
    f"{OURS}; dmarc=pass; spf=pass header.from=example.edu",
    f"{OURS}; dmarc=pass (header.from=example.edu)",
    f"{OURS}; dmarc=pass smtp.mailfrom= header.from=example.edu",
    f"{OURS}; dmarc=passed header.from=example.edu",
    f"{OURS}; x-dmarc=pass header.from=example.edu",
    f"{OURS}; {SAYS_PASS} )",
    f'{OURS}; {SAYS_PASS} "',
    f"{OURS}; {SAYS_PASS}; and so on",
    f"{OURS}; none",
    OURS,
    f"; {SAYS_PASS}",
    f"{OURS}x; {SAYS_PASS}",
    f"x {OURS}; {SAYS_PASS}",
    SAYS_PASS,
    "",
]


@pytest.mark.parametrize("line", FORGED)
def test_what_the_sender_wrote_never_proves_the_sender(line):
    assert not is_proven([line], "example.edu", OURS)
    # A header of the sender's own stands below the one that our server wrote.
    if OURS in line.split(";")[0].split():
        assert not is_proven([line, f"{OURS}; {SAYS_PASS}"], "example.edu", OURS)


def test_below_a_header_that_does_not_parse_nothing_counts():
    assert not is_proven([f'{OURS}; spf=pass smtp.mailfrom="', f"{OURS}; {SAYS_PASS}"], "example.edu", OURS)
    assert is_proven(["mx.relay.example; dmarc=fail", EXCHANGE_ONLINE, f"{OURS}; {SAYS_PASS}"], "example.edu", OURS)


def test_of_a_server_without_a_name_only_the_topmost_header_counts():
    ours = EXCHANGE_ONLINE
    assert is_proven([ours], "example.edu", TOPMOST_UNNAMED)
    assert is_proven([ours], "example.edu", TOPMOST_UNNAMED.upper())
    assert is_proven([ours, ours.replace("dmarc=pass", "dmarc=fail")], "example.edu", TOPMOST_UNNAMED)
    assert not is_proven([ours.replace("dmarc=pass", "dmarc=fail"), ours], "example.edu", TOPMOST_UNNAMED)
    assert not is_proven(["mx.other.example; dmarc=pass header.from=example.edu", ours], "example.edu", TOPMOST_UNNAMED)
    assert not is_proven([f"{TOPMOST_UNNAMED}; {SAYS_PASS}", ours], "example.edu", TOPMOST_UNNAMED)
    assert not is_proven([f"; {SAYS_PASS}", ours], "example.edu", TOPMOST_UNNAMED)
    assert not is_proven([ours], "other.example", TOPMOST_UNNAMED)
    assert not is_proven([ours], "example.edu", OURS)
    assert not is_proven([ours], "example.edu", "")


def test_the_parts_of_a_header_are_told_apart():
    server, results = parse('"a;b"; spf=pass (x; y) smtp.mailfrom="c; \\"d("@e.example; dkim=none') or ("", [])
    assert server == "a;b"
    assert [(one.method, one.value, one.properties) for one in results] == [
        ("spf", "pass", (("smtp.mailfrom", 'c; "d(@e.example'),)),
        ("dkim", "none", ()),
    ]
    assert parse(f"{OURS}; none") == (OURS, [])


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("a (b (c) \\) d) e", "a   e"),
        ('a "(b" c', 'a "(b" c'),
        ('(") a', "  a"),
        ('"a\\"(" (b)', '"a\\"("  '),
        ("(", None),
        (")", None),
        ('a "b', None),
        ("a \\( b", None),
    ],
)
def test_comments_are_found_outside_of_quoted_strings_only(text, outside):
    assert without_comments(text) == outside


def test_pieces_are_split_outside_of_quoted_strings_only():
    assert split_at(";", 'a;"b;\\";c";;d') == ["a", '"b;\\";c"', "", "d"]
    assert split_at(";", "") == [""]
    assert split_at(";", 'a;"b;c') == ["a", '"b;c']
    assert unquoted('a"b\\"c"d') == 'ab"cd'


ENDLESS = ["(", ")", "()", '"', '""', '\\"', ";", "; ", "=", "a=", "a=b;", "a=b c.d=e ", " ", "\\", "dmarc=", "dmarc "]


def take_apart(line: str) -> None:
    """Read ten headers as long as they may be, and this one in each way there is."""
    is_proven([line[: LONGEST - 1]] * 10, "example.edu", OURS)
    without_comments(line)
    unquoted("".join(split_at(";", line)))


@pytest.mark.parametrize("again", ENDLESS)
def test_no_header_takes_long(again):
    for before, behind in [("", ""), ("(", ")"), ('"', '"'), (f"{OURS}; {SAYS_PASS} ", ""), (f"{OURS}; a=b c.d=", "")]:
        line = before + again * (100_000 // len(again)) + behind
        assert costs_at_most(0.3, partial(take_apart, line)), (before, behind)
