from django.urls import path

from catalog.views import WorkshopListView, WorkshopView

urlpatterns = [
    path("workshops/", WorkshopListView.as_view(), name="workshops"),
    path("workshops/<slug:slug>/", WorkshopView.as_view(), name="workshop"),
]
