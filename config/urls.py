"""Every URL of the portal, app by app: nouns in the path, changes of state as POSTed resources."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from accounts.views import admin_login

urlpatterns = [
    path("", include("sessions_app.urls")),
    path("", include("catalog.urls")),
    path("", include("registrations.urls")),
    path("", include("library.urls")),
    path("", include("outcomes.urls")),
    path("", include("notifications.urls")),
    path("", include("operations.urls")),
    path("accounts/", include("accounts.urls")),
    path("admin/login/", admin_login),
    path("admin/", include("office.home.urls")),
    path("admin/", include("office.figures.urls")),
    path("admin/", admin.site.urls),
]
if "django_mail_preview" in settings.INSTALLED_APPS:  # only with DEBUG, and it answers 404 without
    from django_mail_preview.urls import urlpatterns as inbox

    # Open to everybody: the code that signs one in arrives there.
    for page in inbox:
        login_not_required(page.callback)
    urlpatterns.append(path("__mail__/", include("django_mail_preview.urls")))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
