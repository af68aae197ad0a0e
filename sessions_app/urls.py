from django.urls import path

from sessions_app.views import (
    MeterView,
    SessionView,
    home,
    leading,
    request_new,
    request_withdrawal,
    session_request,
)

urlpatterns = [
    path("", home, name="home"),
    path("sessions/<slug:code>/", SessionView.as_view(), name="session"),
    path("sessions/<slug:code>/meter/", MeterView.as_view(), name="meter"),
    path("leading/<uuid:uuid>/<slug:key>/", leading, name="leading"),
    path("requests/new/", request_new, name="request_new"),
    path("requests/<uuid:uuid>/", session_request, name="request"),
    path("requests/<uuid:uuid>/withdrawal/", request_withdrawal, name="request_withdrawal"),
]
