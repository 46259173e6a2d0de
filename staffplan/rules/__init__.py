"""Was der Stellenplan nicht zulässt: reine Funktionen über einfache Daten, jede Ablehnung mit Grund und Abhilfe."""


class Refused(ValueError):
    """Eine Angabe verstößt gegen eine Regel; der Text nennt Satz, Feld, Regel und Abhilfe."""
