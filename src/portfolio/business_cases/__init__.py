"""The business case: its sections and lines, what is missing, what it costs, its frozen snapshots. Its status is written by `approvals`."""
