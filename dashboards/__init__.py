"""What sales heads steer by: forecast and commitments, load, overdue, show-up, the weekly letter."""
