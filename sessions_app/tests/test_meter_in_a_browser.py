"""The meter in a window as narrow as 320 CSS pixels: all its seats are on one line, inside what holds them."""

import pytest

from devtools.testing.registering import join

WHOLE = """() => [...document.querySelectorAll('.qm')].filter((meter) => meter.offsetParent).map((meter) => {
    const parts = [...meter.querySelectorAll('.qm-dots > *')].map((each) => each.getBoundingClientRect());
    const middles = parts.map((box) => Math.round((box.top + box.bottom) / 2));
    const room = meter.parentElement.getBoundingClientRect();
    return {
        seats: parts.length,
        lines: new Set(middles).size,
        inside: parts.every((box) => box.left >= room.left - 1 && box.right <= Math.min(room.right, innerWidth)),
    };
})"""


@pytest.mark.parametrize("minimum", [6, 12])
def test_the_seats_of_a_meter_stay_on_one_line(transactional_db, live_server, open_page, make_session, people, minimum):
    confirmed, full = make_session(minimum=minimum), make_session(days=20, minimum=minimum, capacity=minimum)
    for session in (confirmed, full):
        join(session, people(minimum))
        session.settle()
    page = open_page(320)
    for session in (confirmed, full):
        page.goto(live_server.url + session.get_absolute_url())
        meters = page.evaluate(WHOLE)
        assert len(meters) >= 2 and all(one["seats"] >= minimum for one in meters)
        assert [one for one in meters if one["lines"] > 1 or not one["inside"]] == []
