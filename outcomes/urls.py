"""What came of a session: the pages of the people who were there."""

from django.urls import path

from outcomes.views.evaluations import evaluation

urlpatterns = [
    path("evaluations/<slug:token>/", evaluation, name="evaluation"),
]
