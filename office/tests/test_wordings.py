"""The office's own words for a kind of mail, and the standard where it has none or its own cannot be used."""

import pytest
from django.contrib.admin.models import LogEntry

from devtools.testing.mail_reader import read_mail
from devtools.testing.office_pages import filled_in
from devtools.testing.page import read
from notifications.kinds import KINDS
from notifications.models import Notice, Wording
from notifications.outbox.compose import write_mail
from notifications.outbox.deliver import drain

pytestmark = pytest.mark.django_db
OWN = "Hi there! We decide on {title} by {decided_day}.\nSee {registration_url}."


def page(kind: str = "registered") -> str:
    return f"/admin/notifications/wording/{kind}/change/"


def save(clerk, kind: str = "registered", **typed):
    return clerk.post(page(kind), filled_in(clerk, page(kind), "wording_form", **typed))


def test_without_a_wording_the_words_are_the_standard(notice):
    mail = write_mail(notice)
    assert mail["subject"].startswith("You’re registered: Bystander Interventions, ")
    assert "That makes 1 of the 6 people this session needs." in mail["text"]


def test_the_offices_words_stand_in_the_standard_frame(notice, workshop):
    Wording.objects.create(kind="registered", subject="Welcome to {title}", words=OWN)
    mail = write_mail(notice)
    url = notice.registration.get_absolute_url()
    assert mail["subject"] == "Welcome to Bystander Interventions"
    page = read_mail(mail).page
    assert "That makes" not in mail["text"] and "That makes" not in page.everything
    assert mail["text"].startswith("Hello Person 1.\n\nHi there! We decide on Bystander Interventions by ")
    for standard in ("When:  ", "Where: ", "I can’t make it: http", "Reply to this message to reach a person."):
        assert standard in mail["text"]
    (link,) = [link for link in page.links() if link.name.startswith("http") and link.address.endswith(url)]
    assert f". See {link.name}" in page.text and "I can’t make it" in page.link_names


def test_the_standard_words_can_stand_among_theirs(notice):
    Wording.objects.create(kind="registered", words="Bring coffee. {standard_words}")
    mail = write_mail(notice)
    assert "Bring coffee. That makes 1 of the 6 people this session needs." in mail["text"]
    assert mail["subject"].startswith("You’re registered: ")


def test_markup_in_words_and_facts_is_text(notice, workshop):
    workshop.title = "<b>Tags</b> & {minimum}"
    workshop.save()
    Wording.objects.create(kind="registered", words="<script>alert(1)</script> Of: {title} {decided_day}")
    mail = write_mail(Notice.objects.get())
    page = read_mail(mail).page
    assert page.parts("script") == [] and "<script>alert(1)</script>" in page.text
    # What a fact holds is not filled in once more; it stands in sight, and in what inboxes show beside the subject.
    assert "Of: <b>Tags</b> & {minimum}" in mail["text"]
    assert page.everything.count("Of: <b>Tags</b> & {minimum}") == 2


def test_a_discreet_title_is_kept_out_of_the_offices_subject_too(notice, person):
    person.discreet_titles = True
    person.save()
    Wording.objects.create(kind="registered", subject="Welcome to {title}", words=OWN)
    mail = write_mail(Notice.objects.get())
    assert mail["subject"] == "Welcome to Training session"


def test_an_unusable_wording_gives_way_to_the_standard(clerk, notice, smtp_sink, caplog):
    Wording.objects.create(kind="registered", subject="Welcome to {title}", words="Yours: {gone_with_the_upgrade}")
    drain()
    text = smtp_sink.received[0].message.get_body(("plain",)).get_content()
    assert "That makes 1 of the 6 people this session needs." in text
    assert smtp_sink.received[0].message["Subject"].startswith("You’re registered: ")
    assert Wording.objects.get().problem == "This mail knows nothing for {gone_with_the_upgrade}."
    assert "the wording of registered mail could not be used" in caplog.text
    sentence = "The standard words were sent instead: This mail knows nothing for {gone_with_the_upgrade}."
    assert sentence in read(clerk.get("/admin/notifications/wording/")).text
    assert "1 of your wordings of mail could not be used" in read(clerk.get("/admin/")).text
    assert "The standard words were sent instead of yours" in read(clerk.get(page())).text
    save(clerk, words=OWN)
    assert Wording.objects.get().problem == ""


def test_a_wording_changed_since_is_not_blamed():
    old = Wording.objects.create(kind="registered", words="Yours: {gone}")
    Wording.objects.update(words=OWN)
    old.report("This mail knows nothing for {gone}.")
    assert Wording.objects.get().problem == ""


def test_the_office_changes_words_and_that_is_on_record(clerk, office):
    assert save(clerk, subject="Welcome to {title}", words=OWN).status_code == 302
    wording = Wording.objects.get()
    assert (wording.kind, wording.subject, wording.words.replace("\r\n", "\n")) == (
        "registered",
        "Welcome to {title}",
        OWN,
    )
    entry = LogEntry.objects.get(content_type__model="wording")
    assert (entry.user, entry.object_id) == (office, "registered")
    assert "Subject: from nothing to Welcome to {title}." in entry.get_change_message()
    assert save(clerk, subject="", words="").status_code == 302
    assert Wording.objects.get().is_standard


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("words", "By {decided_day}, {foo}.", "There is no placeholder {foo} here. There are: {title}, {day}, "),
        ("words", "By {decided_day}, {title.__class__}.", "There is no placeholder {title.__class__} here."),
        ("words", "By {decided_day}, {{ title }}.", "A brace stands alone."),
        ("words", "By {decided_day}, {% include 'x' %}.", "There is no placeholder {% include 'x' %} here."),
        ("words", "By {decided_day}, } of course.", "A brace stands alone."),
        ("words", "See you there!", "The words must hold {decided_day}, or {standard_words}: people rely on it."),
        ("words", "By {decided_day}\0.", "Null characters are not allowed."),
        ("words", "By {decided_day}\u202e.", "The words hold a control character."),
        ("words", "{decided_day}" + "x" * 4000, "Ensure this value has at most 4000 characters"),
        ("subject", "Welcome", "The subject must hold {title}"),
        ("subject", "{title}\nBcc: x@example.edu", "The subject is one line, without control characters."),
        ("subject", "{title}\u2028again", "The subject is one line, without control characters."),
        ("subject", "{title}\0", "Null characters are not allowed."),
        ("subject", "{title} {registration_url}", "There is no placeholder {registration_url} here."),
        ("subject", "{title} " + "x" * 150, "Ensure this value has at most 150 characters"),
    ],
)
def test_an_unusable_wording_is_refused_with_a_sentence(clerk, field, typed, sentence):
    response = save(clerk, **{field: typed})
    assert response.status_code == 400
    assert sentence in read(response).text
    assert not Wording.objects.exists()


@pytest.mark.parametrize("kind", ["cancelled", "withdrawn", "promoted", "called_off"])
def test_a_kind_with_several_cases_needs_the_standard_words(clerk, kind):
    response = save(clerk, kind, words="So sorry about {title}.")
    assert response.status_code == 400
    assert "The words must hold {standard_words}: people rely on it." in read(response).text
    assert save(clerk, kind, words="So sorry. {standard_words}").status_code == 302


def test_words_that_two_people_wrote_are_shown_side_by_side(clerk):
    mine = filled_in(clerk, page(), "wording_form", words=OWN)
    save(clerk, words="Theirs: {standard_words}")
    response = clerk.post(page(), mine)
    assert response.status_code == 409
    assert "You both changed this" in read(response).text and "Theirs: {standard_words}" in read(response).text
    assert Wording.objects.get().words == "Theirs: {standard_words}"


@pytest.mark.parametrize("kind", ["code", "account", "nonsense"])
def test_account_mail_has_no_wording(clerk, kind):
    assert clerk.get(page(kind)).status_code == 302
    assert clerk.get(f"/admin/notifications/wording/{kind}/preview/").status_code == 404
    assert f"/wording/{kind}/" not in read(clerk.get("/admin/notifications/wording/")).everything


def test_each_kind_is_listed_with_the_words_in_use(clerk):
    Wording.objects.create(kind="dated", words="New! {standard_words}")
    shown = read(clerk.get("/admin/notifications/wording/"))
    worded = [kind.name for kind in KINDS.values() if kind.may_be_worded]
    assert len(worded) > 20
    assert [kind for kind in worded if page(kind) not in shown.addresses] == []
    assert [cell.text for cell in shown.parts("td") if cell.text.startswith("Yours")] == ["Yours"]
