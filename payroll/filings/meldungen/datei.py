"""Die Übergabedatei: UTF-8, Semikolon, CRLF; Kopf mit Fassung, dann Felder oder Sätze. Beträge in Euro mit Komma.

Das amtliche Schema ist nicht öffentlich; die Datei trägt den belegten Inhalt für die Eingabe im Portal der
Annahmestelle
oder für ein zugelassenes Sendeprogramm. Was nicht belegt ist, steht in der Spalte „Stand“.
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from payroll.filings.meldungen.entwurf import ENTRIES, FIGURES, counted, layout
from payroll.filings.meldungen.speichern import content_of, entries_of
from payroll.filings.models import Meldung
from payroll.masterdata.sheets import RISKY
from tenants.db.session import TenantSession

CERTIFIED = ("3", "4", "5", "6", "15", "17", "18", "22a", "23a", "24a", "24b", "24c", "25", "26", "27",
             "aktivrente")
MONEY = {"lstb": CERTIFIED, "zv_jahr": ("entgelt", "umlage"),
         "eel": (*(f"{name}_{at}" for name in ("brutto", "netto", "einmal") for at in (1, 2, 3)), "einmal_12_monate"),
         "bea": (*(f"{name}_{at}" for name in ("entgelt", "einmal") for at in range(1, 13)), "abfindung",
                 "urlaubsabgeltung"),
         "personalstand": ("brutto", *(f"brutto_{name}" for name in (
             "regelmaessig", "zuschlaege", "ueberstunden", "sonstige", "uebrige")))}

LATER = {"lstb": ("merkmale",)}  # not in files written before they were reported: those stay byte for byte

Eintrag = tuple[str, str, str, dict[str, Any]]  # kind, own identifier, identifier it refers to, content


def euros(cents: int) -> str:
    """Cent als Euro mit Komma."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02d}"


def as_file(session: TenantSession, row: Meldung) -> bytes:
    """Dieselben Bytes bei jedem Abruf."""
    content = content_of(session, row)
    entries = [(one.satzart, str(one.public_id), str(one.ersetzt or ""), held)
               for one, held in entries_of(session, row)] if row.saetze else []
    return written(content, entries)


def written(content: dict[str, Any], entries: list[Eintrag]) -> bytes:
    """Inhalt als Datei."""
    target = StringIO(newline="")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Meldung", content["art"], content["unterart"], content["fassung"], content["kennung"]])
    writer.writerow(["Für", content["fuer"][:7], "Empfänger", *content["empfaenger"]])
    if content["berichtigt"]:
        writer.writerow(["Berichtigung", "ja"])
    for name, one in sorted(content["angaben"].items()):
        if isinstance(one, str | int) and one not in ("", 0):
            writer.writerow([name, _plain(one)])
    if content["art"] in FIGURES:
        _fields(writer, content)
    if content["art"] not in FIGURES or content["art"] in ENTRIES:
        _entries(writer, content["art"], entries)
    return target.getvalue().encode("utf-8-sig")


def _fields(writer: Any, content: dict[str, Any]) -> None:
    writer.writerow(["Schlüssel", "Bedeutung", "Wert", "Stand"])
    held = content["werte"]
    for one in layout(content["art"]):
        if one.schluessel in held:
            number = held[one.schluessel]
            shown = str(number) if counted(content["art"], one.schluessel) else euros(number)
            writer.writerow([one.schluessel, one.bedeutung, shown, one.stand])


def _entries(writer: Any, kind: str, entries: list[Eintrag]) -> None:
    later = {name for name in LATER.get(kind, ()) if not any(name in held for *_, held in entries)}
    fields = [one for one in layout(ENTRIES.get(kind, kind)) if one.schluessel not in later]
    money = MONEY.get(kind, ())
    writer.writerow(["Satzart", "Kennung", "Bezug", *(one.schluessel for one in fields)])
    for entry, own, other, held in entries:
        values = (euros(held[one.schluessel]) if one.schluessel in money and one.schluessel in held
                  else _plain(held.get(one.schluessel, "")) for one in fields)
        writer.writerow([entry, own, other, *values])


def _plain(value: Any) -> str:
    """Kein Wert wird in einer Tabellenkalkulation zur Formel."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(RISKY) and not text.lstrip("-").replace(",", "").isdigit() else text
