"""The structured sections of a case: one declaration a table, one engine that shows, binds, saves, pastes, totals and checks."""
