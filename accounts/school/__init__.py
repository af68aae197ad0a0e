"""Signing in by the school's own sign-in (OpenID Connect, SAML), through allauth: docs/sign-in.md."""
