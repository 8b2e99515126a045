"""Stages, gates, the append-only log of entries, and what is counted from it."""
