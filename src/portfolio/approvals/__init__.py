"""Sign-offs, the gate's workflow, opinion, decision, conditions, and the approval codes that procurement verifies."""
