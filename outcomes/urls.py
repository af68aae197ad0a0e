"""What came of a session: attendance, and the pages of the people who were there."""

from django.urls import path

from outcomes import views
from outcomes.views.evaluations import evaluation

urlpatterns = [
    path("sessions/<slug:code>/check-in/", views.check_in, name="check_in"),
    path("sessions/<slug:code>/check-in/code/", views.code_of_the_day, name="code_of_the_day"),
    path("check-in/", views.check_in_with, name="check_in_with"),
    path("check-in/<slug:day_code>/", views.check_in_with, name="check_in_with"),
    path("evaluations/<slug:token>/", evaluation, name="evaluation"),
]
