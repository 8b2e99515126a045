"""The first day: from an empty account to the first result."""
