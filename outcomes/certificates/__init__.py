"""Certificates: when they are issued and revoked, what they say, the file, and who may see whose they are."""
