"""Requests for a session in the admin: the inbox, one request, a page per decision about it, and the rules."""

from office.requests.page import RequestRulesAdmin, SessionRequestAdmin

__all__ = ["RequestRulesAdmin", "SessionRequestAdmin"]
