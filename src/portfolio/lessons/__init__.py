"""Lessons of projects, which cases answer them, and from which project another one is derived."""
