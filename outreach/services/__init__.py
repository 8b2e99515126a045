"""Deeds of outreach, one module a noun."""
