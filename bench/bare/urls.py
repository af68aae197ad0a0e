from django.urls import path

from bench.bare.views import session, sessions

urlpatterns = [
    path("", sessions, name="home"),
    path("sessions/<str:code>/", session, name="session"),
]
