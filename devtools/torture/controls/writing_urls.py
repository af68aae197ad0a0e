"""The portal's URLs, and one that counts who looks at it."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as portal
from sessions_app.models import Session


@login_not_required
def count(request: HttpRequest) -> HttpResponse:
    Session.objects.update(next_position=F("next_position") + 1)
    return HttpResponse()


urlpatterns = [*portal, path("counted/", count)]
