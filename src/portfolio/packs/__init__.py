"""Country packs: who holds which power, what binds, which tracks, sections, rubric, calendar and words apply."""
