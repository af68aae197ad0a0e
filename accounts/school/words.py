"""What is said of the school’s sign-in in the change log."""

# Of each field what is said when it is new, when it is another, and when it is gone.
CHANGES = {
    "name": (
        "Name by the school’s sign-in: {now}.",
        "Name by the school’s sign-in: from {before} to {now}.",
        "Name taken away by the school’s sign-in: {before}.",
    ),
    "role": (
        "Role by the school’s sign-in: {now}.",
        "Role by the school’s sign-in: from {before} to {now}.",
        "Role taken away by the school’s sign-in: {before}.",
    ),
    "unit": (
        "Unit by the school’s sign-in: {now}.",
        "Unit by the school’s sign-in: from {before} to {now}.",
        "Unit taken away by the school’s sign-in: {before}.",
    ),
    "campus": (
        "Campus by the school’s sign-in: {now}.",
        "Campus by the school’s sign-in: from {before} to {now}.",
        "Campus taken away by the school’s sign-in: {before}.",
    ),
}


def said_by_school(field: str, before: str, now: str) -> str:
    """Return the sentence of the change log for a field that the school’s sign-in has changed."""
    added, changed, taken = CHANGES[field]
    sentence = taken if not now else changed if before else added
    return sentence.format(before=before, now=now)
