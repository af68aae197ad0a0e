"""The shelf of the tests: what they share, so that no test imports from another.

Plugins, which `conftest.py` names, give the fixtures: `cast` (people, a workshop, sessions), `registered` (people in
sessions, and what they are owed), `mail_server`, `stack`, `browser`, `database` and `only_pages`.

Readers: `page` (a page, by role, label and text), `mail_reader` (a mail), `calendar_readers` (a calendar, three times).

Helpers: `signing_in`, `registering`, `access`, `office_pages`, `changing`, `notices`, `replies`, `names`, `meter`,
`production`, `in_time`. Servers and whole machines: `imap`, `machine`, `generated`, `press`, `jostle`.
"""
