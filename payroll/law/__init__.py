"""The law of pay as readable, exact rules over columns; knows no database, no web, no clock."""
