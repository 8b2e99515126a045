"""Hypotheses: what can be decided today, one test with its evidence, and the deeds on it."""
