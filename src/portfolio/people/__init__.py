"""Institutions, units, persons, the roles they hold and for how long, what a role may do, duties and recusals."""
