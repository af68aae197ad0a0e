from django.urls import path

from sessions_app.views import HomeView, MeterView, SessionView

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("sessions/<slug:code>/", SessionView.as_view(), name="session"),
    path("sessions/<slug:code>/meter/", MeterView.as_view(), name="meter"),
]
