"""The nightly forecast: one pass over the log, a word for every node of the tree of teams and every person."""
