"""Web faces of payroll: the clerk's desk and the employee portal."""
