"""Calls as the exchange tells of them: the journal, airtime, who was on the line."""
