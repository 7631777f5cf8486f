"""The plan of a project: its milestones and what they need, the plans that were approved, requests to change, files of schedules."""
