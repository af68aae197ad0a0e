"""What came of a session: attendance."""

from django.urls import path

from outcomes import views

urlpatterns = [
    path("sessions/<slug:code>/check-in/", views.check_in, name="check_in"),
    path("sessions/<slug:code>/check-in/code/", views.code_of_the_day, name="code_of_the_day"),
    path("registrations/<uuid:uuid>/attendance/", views.attendance_dispute, name="attendance_dispute"),
    path("check-in/", views.check_in_with, name="check_in_with"),
    path("check-in/<slug:day_code>/", views.check_in_with, name="check_in_with"),
]
