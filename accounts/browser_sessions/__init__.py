"""Browser sessions: what a browser keeps with us between two pages, and whether a person is signed in there."""
