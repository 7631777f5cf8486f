"""Imports and exports: real portfolios come in through mappings that are data, and go out with the same figures."""
