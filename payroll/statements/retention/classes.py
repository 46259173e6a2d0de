"""Datenarten mit ihrer Frist: Gesetz, volle Kalenderjahre, ab wann, und was davon jemand nachgeprüft hat.

Fällig ist am 1. Januar nach dem letzten Jahr. Verglichen mit der Fristentabelle der Fachgrundlagen (November 2026); was
dort nicht als bestätigt steht oder was dieses Haus selbst entschieden hat, sagt `offen`. Begründet in
docs/decisions/0007-retention.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Datenart:
    """Eine Datenart. jahre: volle Kalenderjahre nach dem Jahr, in dem `ab` eintrat; pruefung: dazu muss die
    Betriebsprüfung der Rentenversicherung das Jahr erledigt haben (§ 28f Abs. 1 SGB IV); offen: was an der Frist
    unbestätigt oder eine Entscheidung des Hauses ist, leer: alles bestätigt."""

    name: str
    titel: str
    jahre: int
    ab: str
    gesetz: str
    pruefung: bool = True
    offen: str = ""

    def first_kept(self, day: date) -> date:
        """Erster Tag, der am Stichtag noch aufzubewahren ist; alles davor hat seine Frist hinter sich."""
        return date(day.year - self.jahre, 1, 1)


ABRECHNUNG = Datenart(
    "abrechnung", "Ausgestellte Abrechnungen und Bescheinigungen (versiegelt)", 8, "Monat der Abrechnung",
    "§ 147 Abs. 1 Nr. 4, Abs. 3 AO (Buchungsbelege acht Jahre, seit BEG IV), § 41 Abs. 1 Satz 9 EStG (sechs Jahre), "
    "§ 28f Abs. 1 SGB IV",
    offen="Fristen bestätigt; dass die einzelne Abrechnung als Beleg der Buchung gilt, hat dieses Haus entschieden")
LOHNKONTO = Datenart(
    "lohnkonto", "Lohnkonto: Ergebnisse, Wertebögen, Rückrechnungen, Befunde", 7, "letzte Lohnzahlung des Jahres",
    "§ 41 Abs. 1 Satz 9 EStG (sechs Jahre), § 28f Abs. 1 SGB IV, § 8 BVV; ein siebtes, weil das Folgejahr aus ihm "
    "gerechnet ist (Vorjahresentgelt, § 23a Abs. 4 SGB IV) und prüfbar bleiben muss",
    offen="sechs Jahre bestätigt; das siebte ist eine Entscheidung des Hauses")
ZEITDATEN = Datenart(
    "zeitdaten", "Zeitdateien und Zeitzeilen", 6, "Tag der Zeit, frühestens das Einlesen",
    "§ 28f Abs. 1 SGB IV, § 8 Abs. 2 BVV; mindestens zwei Jahre nach § 16 Abs. 2 ArbZG",
    offen="§ 16 Abs. 2 ArbZG und § 28f SGB IV bestätigt; sechs Jahre wie das Lohnkonto und § 8 Abs. 2 BVV unbestätigt")
EIGENE_ZEITEN = Datenart(
    "eigene_zeiten", "Eigene Stempel, ihre Korrekturen, angeordnete Stunden und Rufbereitschaft", 2, "Tag der Zeit",
    "§ 16 Abs. 2 Satz 2 ArbZG (mindestens zwei Jahre), § 28f Abs. 1 SGB IV",
    offen="zwei Jahre bestätigt; dass sie genügen, weil die bezahlten Mengen im Lohnkonto bleiben, hat dieses Haus "
          "entschieden")
PFAENDUNG = Datenart(
    "pfaendung", "Pfändungen, Abtretungen, Unterhaltspflichten nach der Erledigung", 3, "Erledigung der Forderung",
    "§§ 195, 199 Abs. 1 BGB (Ansprüche gegen den Drittschuldner), § 840 ZPO", pruefung=False,
    offen="Verjährung bestätigt; dass sie die Frist der Unterlagen bestimmt, ist eine Entscheidung des Hauses")
ZAHLUNG = Datenart(
    "zahlung", "Zahlungsaufträge, Zahlungen, Rückmeldungen der Bank, Buchungen", 8, "Monat der Abrechnung",
    "§ 147 Abs. 1 Nr. 4, Abs. 3 AO (Buchungsbelege, acht Jahre seit 2025)", pruefung=False)
PERSONALSTAMM = Datenart(
    "personalstamm", "Person, Beschäftigungen, alle Angaben, Zugang zum Portal", 7,
    "Austritt, frühestens letzte Abrechnung", "§ 41 Abs. 1 Satz 9 EStG, § 28f Abs. 1 SGB IV, Art. 17 DSGVO",
    offen="sechs Jahre bestätigt, das siebte wie beim Lohnkonto; für die Dokumente der Akte von Beamtinnen und "
          "Beamten (§§ 83 ff. LBG NRW) ist die Frist unbestätigt")
AKTE_KRANKHEIT = Datenart(
    "akte_krankheit", "Krankheit: Personalakte, Anforderungen der eAU", 5, "Tag des Dokuments, Monat der Anforderung",
    "§ 90 LBG NRW (Unterlagen über Erkrankungen fünf Jahre nach Abschluss des Vorgangs), Art. 17 DSGVO", pruefung=False,
    offen="Vorschrift und Frist unbestätigt; für Tarifbeschäftigte sinngemäß, Entscheidung des Hauses")
AKTE_PFAENDUNG = Datenart(
    "akte_pfaendung", "Personalakte: Pfändung, Abtretung", 3,
    "Erledigung der letzten Forderung, frühestens das Dokument",
    "§§ 195, 199 Abs. 1 BGB (Ansprüche gegen den Drittschuldner), § 840 ZPO", pruefung=False,
    offen="wie bei den Forderungen: dass die Verjährung die Frist bestimmt, ist eine Entscheidung des Hauses")
PROTOKOLLWERTE = Datenart(
    "protokollwerte", "Werte im Protokoll ohne Person: Einstellungen, Sätze, Stellenplan", 7, "Jahr der Änderung",
    "§ 41 Abs. 1 Satz 9 EStG, § 28f Abs. 1 SGB IV, wie das Lohnkonto: Einstellungen gehören zu seinem Nachvollzug",
    offen="keine eigene Vorschrift bestätigt; Entscheidung des Hauses wie beim Lohnkonto")
DATENARTEN = (ABRECHNUNG, ZEITDATEN, EIGENE_ZEITEN, AKTE_KRANKHEIT, AKTE_PFAENDUNG, PFAENDUNG, LOHNKONTO, ZAHLUNG,
              PERSONALSTAMM, PROTOKOLLWERTE)
NAMEN = tuple(one.name for one in DATENARTEN)


def datenart(name: str) -> Datenart:
    """Die Datenart dieses Namens."""
    return next(one for one in DATENARTEN if one.name == name)
