"""The forms: registering, another date, colleagues, access needs. They check shape; the verbs decide about seats."""
