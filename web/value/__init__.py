"""Value promised and measured: what the lead's card, an agent, a segment and the list of promises show."""
