"""The page that says why nobody was signed in by the school, and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

CANCELLED = "You stopped before the school had signed you in."
LATE = "That sign-in took too long, or was begun in another browser. Begin once more."
NO_ANSWER = "The school’s sign-in does not answer at the moment. Try again in a few minutes."
WRONG = (
    "The school’s sign-in sent an answer that we cannot trust, so nobody was signed in. Begin once more; if it happens "
    "again, write to the office."
)
NOT_THERE = "The school’s sign-in did not let you in. Begin once more; if it happens again, ask your IT service."
TOO_LONG = "The school’s sign-in sent more than we can take. Ask your IT service to release less to this site."
TOO_OFTEN = "That was a lot of sign-ins in a short time. Wait a few minutes, then try again."


def refused(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """Return the page with this sentence, and with the ways in that are open."""
    context = {"nav": "sign-in", "problem": sentence}
    return render(request, "account/school_refused.html", context, status=status)


def kinds(error: BaseException | None) -> str:
    """Return the kinds of an error and of what caused it: “OAuth2Error, ExpiredSignatureError”."""
    found = []
    while error is not None:
        found.append(type(error).__name__)
        error = error.__cause__
    return ", ".join(found)
