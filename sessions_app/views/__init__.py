from sessions_app.views.home import HomeView
from sessions_app.views.session import MeterView, SessionView

__all__ = ["HomeView", "MeterView", "SessionView"]
