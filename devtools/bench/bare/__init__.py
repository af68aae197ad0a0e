"""The bare app: the same settings and middleware, and pages that do the least a Django page can."""
