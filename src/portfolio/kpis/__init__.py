"""Indicators and benefits of a project: what was promised, what was measured, and whether the one meets the other."""
