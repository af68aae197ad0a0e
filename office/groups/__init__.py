"""Who may do what in the office: what the groups may, how one is given, and what somebody without it reads."""
