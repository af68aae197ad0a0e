from django.urls import path

from notifications.calendars import views
from notifications.views import decline, invitation_again

urlpatterns = [
    path("declines/<uuid:uuid>/", decline, name="decline"),
    path("registrations/<uuid:uuid>/invitation/", invitation_again, name="invitation_again"),
    path("registrations/<uuid:uuid>/invitation.ics", views.invitation, name="invitation"),
    path("sessions/<slug:code>/session.ics", views.session_file, name="session_file"),
    path("sessions.ics", views.all_sessions, name="all_sessions"),
    path("workshops/<slug:slug>/sessions.ics", views.workshop_sessions, name="workshop_sessions"),
    path("calendar/<slug:token>.ics", views.private_feed, name="private_feed"),
    path("my/calendar/", views.calendar, name="calendar"),
    path("my/calendar/deletion/", views.calendar_deletion, name="calendar_deletion"),
]
