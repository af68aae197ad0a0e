from sessions_app.views.leading import leading
from sessions_app.views.month import home
from sessions_app.views.requests import request_new, request_withdrawal, session_request
from sessions_app.views.session import MeterView, SessionView

__all__ = ["MeterView", "SessionView", "home", "leading", "request_new", "request_withdrawal", "session_request"]
