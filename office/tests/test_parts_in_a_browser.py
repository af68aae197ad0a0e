"""Axe on a workshop with parts, its session and the list of programs, as everybody and as the office sees them."""

from django.urls import reverse

from catalog.models import Program
from devtools.testing.office_pages import session_page, workshop_page


def test_axe_finds_nothing_on_parts_and_programs(inspector, sign_in, office, in_two_parts):
    session, workshop = in_two_parts, in_two_parts.workshop
    program = Program.objects.create(title="Foundations", slug="foundations", status=Program.Status.PUBLISHED)
    program.entries.create(workshop=workshop, category=program.categories.create(name="Practice"))
    inspector.visit(workshop.get_absolute_url(), session.get_absolute_url(), program.get_absolute_url())
    sign_in(inspector.page, office)
    inspector.visit(workshop_page(workshop), session_page(session))
    for name in ("parts", "reschedule"):
        inspector.visit(reverse(f"admin:sessions_app_session_{name}", args=[session.pk]))
    pages = ("changelist", []), ("add", []), ("change", [program.pk])
    inspector.visit(*(reverse(f"admin:catalog_program_{name}", args=args) for name, args in pages))
