"""What happened, for bank systems: the outbox, who is told, deliveries and the feed."""
