"""Execution: what the financial system says was planned, committed, accrued and paid, month by month; contracts and invoices."""
