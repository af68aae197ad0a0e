"""What came of sessions, in numbers: attendance by session and workshop, and completion by program. It names nobody."""
