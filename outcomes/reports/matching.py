"""Say who each line of a report is: by address first, then by name, and never where two people have that name."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from accounts.models import Person
from catalog.models import TeamMember
from outcomes.reports.names import name_key
from outcomes.reports.report import Line, Report, Stay, stay
from registrations.models import Registration
from sessions_app.models import Meeting

# So many lines that are no registrant's can be told apart by eye, and looked up in one query.
MOST_UNMATCHED = 200

NAMED_TWICE = "More than one person here has this name."
TWICE_IN_REPORT = "The report has this name with more than one address."
ALREADY_THERE = "The registrant of this name is in the report by their address already."
WITHOUT_SEAT = "Has no seat in this session."
FACILITATOR, OFFICE, HOST = "Facilitator of this session.", "Of the office.", "Organized the meeting."


@dataclass(frozen=True)
class Match:
    """One line of a report, by its `number` in it, and who that is.

    A `registration` with a seat, found by address or `by_name`; or a `person` with an account and no seat; or neither.
    `note` says what else is known: why nobody was matched, or that the person is no participant.
    """

    number: int
    line: Line
    stay: Stay
    registration: Registration | None = None
    by_name: bool = False
    person: Person | None = None
    note: str = ""
    is_left_out: bool = False


class Roster:
    """The people a line may be: those with a seat, others with a registration, facilitators and the office."""

    def __init__(self, meeting: Meeting) -> None:
        session = meeting.session
        rows = list(Registration.objects.filter(session=session).select_related("person").order_by("-pk"))
        self.seats = {one.person_id: one for one in rows if one.is_registered}
        self.by_address = {one.person.email: one for one in self.seats.values()}
        self.named: dict[str, set[int]] = defaultdict(set)
        for one in rows:
            self.named[name_key(one.person.name)].add(one.person_id)
        self.named.pop("", None)
        # People who lead sessions or work in the office are known by name too, where no registrant has that name.
        self.hosts = {name_key(one.name): FACILITATOR for one in session.facilitators.all()}
        self.office_addresses: set[str] = set()
        team = TeamMember.objects.values_list("name", "email")
        staff = Person.objects.filter(is_staff=True, is_active=True).values_list("name", "email")
        for name, address in [*team, *staff]:
            self.hosts.setdefault(name_key(name), OFFICE)
            self.office_addresses.add(address)
        self.hosts.pop("", None)
        self.office_addresses.discard("")

    def seat_at(self, addresses: Iterable[str]) -> Registration | None:
        return next((self.by_address[one] for one in addresses if one in self.by_address), None)


def match(report: Report, meeting: Meeting) -> tuple[list[Match], int]:
    """Return who each line of `report` is, and how many more lines there are that are nobody's here.

    In the order of the report; of lines that are nobody's, those who were there longest, MOST_UNMATCHED at most. The
    number of queries depends neither on the lines nor on the registrants.
    """
    roster = Roster(meeting)
    whole = [Match(number, line, stay([line], meeting)) for number, line in enumerate(report.lines)]
    found = [replace(one, registration=roster.seat_at(one.line.addresses)) for one in whole]
    rest = [one for one in found if one.registration is None]
    unmatched = _named(rest, roster, {one.registration.pk for one in found if one.registration})
    by_name = [one for one in unmatched if one.registration]
    others = sorted((one for one in unmatched if not one.registration), key=_longest_first)
    known = _with_accounts([*by_name, *others[:MOST_UNMATCHED]])
    matches = sorted([*(one for one in found if one.registration), *known], key=lambda one: one.number)
    return matches, max(0, len(others) - MOST_UNMATCHED)


def _longest_first(one: Match) -> tuple[int, int]:
    return -(one.stay.minutes or 0), one.number


def _named(rest: list[Match], roster: Roster, taken: set[int]) -> list[Match]:
    """Match by name the lines whose address says nothing, with care; `taken` are registrations found by address."""
    keys = {one.number: list(dict.fromkeys(filter(None, map(name_key, one.line.names)))) for one in rest}
    written: dict[str, set[int]] = defaultdict(set)
    for one in rest:
        for key in keys[one.number]:
            written[key].add(one.number)
    return [_by_name(one, keys[one.number], roster, written, taken) for one in rest]


def _by_name(one: Match, keys: list[str], roster: Roster, written: dict[str, set[int]], taken: set[int]) -> Match:
    if roster.office_addresses.intersection(one.line.addresses):
        return replace(one, note=OFFICE, is_left_out=True)
    people = set().union(*(roster.named[key] for key in keys if key in roster.named))
    hosts = [roster.hosts[key] for key in keys if key in roster.hosts]
    if len(people) > 1 or (people and hosts):
        return replace(one, note=NAMED_TWICE)
    if hosts:
        return replace(one, note=hosts[0], is_left_out=True)
    if not people:
        return replace(one, note=HOST, is_left_out=True) if one.line.is_host else one
    seat = roster.seats.get(people.pop())
    if seat is None:
        return replace(one, note=WITHOUT_SEAT)
    if seat.pk in taken:
        return replace(one, note=ALREADY_THERE)
    if any(len(written[key]) > 1 for key in keys if key in roster.named):
        return replace(one, note=TWICE_IN_REPORT)
    return replace(one, registration=seat, by_name=True)


def _with_accounts(matches: list[Match]) -> list[Match]:
    """Return the matches, where an address is that of an account with its person: an account is more than a name."""
    addresses = {address for one in matches for address in one.line.addresses}
    accounts = {one.email: one for one in Person.objects.filter(email__in=addresses, is_active=True)}
    return [_with_account(one, accounts) for one in matches]


def _with_account(one: Match, accounts: dict[str, Person]) -> Match:
    person = next((accounts[address] for address in one.line.addresses if address in accounts), None)
    if person is None:
        return one
    return replace(one, registration=None, by_name=False, person=person, note=one.note or WITHOUT_SEAT)
