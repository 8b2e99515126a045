"""Deeds on hypotheses."""
