"""The engine of workflows: a table of transitions, checked when it is imported, that says why a move is refused."""
