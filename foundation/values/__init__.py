"""What a value of a kind is, one rule per kind: models, pages, the admin, imports and settings all ask here.

A `read_...` function takes what somebody typed and returns the one form in which it is stored and compared, or raises
ValidationError with the sentence for the page. What it returns, every page, mail, calendar and file can show.
"""
