"""Jahresmeldung als Tabelle: ein Blatt je Person und eines je Abschnitt; Text bleibt Text, auch als Formel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from payroll.masterdata.sheets import as_csv, as_xlsx
from payroll.runs.zusatzversorgung.jahr import Versicherter
from payroll.runs.zusatzversorgung.lesen import WERTE
from tenants import audit
from tenants.db.session import TenantSession

PERSONEN = ("Personalnummer", "Name", "Kasse", "Mitgliedsnummer", "Entgelt", "Umlage", "Sanierungsgeld", "Eigenanteil",
            "Beitrag", "davon steuerfrei", "Elternzeit Monate", "Versorgungspunkte", "Rente monatlich", "Hinweise")
ABSCHNITTE = ("Personalnummer", "Name", "Kasse", "Mitgliedsnummer", "von", "bis", "Einzahler", "Versicherungsmerkmal",
              "Steuermerkmal", "Entgelt", "Umlage oder Beitrag", "Versorgungspunkte des Jahres", "Hinweise")


def euro(cents: int) -> Decimal:
    """Cent als Euro mit zwei Stellen."""
    return Decimal(cents).scaleb(-2)


def export(kind: str, rows: Sequence[Versicherter]) -> bytes:
    """Datei der Meldung: csv (eine Zeile je Abschnitt und Schlüssel) oder xlsx (Personen und Abschnitte)."""
    if kind == "csv":
        return as_csv(ABSCHNITTE, section_rows(rows))
    return as_xlsx([("Personen", PERSONEN, total_rows(rows)), ("Abschnitte", ABSCHNITTE, section_rows(rows))])


def given_out(session: TenantSession, year: int, rows: Sequence[Versicherter], how: str) -> None:
    """Vermerkt im Protokoll, dass die Meldung eines Jahres ausgegeben wurde (how: csv, xlsx, anzeige)."""
    audit.record(session, "zusatzversorgung.gemeldet", f"zusatzversorgung:{year}", {"anzahl": len(rows), "form": how})


def total_rows(rows: Sequence[Versicherter]) -> Iterator[list[Any]]:
    """Eine Zeile je Person und Kasse."""
    for one in rows:
        yield [one.personalnummer, one.name, one.kasse, one.mitgliedsnummer,
               *(euro(one.werte[name]) for name in WERTE), one.elternzeit_monate, euro(one.punkte),
               euro(one.anwartschaft), "; ".join(one.hinweise)]


def section_rows(rows: Sequence[Versicherter]) -> Iterator[list[Any]]:
    """Eine Zeile je Versicherungsabschnitt und Buchungsschlüssel."""
    for one in rows:
        for section in one.abschnitte:
            for booking in section.buchungen:
                key = booking.schluessel
                yield [one.personalnummer, one.name, one.kasse, one.mitgliedsnummer, section.von, section.bis,
                       key[:2], key[2:4], key[4:], euro(booking.entgelt), euro(booking.umlage), euro(one.punkte),
                       "; ".join(one.hinweise)]
