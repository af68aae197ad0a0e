from django.urls import path

from devtools.bench.bare.views import healthz, program, register, session, sessions, workshops

urlpatterns = [
    path("", sessions, name="home"),
    path("workshops/", workshops),
    path("programs/<slug:slug>/", program),
    path("sessions/<str:code>/", session, name="session"),
    path("sessions/<str:code>/registration/", register, name="register"),
    path("healthz", healthz),
]
