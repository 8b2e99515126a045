"""Blockers on the bank's side."""
