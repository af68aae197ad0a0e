"""What somebody needs to take part, and the people who arrange it."""

from django.core.management import call_command
from django.db import connection

from accounts.models import Person
from registrations.models import Registration

NEEDS = "An ASL interpreter, and a seat near the front."
REQUESTS = "/admin/registrations/accommodation/"


def access_page(registration: Registration) -> str:
    """Return the address of the page where a person says what they need."""
    return f"/registrations/{registration.uuid}/accommodation/"


def arranger(email: str = "access@example.edu") -> Person:
    """Create somebody who arranges access and has no other permission."""
    Person.objects.create_user(email, name="Cara", role="staff")
    call_command("create_office", "--accommodations", email, verbosity=0)
    return Person.objects.get(email=email)


def sealed_row() -> str:
    """Return the one row as the database keeps it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_needs, sealed_answer FROM registrations_accommodation")
        (row,) = cursor.fetchall()
    return "|".join(row)
