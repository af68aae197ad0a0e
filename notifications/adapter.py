"""allauth's door to the portal: its mail goes out as Notices."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    pass
