"""What came of a meeting. Sent inside the transaction of the verb.

`attendance_changed` sends `attendance=` and `was=`, the state it had before (None where there was no word yet).
Where the word was taken back the row is gone, and its `state` is "".
`attendance_closed` sends `meeting=`: the office says that its list is complete.
`attendance_disputed` sends `dispute=`: a person says that what is known of them is wrong.
"""

from django.dispatch import Signal

attendance_changed = Signal()
attendance_closed = Signal()
attendance_disputed = Signal()
