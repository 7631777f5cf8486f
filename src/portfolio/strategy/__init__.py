"""The strategic tier: calls with their dated stages, objectives and action lines, and the envelope of each institution."""
