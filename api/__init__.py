"""REST for bank systems: HTTP in, HTTP out. No rule lives here; every write is a service, every object a door."""
