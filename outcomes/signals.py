"""What came of a meeting. Sent inside the transaction of the verb.

`attendance_changed` sends `attendance=` and `was=`, the state it had before (None where there was no word yet).
`attendance_closed` sends `meeting=`: the office says that its list is complete.
`certificate_issued` sends `certificate=` and `replaces=`, the one whose place it takes (None for a first one).
`certificate_revoked` sends `certificate=`. One that is replaced is not revoked.
"""

from django.dispatch import Signal

attendance_changed = Signal()
attendance_closed = Signal()
certificate_issued = Signal()
certificate_revoked = Signal()
