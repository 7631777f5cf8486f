"""The standards library: sets, standards, criteria, versions; which of them a case must answer, and why the others not."""
