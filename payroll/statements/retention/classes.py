"""Datenarten mit ihrer Frist: Gesetz, volle Kalenderjahre, ab wann. Fällig ist am 1. Januar nach dem letzten Jahr.

Quellen (Stand 2026): EStG, AO, SGB IV, BVV, BGB in der geltenden Fassung auf gesetze-im-internet.de; begründet in
docs/decisions/0007-retention.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Datenart:
    """Eine Datenart. jahre: volle Kalenderjahre nach dem Jahr, in dem `ab` eintrat; pruefung: dazu muss die
    Betriebsprüfung der Rentenversicherung das Jahr erledigt haben (§ 28f Abs. 1 SGB IV)."""

    name: str
    titel: str
    jahre: int
    ab: str
    gesetz: str
    pruefung: bool = True

    def first_kept(self, day: date) -> date:
        """Erster Tag, der am Stichtag noch aufzubewahren ist; alles davor hat seine Frist hinter sich."""
        return date(day.year - self.jahre, 1, 1)


ABRECHNUNG = Datenart(
    "abrechnung", "Ausgestellte Abrechnungen (versiegelt)", 6, "Monat der Abrechnung",
    "§ 41 Abs. 1 Satz 9 EStG, § 147 Abs. 1 Nr. 5, Abs. 3 AO, § 28f Abs. 1 SGB IV")
LOHNKONTO = Datenart(
    "lohnkonto", "Lohnkonto: Ergebnisse, Wertebögen, Rückrechnungen, Befunde", 7, "letzte Lohnzahlung des Jahres",
    "§ 41 Abs. 1 Satz 9 EStG (sechs Jahre), § 28f Abs. 1 SGB IV, § 8 BVV; ein siebtes, weil das Folgejahr aus ihm "
    "gerechnet ist (Vorjahresentgelt, § 23a Abs. 4 SGB IV) und prüfbar bleiben muss")
ZEITDATEN = Datenart(
    "zeitdaten", "Zeitdateien und Zeitzeilen", 6, "Tag der Zeit, frühestens das Einlesen",
    "§ 28f Abs. 1 SGB IV, § 8 Abs. 2 BVV; mindestens zwei Jahre nach § 16 Abs. 2 ArbZG")
PFAENDUNG = Datenart(
    "pfaendung", "Pfändungen, Abtretungen, Unterhaltspflichten nach der Erledigung", 3, "Erledigung der Forderung",
    "§§ 195, 199 Abs. 1 BGB (Ansprüche gegen den Drittschuldner), § 840 ZPO", pruefung=False)
ZAHLUNG = Datenart(
    "zahlung", "Zahlungsaufträge, Zahlungen, Rückmeldungen der Bank (versiegelt)", 8, "Monat der Abrechnung",
    "§ 147 Abs. 1 Nr. 4, Abs. 3 AO (Buchungsbelege, acht Jahre seit 2025)", pruefung=False)
PERSONALSTAMM = Datenart(
    "personalstamm", "Person, Beschäftigungen, alle Angaben, Zugang zum Portal", 7,
    "Austritt, frühestens letzte Abrechnung", "§ 41 Abs. 1 Satz 9 EStG, § 28f Abs. 1 SGB IV, Art. 17 DSGVO")
PROTOKOLLWERTE = Datenart(
    "protokollwerte", "Werte im Protokoll ohne Person: Einstellungen, Sätze, Stellenplan", 7, "Jahr der Änderung",
    "§ 41 Abs. 1 Satz 9 EStG, § 28f Abs. 1 SGB IV, wie das Lohnkonto: Einstellungen gehören zu seinem Nachvollzug")
DATENARTEN = (ABRECHNUNG, ZEITDATEN, PFAENDUNG, LOHNKONTO, ZAHLUNG, PERSONALSTAMM, PROTOKOLLWERTE)
NAMEN = tuple(one.name for one in DATENARTEN)


def datenart(name: str) -> Datenart:
    """Die Datenart dieses Namens."""
    return next(one for one in DATENARTEN if one.name == name)
