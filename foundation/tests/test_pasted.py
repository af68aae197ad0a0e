"""Addresses are read out of whatever people paste, and nothing is dropped unsaid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.values.pasted import read_addresses

A, B, C = "ada@example.edu", "bo@example.edu", "cy@example.edu"


@pytest.mark.parametrize(
    "text",
    [
        f"{A},{B},{C}",
        f"{A}; {B} ;{C};",
        f"{A}\n{B}\r\n\n{C}\n",
        f"{A} {B}\t{C}",
        f"  {A} ,, {B} ;; {C} . ",
        f"Ada Park <{A}>, Bo <{B}>, <{C}>",
        f"Park, Ada <{A}>; Li, Bo <{B}>; {C}",
        f'"Park, Ada; MD" <{A}>, "{B}" <{B}>, \'{C}\' <{C}>',
        f"{A}, Bo Li <{B}>\nCy <{C}>",
        f"{A}, {B} <{C}>",
        f"Ada Park\n <{A}>\nBo <{B}>; {C}",
        f"mailto:{A}; <mailto:{B}>; MAILTO:cy%40example.edu?subject=Hi%20there",
        f"Ada Park {A}\nBo\t{B}\nDr. Cy Ng {C}",
        f"• {A}\n- {B}\n* {C}",
        f"{A} (Ada), {B} (Pediatrics), {C}",
        f"ADA@Example.EDU, {A}, {B}, bo@EXAMPLE.edu, {C}, {C}",
        "ada @ example.edu; bo@ example.edu; cy @example.edu",
        f"\ufeff{A}\u200b,\u00a0{B}，{C}；",
        f"Ada <{A}, Bo <{B}, Cy <{C}",
    ],
)
def test_any_usual_form_is_read(text):
    assert read_addresses(text) == ([A, B, C], [])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (f"{A}, bo", ["bo"]),
        (f"Bo Li\n{A}", ["Bo Li"]),
        (f"{A} bo", ["bo"]),
        (f"{A}, bo.example.edu", ["bo.example.edu"]),
        (f"bo@, {A}", ["bo@"]),
        (f"@example.edu, {A}", ["@example.edu"]),
        (f"bo@@example.edu; {A}", ["bo@@example.edu"]),
        (f"bo@example; {A}", ["bo@example"]),
        (f"bö@example.edu; {A}", ["bö@example.edu"]),
        (f"{'b' * 250}@example.edu; {A}", [f"{'b' * 250}@example.edu"]),
        (f"Bo <bo>; {A}", ["bo"]),
        (f"Bo <>; {A}", ["<>"]),
    ],
)
def test_what_is_no_address_is_named(text, wrong):
    assert read_addresses(text) == ([A], wrong)


def test_nothing_pasted_holds_nothing():
    assert read_addresses(" ,;\n . <\u200b ") == ([], [])


@given(st.text(max_size=400))
def test_no_text_breaks_it_and_addresses_come_once(text):
    found = read_addresses(text)
    assert len(set(found.addresses)) == len(found.addresses)
    assert all("@" in address and address == address.lower() for address in found.addresses)
