"""Zugänge für andere Programme: Zeichen je Mandant und Bereich, befristet, widerrufbar, gezählt."""
