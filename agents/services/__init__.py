"""Deeds on offers and parties, one module a noun."""
