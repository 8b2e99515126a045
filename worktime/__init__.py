"""When a person works: hours, lunch, days off, holidays of the region; working time counted from there."""
