"""Progress returns: what each project says of itself every period, signed by its sponsor, verified, and shown to everybody who
may find the project (handbook W7)."""
