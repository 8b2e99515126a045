"""Deeds on leads. Each is one transaction, keyword-only, harmless to repeat; the clock comes in as ``at``."""
