"""The risk register of a project: ratings never overwritten, escalation by tier, acceptance with an end, issues, simulation."""
