"""The session in the admin: drafts are edited, published sessions change through verbs."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from catalog.models import Format
from foundation import database_clock
from foundation.dates import day_and_time
from office.base import OwnPage, PanelInline, acting
from office.credit.kinds import CreditFormSet, SessionCreditInline, credit_words
from office.dates import when_and_where
from office.decide.merging import merge
from office.decide.page import decide_page
from office.sessions.asking import PAGES, buttons, decide
from office.sessions.copying import CopiesOfSessions
from office.sessions.forms import DEADLINES, FurtherMeetingInline, PublishedForm, ScheduleForm, planned
from office.sessions.history import history_page
from office.sessions.list import SessionList
from office.sessions.seats import NAMES
from sessions_app.models import Decision, Meeting, MeetingPlan, Session

# What verbs of a published session put on record themselves.
BY_VERBS = (
    *("Minimum", "Capacity", "Seats in the room", "Seats online", "Facilitators", "Stands first", "Listed"),
    *("Registration opens at", "Registration closes at", "At deadline", "Only for people at"),
)


class DecisionInline(PanelInline):
    model = Decision
    fields = readonly_fields = ("when", "kind", "who", "how_many", "reason")
    verbose_name_plural = "decisions"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.get_model_admin(Session).has_view_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        return super().get_queryset(request).select_related("by", "session")

    @admin.display(description="when")
    def when(self, decision: Decision) -> str:
        return day_and_time(decision.at, decision.session.time_zone)

    @admin.display(description="by")
    def who(self, decision: Decision) -> str:
        return str(decision.by)

    @admin.display(description="count")
    def how_many(self, decision: Decision) -> str:
        return f"{decision.count} of {decision.minimum}"


@admin.register(Session)
class SessionAdmin(CopiesOfSessions, SessionList):
    office_may = ("view", "add", "change", "delete")
    view_on_site = False

    WINDOW = ["registration_opens_at", "registration_closes_at"]
    SCHEDULE = [
        ("What and when", {"fields": ["workshop", "day", ("starts", "ends"), "zone"]}),
        ("Where", {"fields": ["format", "venue", "join_link"]}),
        ("Who", {"fields": ["facilitators", "first_facilitator", ("minimum", "capacity"), NAMES]}),
        ("Registering and deciding", {"fields": ["confirm_by", "at_deadline", *WINDOW, "for_campus", "listed"]}),
        ("Access", {"fields": ["accommodation_lead_days"]}),
    ]
    FACTS = ["workshop", "state", "meetings_in_words", "format", "decided"]
    SEALED_WINDOW = ["opens", "closes", "at_deadline", "for_campus"]
    COUNTS = ["seats", "waiting"]
    HISTORY = ["published_at", "confirmed_at", "run_anyway_reason", "cancelled_at", "cancel_reason", "completed_at"]
    SHOWN = ["listed", "facilitators", "first_facilitator", "accommodation_lead_days"]
    SIZE = ["minimum", "capacity", *NAMES]
    CHOSEN = ["format", *SIZE, "at_deadline", "for_campus", "listed", "accommodation_lead_days", "first_facilitator"]

    def own_pages(self) -> list[OwnPage]:
        decisions: list[OwnPage] = [
            (f"<int:pk>/{name}/", partial(decide, office=self, form_class=form_class), name)
            for name, form_class in PAGES.items()
        ]
        decisions += [
            ("<int:pk>/decide/", partial(decide_page, office=self), "decide"),
            ("<int:pk>/merge/", partial(merge, office=self), "merge"),
        ]
        return [*decisions, *super().own_pages()]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show all that happened to the session and its people."""
        return history_page(self, request, unquote(object_id))

    # ---- what can be typed ----

    def get_fieldsets(self, request: HttpRequest, obj: Session | None = None) -> Any:
        if obj is None or self._is_schedule(request, obj):
            return self.SCHEDULE
        fixed = "Times and places change with the buttons above: people have planned with them, and are told."
        history = [name for name in self.HISTORY if getattr(obj, name)]
        return [
            (None, {"fields": self.FACTS, "description": fixed if obj.is_running else ""}),
            ("Registering and deciding", {"fields": self._window(obj)}),
            ("Seats", {"fields": [*self.COUNTS, *self._sizes(obj)]}),
            ("How it is shown", {"fields": self.SHOWN}),
            *([("What happened", {"fields": history})] if history else []),
        ]

    def _window(self, obj: Session) -> list[str]:
        """Return who may register when, to be typed until the session starts, and what happens at the deadline."""
        if not obj.is_running or obj.has_started(database_clock.now()):
            return self.SEALED_WINDOW
        return [*self.WINDOW, "at_deadline", "for_campus"]

    def _sizes(self, obj: Session) -> list[str]:
        """Return the sizes that a session has: those of each mode only if it is online and in person."""
        return [name for name in self.SIZE if name not in NAMES or obj.format == Format.HYBRID]

    def get_readonly_fields(self, request: HttpRequest, obj: Session | None = None) -> list[str]:
        if obj is None or self._is_schedule(request, obj):
            return []
        sealed = [] if obj.is_running else self._sizes(obj)
        sealed += self.SEALED_WINDOW if self._window(obj) == self.SEALED_WINDOW else []
        sealed += [] if obj.status == Session.Status.OPEN else ["at_deadline"]
        return [*self.FACTS, *self.COUNTS, *self.HISTORY, *sealed]

    def _is_schedule(self, request: HttpRequest, obj: Session) -> bool:
        return obj.status == Session.Status.DRAFT and self.has_change_permission(request, obj)

    def get_form(self, request: HttpRequest, obj: Session | None = None, change: bool = False, **kwargs: Any) -> Any:
        typed = ScheduleForm if obj is None or self._is_schedule(request, obj) else PublishedForm
        return super().get_form(request, obj, change=change, form=typed, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Session | None = None) -> Any:
        if obj is None or self._is_schedule(request, obj):
            return [FurtherMeetingInline, SessionCreditInline]
        return [SessionCreditInline, DecisionInline]

    def has_delete_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        """Let only a draft go that nobody ever registered for; every other session is cancelled with a reason."""
        spare = obj is None or (obj.status == Session.Status.DRAFT and obj.next_position == 1)
        return spare and super().has_delete_permission(request, obj)

    def lock(self, obj: Session) -> None:
        obj.lock()

    def words(self, obj: Session) -> dict[str, str]:
        zone = obj.time_zone or "UTC"
        meetings = [when_and_where(meeting) for meeting in obj.meetings.select_related("venue", "part")]
        return super().words(obj) | {
            "State": obj.get_status_display(),
            "Confirm by": day_and_time(obj.confirm_by, zone) or "nothing",
            "Registration opens at": day_and_time(obj.registration_opens_at, zone) or "nothing",
            "Registration closes at": day_and_time(obj.registration_closes_at, zone) or "nothing",
            "Meetings": "; ".join(meetings) or "nothing",
            "Credit": credit_words(obj),
        }

    # ---- saving ----

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        """Leave it to save_related, which has the meetings too."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        credit = [formset for formset in formsets if isinstance(formset, CreditFormSet)]
        if isinstance(form, PublishedForm):
            self._change_published(request, form)
        else:
            self._save_draft(request, form, [one for one in formsets if one not in credit], change)
        for formset in credit:
            formset.save()

    def _save_draft(self, request: HttpRequest, form: ScheduleForm, formsets: Any, change: bool) -> None:
        workshop = form.cleaned_data["workshop"]
        further = [meeting for formset in formsets for meeting in formset.held()]
        plans = planned(workshop, [form, *further])
        if change:
            self._change_draft(form, plans)
        else:
            self._schedule(request, form, plans)

    def _schedule(self, request: HttpRequest, form: ScheduleForm, plans: list[MeetingPlan]) -> None:
        chosen = {name: form.cleaned_data[name] for name in self.CHOSEN}
        deadlines = {name: form.cleaned_data[name] for name in DEADLINES}
        session = Session.objects.schedule(
            form.cleaned_data["workshop"],
            meetings=plans,
            by=acting(request),
            facilitators=form.cleaned_data["facilitators"] or None,
            **chosen,
            **deadlines,
        )
        form.instance.pk = session.pk
        form.instance._state.adding = False
        form.instance.refresh_from_db()

    def _change_draft(self, form: ScheduleForm, plans: list[MeetingPlan]) -> None:
        session, cleaned = form.instance, form.cleaned_data
        session.facilitators.set(cleaned["facilitators"])
        wanted = {name: cleaned[name] for name in DEADLINES}
        plain = ["workshop", *self.CHOSEN]
        # Dates go first and come back last: between, the start moves, and none may be after it.
        session.confirm_by = session.registration_opens_at = session.registration_closes_at = None
        session.save(update_fields=[*(name for name in plain if name in self._differing(form)), *wanted])
        self._rewrite_meetings(session, plans)
        session.follow_meetings()
        session.follow_parts()
        given = [name for name, at in wanted.items() if at is not None]
        for name in given:
            setattr(session, name, wanted[name])
        session.save(update_fields=given)

    def _differing(self, form: ScheduleForm) -> set[str]:
        """Return the fields typed in, and those left blank that follow from the workshop, or from one another."""
        return {*form.changed_data, *form.FOLLOWING, *NAMES}

    def _rewrite_meetings(self, session: Session, plans: list[MeetingPlan]) -> None:
        """Replace the meetings of a draft, to which nothing points yet, unless they are the same."""
        names = ("starts_at", "ends_at", "time_zone", "venue_id", "join_link")
        before = [tuple(getattr(meeting, name) for name in names) for meeting in session.meetings.all()]
        new = [Meeting(session=session, **vars(plan)) for plan in sorted(plans, key=lambda plan: plan.starts_at)]
        if before == [tuple(getattr(meeting, name) for name in names) for meeting in new]:
            return
        session.meetings.all().delete()
        for meeting in new:
            meeting.save()

    def _change_published(self, request: HttpRequest, form: PublishedForm) -> None:
        session, cleaned = form.instance, form.cleaned_data
        if "accommodation_lead_days" in form.changed_data:
            session.save(update_fields=["accommodation_lead_days"])
        if "facilitators" in form.changed_data:
            session.appoint(cleaned["facilitators"], by=acting(request))
        if "first_facilitator" in form.changed_data:
            session.put_first(cleaned["first_facilitator"], by=acting(request))
        if "listed" in form.changed_data:
            show = session.make_listed if cleaned["listed"] else session.make_unlisted
            show(by=acting(request))
        if {*self.WINDOW} & {*form.changed_data}:
            session.set_window(*(cleaned[name] for name in self.WINDOW), by=acting(request))
        if "at_deadline" in form.changed_data:
            session.choose_at_deadline(cleaned["at_deadline"], by=acting(request))
        if "for_campus" in form.changed_data:
            session.open_to(cleaned["for_campus"], by=acting(request))
        if "minimum" in cleaned:
            room, online = (cleaned.get(name) for name in NAMES)
            session.resize(cleaned["minimum"], cleaned["capacity"], by=acting(request), room=room, online=online)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Say what changed; what verbs of a published session have put on record is left out."""
        if isinstance(form, PublishedForm):
            now = self.words(form.instance)
            form.before |= {label: now[label] for label in BY_VERBS}
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Session, message: Any) -> Any:
        """Leave it to the verb, which has put it on record."""

    def response_add(self, request: HttpRequest, obj: Session, post_url_continue: str | None = None) -> HttpResponse:
        return self._publish(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Session) -> HttpResponse:
        return self._publish(request, obj) or super().response_change(request, obj)

    def _publish(self, request: HttpRequest, session: Session) -> HttpResponse | None:
        if "_publish" not in request.POST:
            return None
        try:
            session.publish(by=acting(request))
        except Session.Refused as refusal:
            messages.error(request, f"Saved as a draft, not published. {refusal}")
        else:
            messages.success(request, f"Published: {session}. People can register now.")
        return HttpResponseRedirect(reverse("admin:sessions_app_session_change", args=[session.pk]))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        may_decide = obj and self.has_change_permission(request, obj)
        context["open_pages"] = buttons(obj, database_clock.now()) if may_decide else []
        context["show_save_and_add_another"] = add
        context["show_publish"] = obj is None or self._is_schedule(request, obj)
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    # ---- what is shown of it ----

    @admin.display(description="registration opens")
    def opens(self, session: Session) -> str:
        return day_and_time(session.registration_opens_at, session.time_zone) or "Once it is published"

    @admin.display(description="registration closes")
    def closes(self, session: Session) -> str:
        return day_and_time(session.registration_closes_at, session.time_zone)

    @admin.display(description="meetings")
    def meetings_in_words(self, session: Session) -> str:
        every = session.meetings(manager="every").select_related("venue", "part")
        lines = ((when_and_where(one) + (", cancelled" if one.is_cancelled else ""),) for one in every)
        return format_html_join(mark_safe("<br>"), "{}", lines)
