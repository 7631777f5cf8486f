"""How rows are kept: the base of all tables, money, keys for sorting and searching, the engine and its transactions."""
