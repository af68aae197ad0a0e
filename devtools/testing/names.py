"""Names that are kept as they are typed, and what is refused as a name."""

NAMES = ["Zoë Ñandú-O’Neill 🙂", "دکتر لیلا احمدی", "שרה כהן", "<script>alert(1)</script>", "李小龙", "x"]
# What was typed, and the sentence that refuses it.
NOT_NAMES = [
    ("a" * 121, "Enter a name of at most 120 characters"),
    ("a" * 10_000, "Enter a name of at most 120 characters"),
    ("Ada\0Lovelace", "Enter this on one line, without control characters"),
    ("Ada\r\nBcc: everybody@example.edu", "Enter this on one line, without control characters"),
    ("Ada\u2028Lovelace", "Enter this on one line, without control characters"),
    ("Ada\u202eecalevoL", "Enter this on one line, without control characters"),
    ("", "Enter your name"),
    (" \t ", "Enter your name"),
]
