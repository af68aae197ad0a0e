from django.urls import path

from sessions_app.views import HomeView, MeterView, SessionView

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("sessions/<str:code>/", SessionView.as_view(), name="session"),
    path("sessions/<str:code>/meter/", MeterView.as_view(), name="meter"),
]
