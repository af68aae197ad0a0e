"""The home page by month: what is coming up, filtered, as a calendar."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.views.generic import TemplateView

from foundation import database_clock
from foundation.dates import local, zone_words
from foundation.kept import kept
from foundation.values.months import Month
from sessions_app.display import month
from sessions_app.filters.bar import address, bar
from sessions_app.filters.counting import count
from sessions_app.forms import FilterForm, in_address
from sessions_app.models import Session
from sessions_app.views.home import HomeView, workshop_of


class MonthView(HomeView):
    """One month of the sessions that the filters leave. htmx asks for it without the page around it."""

    def get_template_names(self) -> list[str]:
        return ["sessions_app/_month.html" if self.only_list else "sessions_app/month.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = database_clock.now()
        this_month = Month.of(local(now, settings.TIME_ZONE).date())
        asked = self.chosen.get("m") or ("day" in self.chosen and Month.of(self.chosen["day"]))
        chosen = {name: value for name, value in self.chosen.items() if name != "page"}
        chosen |= {"view": "month", "m": asked or this_month}
        found = self.search()
        counted = count(chosen, None if found is None else {pk for one in found for pk in workshop_of(one)}, now)
        first = None
        if counted.first:
            first = max(this_month, Month.of(local(counted.first, settings.TIME_ZONE).date()))
        if not asked:
            # The first month that has any: at its end this one has none.
            asked = chosen["m"] = first or this_month
        sessions = None
        if chosen.keys() - set(FilterForm.NO_FILTERS):
            sessions = self.narrowed(Session.objects.listed().upcoming(now), counted, now)
        values = {name: in_address(value) for name, value in chosen.items()}

        def of_day(day: date) -> str:
            return address(values, view=None, day=day.isoformat())

        def of_month(other: Month | None) -> str:
            return address(values, m=str(other)) if other else ""

        shown = month.shown(sessions, asked, now, of_day)
        return TemplateView.get_context_data(
            self,
            **kwargs,
            nav="sessions",
            now=now,
            only_list=self.only_list,
            filter=self.filter,
            chosen=chosen,
            typed=self.request.GET.get("q", "")[:1000].replace("\0", ""),
            query=values,
            narrowed=bool(chosen.keys() - {"status", "format", *FilterForm.NO_FILTERS}),
            bar=bar(self.filter, chosen, counted.numbers, counted.groups),
            counts=counted.numbers,
            zone=zone_words(settings.TIME_ZONE, now),
            shown=shown,
            found_count=len(found or ()),
            earlier=of_month(shown.earlier),
            later=of_month(shown.later),
            today=of_month(shown.this_month) if asked != shown.this_month else "",
            first=first,
            to_first=of_month(first),
        )


# The list and its pages, one of the filters that have few values, a month.
KEPT = r"(page=[1-9]\d?|(status|format|audience)=[a-z-]{1,20}|view=month(&m=20\d\d-[01]\d)?)?"

in_list, in_months = HomeView.as_view(), MonthView.as_view()


@login_not_required
@kept(KEPT)
def home(request: HttpRequest) -> HttpResponseBase:
    """Show the home page, or where the address says so one month of it."""
    return (in_months if request.GET.get("view") == "month" else in_list)(request)
