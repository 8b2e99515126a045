"""Initiatives: one offer, its people, its segments, and the work on them."""
