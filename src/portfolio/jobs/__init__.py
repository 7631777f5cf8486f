"""The timetable and its claims: each slot runs once, whatever the number of processes."""
