"""Calls: the journal and the airtime of people."""
