"""Aufbewahrung der Entgeltabrechnung: welche Datenarten es gibt, wie lange sie bleiben, was fällig ist und was hält."""
