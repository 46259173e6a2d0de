"""Payroll: the law, facts about people, monthly runs, statements and filings."""
