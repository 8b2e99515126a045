"""A second pair of eyes: asking for it, and deciding."""
