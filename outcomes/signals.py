"""What came of a meeting. Sent inside the transaction of the verb.

`attendance_changed` sends `attendance=` and `was=`, the state it had before (None where there was no word yet).
Where the word was taken back the row is gone, and its `state` is "".
`attendance_closed` sends `meeting=`: the office says that its list is complete.
`evaluation_answered` sends `session=` and `person=`: that they have answered, never what.
`certificate_issued` sends `certificate=` and `replaces=`, the one whose place it takes (None for a first one).
`certificate_revoked` sends `certificate=`. One that is replaced is not revoked.
`attendance_disputed` sends `dispute=`: a person says that what is known of them is wrong.
`dispute_decided` sends `dispute=`: the office has decided it.
`outside_answered` sends `activity=`: the office has said whether what somebody took elsewhere counts.
"""

from django.dispatch import Signal

attendance_changed = Signal()
attendance_closed = Signal()
evaluation_answered = Signal()
certificate_issued = Signal()
certificate_revoked = Signal()
attendance_disputed = Signal()
dispute_decided = Signal()
outside_answered = Signal()
