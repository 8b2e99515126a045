"""The backlog of a week: segments, goals, actions, ideas, and the days with their slots."""
