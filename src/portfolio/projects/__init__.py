"""The operational tier: the initiative, which is the row of every list and export, and its project once it is funded."""
