"""The bell: what waits for a person's step."""
