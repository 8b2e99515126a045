"""The demo story: a bank region that sells through agents, written through services only."""
