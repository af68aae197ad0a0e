"""Every page of the admin: Django finds this module, and it imports the others."""

from typing import Any, NoReturn

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401 (registers Group, which goes below)
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse

from office.groups.refused import index_or_no_group
from office.lists.choosing import suggestions

admin.site.site_title = admin.site.site_header = settings.PRODUCT_NAME
admin.site.index_title = "Office"
admin.site.empty_value_display = "–"
admin.site.enable_nav_sidebar = False


def no_passwords(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> NoReturn:
    """Answer 404 where Django's admin would let somebody change a password: nobody has one."""
    raise Http404


def home(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Show the office's home to people with a group, and to others whom to ask for one."""
    return index_or_no_group(request, own_home, extra_context)


def context_of_a_page(request: HttpRequest) -> dict[str, Any]:
    """Return what every page of the admin is given, as AdminSite.each_context does, but for the list of all nouns.

    Only Django's sidebar shows that list, and the home page makes its own: it asks 160 permissions and 100 addresses.
    """
    site = admin.site
    return {
        "site_title": site.site_title,
        "site_header": site.site_header,
        "site_url": site.site_url,
        "has_permission": site.has_permission(request),
        "is_popup": False,
        "is_nav_sidebar_enabled": False,
        "log_entries": site.get_log_entries(request),
    }


own_home = admin.site.index
# The site that Django and allauth register their pages at is made by Django, so its methods are replaced here.
admin.site.password_change = no_passwords  # type: ignore[method-assign]
admin.site.password_change_done = no_passwords  # type: ignore[method-assign]
admin.site.index = home  # type: ignore[method-assign,assignment]
admin.site.each_context = context_of_a_page  # type: ignore[method-assign]
admin.site.autocomplete_view = suggestions  # type: ignore[method-assign,assignment]
# Rows are deleted one at a time, each after a page that says what else goes with it.
admin.site.disable_action("delete_selected")
# allauth's pages would show the keys of second factors, and edit addresses past the Person they belong to.
admin.site.unregister([Authenticator, EmailAddress, Group, SocialAccount, SocialApp, SocialToken])

# Each registers its pages, so they come after what is taken away above.
from office import (  # noqa: E402
    accommodations,  # noqa: F401
    attendance,  # noqa: F401
    catalog,  # noqa: F401
    credit,  # noqa: F401
    directory,  # noqa: F401
    evaluations,  # noqa: F401
    forgetting,  # noqa: F401
    leading,  # noqa: F401
    mail,  # noqa: F401
    nominations,  # noqa: F401
    people,  # noqa: F401
    record,  # noqa: F401
    requests,  # noqa: F401
    resources,  # noqa: F401
    roster,  # noqa: F401
    season,  # noqa: F401
    sessions,  # noqa: F401
)
