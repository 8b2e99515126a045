"""Files in: read, map, check without writing, load in chunks that survive a killed worker, take back."""
