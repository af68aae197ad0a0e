"""The page of what was not sent, because a sign-in had ended: one press sends it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.pressed.press import Press, forget_in
from accounts.sign_in import SignedInRequest

DROPPED = "It was not sent, and nothing was changed."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsent(request: SignedInRequest) -> HttpResponse:
    """GET shows what waits and sends it with one press, POST lets go of it. Where nothing waits: My training."""
    press = Press.waiting_for(request.session, request.user)
    if request.method == "POST":
        forget_in(request.session)
        messages.info(request, DROPPED)
        return redirect("my_training")
    if press is None:
        return redirect("my_training")
    return render(request, "accounts/unsent.html", {"press": press})
