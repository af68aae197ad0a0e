from django.urls import path

from catalog.views import ProgramView, WorkshopListView, WorkshopView

urlpatterns = [
    path("workshops/", WorkshopListView.as_view(), name="workshops"),
    path("workshops/<slug:slug>/", WorkshopView.as_view(), name="workshop"),
    path("programs/<slug:slug>/", ProgramView.as_view(), name="program"),
]
