"""What people say of a session, without their names: the questions, who is asked, the form, and the results."""
