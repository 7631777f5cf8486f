"""Monitoring: a funded project followed to its benefits: its life, its returns, its ratings, and the arithmetic of its health."""
