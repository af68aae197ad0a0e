"""Mail that the office writes to the people of a session, or to some of them: each person once, and nobody else."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Program
from devtools.testing.at_once import at_once
from devtools.testing.changing import deliver
from devtools.testing.mail_reader import read_mail
from notifications.models import Announcement, Notice
from notifications.models.announcements import parts_of, people_of
from notifications.outbox.compose import write_mail
from registrations.models import Registration
from sessions_app.models import Mode, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def addressed(make_session, people, now):
    """A session with two seats, and four people in it: two with a seat, two who wait."""
    session = make_session(minimum=1, capacity=2)
    for person in people(4):
        Registration.objects.register(person, session, now=now)
    return session


def send(session, office, part="seated", **said) -> Announcement:
    said = {"subject": "Where to find us", "words": "Second **floor**.", "key": uuid.uuid4()} | said
    return Announcement.objects.send(session, part, by=office, **said)


def told(kind="announced") -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("to", flat=True))


@pytest.mark.parametrize("part, numbers", [("seated", [1, 2]), ("waiting", [3, 4]), ("all", [1, 2, 3, 4])])
def test_a_mail_goes_to_each_person_of_the_part_once(addressed, office, part, numbers):
    written = send(addressed, office, part)
    assert told() == [f"person{number}@example.edu" for number in numbers]
    assert (written.people, written.written_by) == (len(numbers), office)
    assert told("announced_copy") == [office.email]


def test_people_who_have_read_the_pre_work_are_not_written_to_about_it(addressed, office, workshop, now):
    assert "unread" not in parts_of(addressed, now)
    workshop.pre_work = "Read the introduction."
    workshop.save(update_fields=["pre_work"])
    session = Session.objects.get(pk=addressed.pk)
    session.registrations.order_by("position").first().finish_pre_work(now=now)
    send(session, office, "unread")
    assert told() == ["person2@example.edu"]


def test_each_mode_is_a_part_of_its_own(make_hybrid, people, office, now):
    session = make_hybrid()
    for person, mode in zip(people(2), Mode.values, strict=True):
        Registration.objects.register(person, session, now=now, mode=mode)
    assert [one.mode for one in people_of(session, "room")] == [Mode.ROOM]
    assert [one.mode for one in people_of(session, "online")] == [Mode.ONLINE]


def test_people_with_another_date_of_a_program_are_a_part(addressed, make_session, office, workshop, now):
    program = Program.objects.create(title="Foundations", slug="foundations", status=Program.Status.PUBLISHED)
    program.entries.create(workshop=workshop)
    seated = list(addressed.registrations.registered())
    Registration.objects.register(seated[1].person, make_session(days=30), now=now)
    name = f"program-{program.pk}"
    assert parts_of(addressed, now)[name] == "everybody with a seat who has one on another date of “Foundations”"
    send(addressed, office, name)
    assert told() == ["person2@example.edu"]


def test_the_same_mail_sent_again_goes_once(addressed, office):
    key = uuid.uuid4()
    first, second = send(addressed, office, key=key), send(addressed, office, key=key)
    assert first == second and len(told()) == 2 and len(told("announced_copy")) == 1


def test_another_text_with_the_key_of_a_sent_one_is_refused(addressed, office):
    key = uuid.uuid4()
    send(addressed, office, key=key)
    with pytest.raises(Announcement.SentBefore):
        send(addressed, office, key=key, words="Third floor.")
    assert len(told()) == 2


@pytest.mark.parametrize(
    "part, said, error",
    [
        ("seated", {"words": " \n"}, "Empty"),
        ("seated", {"subject": ""}, "Empty"),
        ("unread", {}, "NoSuchPart"),
        ("program-99", {}, "NoSuchPart"),
        ("nonsense", {}, "NoSuchPart"),
    ],
)
def test_what_is_not_sent(addressed, office, part, said, error):
    with pytest.raises(getattr(Announcement, error)):
        send(addressed, office, part, **said)
    assert told() == [] and not Announcement.objects.exists()


def test_a_part_without_people_is_refused(session, office):
    with pytest.raises(Announcement.NobodyThere):
        send(session, office)


def test_the_database_refuses_a_mail_that_says_nothing(addressed, office):
    send(addressed, office)
    for wrong in ({"words": ""}, {"subject": ""}, {"people": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Announcement.objects.update(**wrong)


def test_it_is_on_record_with_the_session(addressed, office):
    send(addressed, office)
    said = LogEntry.objects.filter(object_id=str(addressed.pk), content_type__model="session").latest("pk")
    assert (said.user, said.get_change_message()) == (
        office,
        "Wrote to two people, everybody with a seat: “Where to find us”.",
    )


def test_somebody_who_has_left_before_it_goes_is_not_written_to(addressed, office, smtp_sink, now):
    Notice.objects.all().delete()
    first, second = addressed.registrations.registered()
    send(addressed, office)
    first.withdraw(by=first.person)
    deliver(now)
    assert [one.message["Subject"] for one in smtp_sink.to(second.person.email)] == ["Where to find us"]
    assert "Where to find us" not in [one.message["Subject"] for one in smtp_sink.to(first.person.email)]


def test_the_mail_says_what_was_written_and_how_to_leave(addressed, office, settings):
    send(addressed, office, words="Second **floor**, beside <the> stairs.\n\n- Bring a case.")
    notice = Notice.objects.filter(kind="announced").earliest("pk")
    mail = read_mail(write_mail(notice))
    assert mail.subject == "Where to find us"
    assert "Second **floor**, beside <the> stairs." in mail.text and "/withdrawal/" in mail.text
    assert "Hello Person" in mail.text and f"{settings.OFFICE_NAME} writes to you" in mail.text
    assert [part.text for part in mail.page.parts("li")] == ["Bring a case."]
    assert "Second floor , beside <the> stairs." in mail.page.text or "Second floor, beside <the>" in mail.page.text


def test_a_neutral_subject_names_no_title_and_nothing_typed(addressed, office):
    person = addressed.registrations.registered()[0].person
    person.discreet_titles = True
    person.save(update_fields=["discreet_titles"])
    send(addressed, office, subject="Bystander Interventions: where to find us")
    mail = read_mail(write_mail(Notice.objects.get(kind="announced", to=person.email)))
    assert "Bystander" not in mail.subject and mail.subject.startswith("A mail about your session: Training session")
    assert "where to find us" in mail.page.text


def test_copies_go_to_the_writer_and_to_the_addresses_named_and_name_nobody(addressed, office):
    send(addressed, office, copies=["ada@example.edu", office.email])
    assert told("announced_copy") == ["ada@example.edu", office.email]
    for notice in Notice.objects.filter(kind="announced_copy"):
        mail = read_mail(write_mail(notice))
        assert "two people, everybody with a seat" in mail.text
        assert "Person 1" not in mail.text + mail.page.everything and "/registrations/" not in mail.page.everything


def test_writing_to_many_takes_as_many_queries_as_to_two(make_session, people, office, now):
    counts = []
    for many in (2, 20):
        session = make_session(minimum=1)
        for person in people(many):
            Registration.objects.register(person, session, now=now)
        with CaptureQueriesContext(connection) as queries:
            send(session, office)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_people_who_come_and_go_meanwhile_get_it_once_or_not_at_all(make_session, people, office, now):
    """Twelve leave and twelve register while it is sent twice with one key: those told had a seat as it was written."""
    session, crowd = make_session(minimum=1, capacity=40), people(36)
    held = [Registration.objects.register(person, session, now=now) for person in crowd[:24]]
    key, fresh = uuid.uuid4(), lambda: Session.objects.get(pk=session.pk)

    def leave():
        for one in held[:12]:
            Registration.objects.get(pk=one.pk).withdraw(by=one.person)

    def join():
        for person in crowd[24:]:
            Registration.objects.register(person, fresh())

    def write():
        return send(fresh(), office, key=key).people

    first, second = [many for many in at_once(leave, join, write, write) if many]
    got = told()
    assert first == second == len(got) == len(set(got))
    staying, leaving, coming = (
        {one.person.email for one in held[12:]},
        {one.person.email for one in held[:12]},
        {one.email for one in crowd[24:]},
    )
    assert staying <= set(got) <= staying | leaving | coming
    written = Announcement.objects.get()
    for notice in Notice.objects.filter(kind="announced").select_related("registration"):
        own = notice.registration
        assert own.registered_at <= written.written_at + timedelta(seconds=5)
        assert written.still_holds(own.pk) == (own.status == "registered")
