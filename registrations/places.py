"""Where somebody stands in a session: their registration, with its number on the waitlist."""

from django.db.models import Count, OuterRef, Subquery

from registrations.models import Registration, RegistrationQuerySet


def numbered(registrations: RegistrationQuerySet) -> RegistrationQuerySet:
    """Add to each, in the same query, its `number`: the 1-based place on the waitlist, of meaning only there."""
    before = (
        Registration.objects.waitlisted()
        .filter(session=OuterRef("session"), position__lte=OuterRef("position"))
        .order_by()
        .values("session")
        .annotate(many=Count("pk"))
        .values("many")
    )
    return registrations.annotate(number=Subquery(before))
