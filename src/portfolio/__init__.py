"""Where a government decides which digital projects deserve public money, and finds out whether they kept their promises."""

__version__ = "0.1.0"
