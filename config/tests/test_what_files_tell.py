"""What each file that people take away tells, read as its program reads it: what its reader may know, and no more."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.db.models import F
from openpyxl import Workbook

from accounts.sealed import ACCESS_NEEDS
from devtools.testing.canaries import CANARIES, canaries_in, canaries_of, may_read
from devtools.testing.contents import words_in
from devtools.testing.overhearing import overheard
from outcomes.models import Consent, CreditKind
from sessions_app.models import Meeting, Session

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

ROSTER = "admin/registrations/registration/roster/<int:session_pk>/"
SEAT = "registrations/<uuid:uuid>/invitation.ics"
OWN_SEAT = canaries_of("""
    sessions_app.Meeting: join_link
    notifications.CalendarThread: uid
""")
OF_THE_SEATED = canaries_of("accounts.Person: name email pronouns") | {"canarywaits"}
OF_A_RECORD = canaries_of("outcomes.OutsideActivity: title where")
# Who takes it away, how, and what it tells. The figures name nobody.
FILES = [
    ("office", "post", f"{ROSTER}csv/", OF_THE_SEATED),
    ("office", "post", f"{ROSTER}xlsx/", OF_THE_SEATED),
    ("office", "get", "admin/figures/year.csv", set()),
    ("office", "get", "admin/figures/year.xlsx", set()),
    ("office", "get", "admin/figures/coverage.csv", set()),
    ("office", "get", "admin/figures/coverage.xlsx", set()),
    ("office", "get", "outside-activities/<uuid:uuid>/proof/", canaries_of("outcomes.OutsideProof: content")),
    (
        "office",
        "post",
        "admin/notifications/receivedmail/<int:pk>/mail/",
        canaries_of("notifications.ReceivedMail: raw"),
    ),
    ("owner", "get", "outside-activities/<uuid:uuid>/proof/", canaries_of("outcomes.OutsideProof: content")),
    ("owner", "get", "certificates/<slug:code>/certificate.pdf", canaries_of("outcomes.Certificate: name")),
    ("owner", "get", "my/record.<slug:form>", OF_A_RECORD),
    ("owner", "get", "my/record.pdf", OF_A_RECORD | canaries_of("accounts.Person: name email")),
    ("owner", "get", "resources/<slug:slug>/file/<slug:name>/", canaries_of("library.StoredFile: content")),
    ("owner", "get", SEAT, OWN_SEAT),
    ("visitor", "get", "calendar/<slug:token>.ics", OWN_SEAT),
    ("visitor", "get", "sessions.ics", set()),
    ("visitor", "get", "sessions/<slug:code>/session.ics", set()),
    ("visitor", "get", "workshops/<slug:slug>/sessions.ics", set()),
]


@pytest.mark.parametrize("who, method, route, tells", FILES, ids=[f"{each[0]}-{each[2]}" for each in FILES])
def test_a_file_tells_what_its_reader_may_know_and_no_more(who, method, route, tells, fellow, clients, address):
    at = address(route)
    overheard.take()
    response = getattr(clients[who], method)(at)
    assert response.status_code == 200
    assert canaries_in(words_in(b"".join(response))) == tells
    assert overheard.take() == set()


def test_the_own_export_is_of_its_person_alone(fellow, clients):
    own = {}
    for who in ("owner", "other", "leader", "fellow", "office", "colleague"):
        own[who] = canaries_in(words_in(clients[who].post("/my/data/export/").content))
        assert own[who] <= may_read(who)
    everything_of_theirs = canaries_of("""
        account.EmailAddress: email
        accounts.OtherAddress: email
        accounts.Person: name email pronouns addressed_as
        accounts.SchoolRecord: name unit_words campus_words
        admin.LogEntry: change_message
        notifications.Notice: to subject
        outcomes.AttendanceDispute: words answer
        outcomes.Certificate: name
        outcomes.Consent: sealed_birthday
        outcomes.License: sealed_number
        outcomes.OutsideActivity: title where answer
        outcomes.OutsideProof: content
        registrations.Accommodation: sealed_needs sealed_answer
        registrations.PriorAttendance: note
        sessions_app.SessionRequest: topic why_fewer addresses hopes answer decline_reason
        socialaccount.SocialAccount: uid
    """)
    assert own["owner"] == everything_of_theirs
    of_the_owner = {who: own[who] & everything_of_theirs for who in own if who != "owner"}
    # The office proposed the owner under that address.
    assert of_the_owner.pop("office") == canaries_of("accounts.Person: email")
    assert not any(of_the_owner.values()), of_the_owner
    assert own["fellow"] == {"canarywaits"}
    assert own["other"] == canaries_of("""
        accounts.AddressChange: old_address new_address
        registrations.Nomination: email
    """)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("purpose", ["hr", "ce", "pars"])
def test_what_is_handed_on_is_of_those_who_agree(purpose, form, every_noun, fellow, clients, now):
    month = timedelta(days=30)
    Meeting.objects.update(starts_at=F("starts_at") - month, ends_at=F("ends_at") - month)
    earlier = {name: F(name) - month for name in ("starts_at", "ends_at", "confirm_by", "registration_closes_at")}
    Session.objects.update(**earlier)
    Consent.objects.update(sealed_birthday=ACCESS_NEEDS.seal("05-14"))
    asked = {"purpose": purpose, "form": form, "kind": CreditKind.objects.get().pk}
    asked |= {"first_on": (now - 2 * month).date().isoformat(), "last_on": now.date().isoformat()}
    if purpose != "pars":
        none = clients["office"].post("/admin/outcomes/export/new/", asked)
        assert "attachment" not in none.headers.get("Content-Disposition", "")
        Consent.objects.give(every_noun.person, purpose, now=now)
    response = clients["office"].post("/admin/outcomes/export/new/", asked)
    assert "attachment" in response.headers["Content-Disposition"]
    told = "accounts.Person: name" + ("\noutcomes.License: sealed_number" if purpose == "pars" else " email")
    assert canaries_in(words_in(response.content)) == canaries_of(told)


# ---- the reader reads ----


def packed(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_word_in_a_workbook_in_an_archive_is_found():
    book, file = Workbook(), io.BytesIO()
    book.active.append(["Name", "CanaryPersonName"])
    book.save(file)
    assert canaries_in(words_in(packed(one=packed(roster=file.getvalue())))) == {"canarypersonname"}


def test_a_word_that_a_calendar_folds_is_found():
    folded = b"BEGIN:VCALENDAR\r\nDESCRIPTION:canaryper\r\n sonname\r\nEND:VCALENDAR\r\n"
    assert canaries_in(words_in(folded)) == {"canarypersonname"}


def test_every_canary_is_found_in_any_case():
    assert canaries_in(" ".join(word.title() for word in CANARIES)) == set(CANARIES)
