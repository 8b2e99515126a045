"""The plan of leads for a week: targets a person, segment and stage, the fact beside them, the way back from a goal."""
