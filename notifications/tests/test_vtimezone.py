"""What a VTIMEZONE says must be what the tz database says; where two yearly rules cannot say it there must be none."""

import zoneinfo
from bisect import bisect_right
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from icalendar import Timezone

from notifications.calendars.vtimezone import vtimezone

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 12, 31, tzinfo=UTC)


def read_back(time_zone, first=FIRST, last=LAST):
    """Return the VTIMEZONE as a reader of the file sees it, or None."""
    component = vtimezone(time_zone, first, last)
    return component and Timezone.from_ical(component.to_ical())


def steps(component, first_year, last_year):
    """Return the (instant, offset) pairs of these years and the one before, as dateutil reads the written rules."""
    found = []
    for part in component.subcomponents:
        before, after = part["tzoffsetfrom"].td, part["tzoffsetto"].td
        begins = part["dtstart"].dt
        moments = [begins]
        if "rrule" in part:
            rule = part["rrule"].to_ical().decode()
            assert rrulestr(rule, dtstart=begins)[0] == begins, "DTSTART is the first date of its own rule"
            moments = rrulestr(rule, dtstart=begins.replace(year=first_year - 1, month=1, day=1)).between(
                datetime(first_year - 1, 1, 1), datetime(last_year + 1, 1, 1), inc=True
            )
        found += [((moment - before).replace(tzinfo=UTC), after) for moment in moments]
    return sorted(found)


def rules(component):
    """Return {kind: (rule, wall clock, offset before, offset after, name)}."""
    return {
        part.name: (
            part["rrule"].to_ical().decode() if "rrule" in part else "",
            part["dtstart"].dt.strftime("%Y-%m-%d %H:%M"),
            part["tzoffsetfrom"].to_ical(),
            part["tzoffsetto"].to_ical(),
            str(part["tzname"]),
        )
        for part in component.subcomponents
    }


def test_every_zone_is_written_exactly_or_not_at_all():
    written = 0
    probes = [FIRST + timedelta(days=8 * n, hours=5 * n % 24) for n in range(int((LAST - FIRST).days / 8))]
    for name in zoneinfo.available_timezones() - {"localtime", "Factory"}:
        component = read_back(name)
        if component is None:
            continue
        written += 1
        truth = zoneinfo.ZoneInfo(name)
        sequence = steps(component, 2026, 2030)
        instants = [instant for instant, _ in sequence]
        edges = [edge for edge in instants if edge >= FIRST]
        edges += [edge - timedelta(seconds=1) for edge in edges]
        for probe in probes + edges:
            assert sequence[bisect_right(instants, probe) - 1][1] == probe.astimezone(truth).utcoffset(), (name, probe)
    assert written > 550


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "Europe/Paris",
            {
                "DAYLIGHT": ("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "1970-03-29 02:00", "+0100", "+0200", "CEST"),
                "STANDARD": ("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "1970-10-25 03:00", "+0200", "+0100", "CET"),
            },
        ),
        (
            "America/New_York",
            {
                "DAYLIGHT": ("FREQ=YEARLY;BYDAY=2SU;BYMONTH=3", "1970-03-08 02:00", "-0500", "-0400", "EDT"),
                "STANDARD": ("FREQ=YEARLY;BYDAY=1SU;BYMONTH=11", "1970-11-01 02:00", "-0400", "-0500", "EST"),
            },
        ),
        (
            "Australia/Sydney",
            {
                "DAYLIGHT": ("FREQ=YEARLY;BYDAY=1SU;BYMONTH=10", "1970-10-04 02:00", "+1000", "+1100", "AEDT"),
                "STANDARD": ("FREQ=YEARLY;BYDAY=1SU;BYMONTH=4", "1970-04-05 03:00", "+1100", "+1000", "AEST"),
            },
        ),
        (
            "Europe/Dublin",
            {
                "DAYLIGHT": ("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "1970-03-29 01:00", "+0000", "+0100", "IST"),
                "STANDARD": ("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "1970-10-25 02:00", "+0100", "+0000", "GMT"),
            },
        ),
        ("America/Phoenix", {"STANDARD": ("", "1970-01-01 00:00", "-0700", "-0700", "MST")}),
        ("Asia/Kathmandu", {"STANDARD": ("", "1970-01-01 00:00", "+0545", "+0545", "+0545")}),
    ],
)
def test_a_zone_is_two_yearly_rules_or_one_offset(name, expected):
    component = read_back(name)
    assert component["tzid"] == name
    assert rules(component) == expected


@pytest.mark.parametrize("name", ["Africa/Cairo", "Asia/Jerusalem", "America/Nuuk", "America/Santiago", "Asia/Gaza"])
def test_rules_the_simple_form_cannot_say_give_no_vtimezone(name):
    assert vtimezone(name, FIRST, FIRST) is None


@pytest.mark.parametrize("name", ["Africa/Casablanca", "Africa/El_Aaiun"])
def test_ramadan_in_morocco_gives_no_vtimezone(name):
    assert vtimezone(name, FIRST, FIRST) is None


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "Zulu"])
def test_utc_needs_no_vtimezone(name):
    assert vtimezone(name, FIRST, LAST) is None


def test_a_rule_is_refused_for_the_years_in_which_it_was_another():
    # Mexico gave up summer time in 2022.
    last_year_of_two, first_year_of_one = datetime(2022, 12, 1, tzinfo=UTC), datetime(2023, 1, 15, tzinfo=UTC)
    assert vtimezone("America/Mexico_City", last_year_of_two, last_year_of_two) is None
    assert vtimezone("America/Mexico_City", last_year_of_two, first_year_of_one) is None
    assert rules(read_back("America/Mexico_City", first_year_of_one)).keys() == {"STANDARD"}


@pytest.mark.parametrize("year", [1969, 1970, 9999])
def test_years_a_vtimezone_does_not_reach_give_none(year):
    day = datetime(year, 6, 1, tzinfo=UTC)
    assert vtimezone("Europe/Paris", day, day) is None


@pytest.mark.parametrize(
    "name",
    ["", "Europe/Atlantis", "europe/paris", "/Europe/Paris", "../Europe/Paris", "Europe", "right/UTC", "localtime"],
)
def test_an_unknown_zone_is_refused_by_name(name):
    with pytest.raises(ValueError, match="There is no time zone named"):
        vtimezone(name, FIRST, LAST)
