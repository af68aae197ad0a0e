"""What the directory leaves for the office: people who would lose a seat by it, each with a yes or a no."""

from http import HTTPStatus

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import DirectoryQuestion, Person
from office.base import OwnPage, ReadOnlyAdmin, acting
from office.consequences import of_a_person_who_may_not_come

LIST = "admin:accounts_directoryquestion_changelist"


def says(question: DirectoryQuestion) -> str:
    """Return what the directory says of somebody, as a sentence without its subject."""
    if question.kind == DirectoryQuestion.Kind.LEFT:
        return "Not in the directory any more"
    if question.role and question.campus:
        return f"{question.get_role_display()}, at {question.campus}"
    return str(question.get_role_display() or question.campus)


@admin.register(DirectoryQuestion)
class DirectoryQuestionAdmin(ReadOnlyAdmin):
    """The questions that wait. One page answers each."""

    office_may = ("view", "change")
    list_display = ["person", "directory_says", "asked_at", "answer_link"]
    list_select_related = ["person", "campus"]
    search_fields = ["person__name", "person__email"]
    fields = ["person", "directory_says", "asked_at", "answer_link"]
    readonly_fields = ["person", "directory_says", "asked_at", "answer_link"]
    ordering = ["asked_at", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DirectoryQuestion]:
        return super().get_queryset(request).filter(pk__in=DirectoryQuestion.objects.waiting().values("pk"))

    def own_pages(self) -> list[OwnPage]:
        return [("<int:pk>/answer/", self.answer_view, "answer")]

    @admin.display(description="the directory says")
    def directory_says(self, question: DirectoryQuestion) -> str:
        return says(question)

    @admin.display(description="what follows")
    def answer_link(self, question: DirectoryQuestion) -> SafeString:
        page = reverse("admin:accounts_directoryquestion_answer", args=[question.pk])
        return format_html('<a href="{}">See what follows, and answer</a>', page)

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what a yes does; POST `does` yes or no. Nothing is done by looking."""
        if not request.user.has_perm("accounts.change_directoryquestion"):
            raise PermissionDenied
        question = get_object_or_404(
            DirectoryQuestion.objects.waiting().select_related("person__campus", "campus"), pk=pk
        )
        status, problem = HTTPStatus.OK, ""
        if request.method == "POST":
            try:
                if said := _answer(question, request.POST.get("does", ""), acting(request)):
                    messages.success(request, said)
                    return redirect(LIST)
                status, problem = HTTPStatus.BAD_REQUEST, "Choose one of the two."
            except Person.Refused as refusal:
                status, problem = HTTPStatus.CONFLICT, str(refusal)
        return self.page(
            request,
            "directory/answer",
            "What the directory says",
            status,
            subtitle=str(question.person),
            original=question,
            question=question,
            says=says(question),
            problem=problem,
            follows=of_a_person_who_may_not_come(question.after),
        )


def _answer(question: DirectoryQuestion, does: str, by: Person) -> str:
    """Carry out a yes or a no, and return the sentence for afterwards; "" for neither. Raises Person.Refused."""
    person = question.person
    if does == "yes":
        is_gone = question.kind == DirectoryQuestion.Kind.LEFT
        question.carry_out(by=by)
        return f"{person} is switched off." if is_gone else f"{person} is as the directory says."
    if does == "no":
        question.keep(by=by)
        return f"{person} stays as they are. You are asked again if the directory says something else of them."
    return ""
