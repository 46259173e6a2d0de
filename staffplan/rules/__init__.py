"""Was der Stellenplan nicht zulässt: reine Funktionen über einfache Daten, jede Ablehnung mit Grund und Abhilfe."""


class Refused(ValueError):
    """Eine Angabe verstößt gegen eine Regel; der Text nennt Satz, Feld, Regel und Abhilfe."""


class Overtaken(Refused):
    """An der Angabe liegt es nicht: jemand anderes war schneller; noch einmal lesen und noch einmal versuchen."""
