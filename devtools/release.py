"""The last release: what may still be running while the next one is put in its place.

Written again for each release (docs/deploy.md, Before a release). `config/tests/test_upgrade.py` holds the migrations
since then to what that code can live with, and `python3 dev.py torture upgrade` runs that code on them.
"""

COMMIT = "298f340e25e42182d2263a00ba95d3bcd1296de4"
# The last migration of each app that it knows.
MIGRATIONS = {
    "accounts": "0002_discreet_titles",
    "catalog": "0002_reminder_days",
    "sessions_app": "0002_cancelled_meetings",
    "registrations": "0003_who_ended_a_place",
    "notifications": "0014_one_feed_per_person",
}
# Apps whose tables it does not know.
NEW_APPS = ("library", "operations", "outcomes")
# New constraints on what it writes already, by name, each with why nothing that it writes breaks it.
KEPT_BY_ITS_CODE: dict[str, str] = {
    "erased_person_is_nobody": "it erases nobody, so the column is empty while it runs",
    "meeting_in_this_century": "the office plans no meeting before the year 2000 or after 2100",
    "meeting_holds_a_part_alone": "it knows of no parts, so it leaves the column empty",
    "session_in_this_century": "a session begins and ends with its meetings",
    "beyond_capacity_with_a_seat": "it leaves the column false, and then nothing of what it writes is looked at",
    "session_merges_into_another": "it leaves both columns empty",
    "session_modes_add_up": "it leaves the seats of each mode empty, and then nothing of what it writes is looked at",
}
