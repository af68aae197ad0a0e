from sessions_app.views.home import HomeView
from sessions_app.views.requests import request_new, request_withdrawal, session_request
from sessions_app.views.session import MeterView, SessionView

__all__ = ["HomeView", "MeterView", "SessionView", "request_new", "request_withdrawal", "session_request"]
