"""Deciding in a real browser: two dates merged, a person answers, and axe on every state of these pages."""

from django.urls import reverse

from registrations.merging.keys import path_of_answering
from registrations.models import Call, Interest, MergeOffer, Registration


def test_two_dates_are_merged_and_axe_finds_nothing_on_the_way(
    inspector, sign_in, office, people, make_session, workshop, now
):
    session, into = make_session(days=14, minimum=3), make_session(days=21, minimum=3)
    crowd = people(4)
    for person in crowd[:3]:
        Registration.objects.register(person, session, now=now)
    Interest.objects.express(crowd[3], workshop, now=now)
    decide, merge = (reverse(f"admin:sessions_app_session_{name}", args=[session.pk]) for name in ("decide", "merge"))
    sign_in(inspector.page, office)
    inspector.visit(decide, merge)
    page = inspector.page
    page.goto(inspector.url + decide)
    page.get_by_role("checkbox", name=crowd[3].name).check()
    page.get_by_role("button", name="Ask those selected to come").click()
    page.get_by_text("One person is being asked.").wait_for()
    page.goto(f"{inspector.url}{merge}?into={into.pk}")
    page.get_by_label("Reason").fill("Two small groups are better as one")
    page.get_by_role("button", name="Look at what it means").click()
    page.get_by_text("Three people are asked").wait_for()
    inspector.look("what a merge means")
    page.get_by_role("button", name="Merge, and write to everybody asked").click()
    page.get_by_role("heading", name="Who answered what").wait_for()
    inspector.look("who answered what")
    offers = list(MergeOffer.objects.order_by("pk"))
    page.goto(inspector.url + path_of_answering(offers[0]))
    inspector.look("come on another date?")
    page.get_by_role("button", name="Yes, move me").click()
    page.get_by_role("heading", name="You’ve moved to").wait_for()
    inspector.look("moved")
    offers[1].decline()
    inspector.visit(path_of_answering(offers[1]), Call.objects.get().get_absolute_url())
    assert into.registrations.registered().get().person == crowd[0]
