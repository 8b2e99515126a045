"""Regular messages to agents and clients: templates, campaigns, every message and every reply."""
