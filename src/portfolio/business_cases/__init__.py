"""The business case: sections and lines, what is missing, what it costs, frozen snapshots. `approvals` writes its status."""
