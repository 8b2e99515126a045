"""The week and the day: sprints, goals, actions, their results and priorities; what practitioners share."""
