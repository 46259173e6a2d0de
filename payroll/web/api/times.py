"""Zeitmengen übergeben: derselbe Weg wie eine Zeitdatei; gebucht wird erst, wenn eine zweite Person freigibt.

Gelesen wird nur Gebuchtes, und keine Abwesenheiten: sie sagten, wer krank war.
"""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from payroll.masterdata.models import Beschaeftigung
from payroll.masterdata.sheets import as_csv
from payroll.runs.zeiten.stock import load_stock
from payroll.web.api.door import Answer, Refused, api, body, needs, query_month, query_number, shown
from tenants.db.session import TenantSession
from timekeeping import service
from timekeeping.imports.problems import ImportFehler
from timekeeping.models import ZeitDatei, ZeitZeile
from timekeeping.rules.months import month_end

FORMAT = "stunden-pro-tag"
COLUMNS = {"personalnummer": "Personalnummer", "datum": "Datum", "schluessel": "Lohnart",
           "kostenstelle": "Kostenstelle", "stunden": "Stunden", "tage": "Tage", "betrag": "Betrag"}
NUMBERS = ("stunden", "tage", "betrag")
MOST_ROWS, PAGE = 20_000, 500
READ = ("schluessel", "lohnart", "kostenstelle", "einheit", "betrag", "nachtrag")


@api.get("/zeiten")
@needs("zeiten.lesen")
def read_rows(session: TenantSession) -> Answer:
    """Gebuchte Zeilen aus Dateien und Übergaben, die einen Tag des Monats berühren, seitenweise."""
    month, page = query_month(), query_number("seite", 1, 1, 100_000)
    chosen = (ZeitZeile.gebucht, ZeitZeile.art != "abwesenheit", ZeitZeile.von <= month_end(month),
              ZeitZeile.bis >= month)
    total = session.scalar(select(func.count()).select_from(ZeitZeile).where(*chosen)) or 0
    found = session.execute(
        select(ZeitZeile, Beschaeftigung.personalnummer, ZeitDatei.public_id)
        .join(Beschaeftigung, Beschaeftigung.id == ZeitZeile.beschaeftigung_id)
        .join(ZeitDatei, ZeitDatei.id == ZeitZeile.datei_id)
        .where(*chosen).order_by(ZeitZeile.id).limit(PAGE).offset((page - 1) * PAGE))
    rows = [_row(*one) for one in found]
    return Answer({"monat": f"{month:%Y-%m}", "anzahl": total, "seite": page, "seiten": max(1, -(-total // PAGE)),
                   "zeilen": rows}, counts={"zeilen": len(rows)})


@api.post("/zeiten")
@needs("zeiten.schreiben")
def write_times(session: TenantSession) -> Answer:
    """Legt Zeitmengen zur Freigabe vor; dieselben noch einmal geben dieselbe Kennung."""
    content = body()
    if unknown := set(content) - {"zeilen"}:
        raise Refused(422, (shown(unknown), "diese Angabe gibt es nicht", "es gibt zeilen"))
    rows = content.get("zeilen")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        raise Refused(422, ("zeilen", f"nicht 1 bis {MOST_ROWS} Zeilen", "eine Liste von Zeilen angeben"))
    cells = [_cells(f"zeilen[{number}]", row) for number, row in enumerate(rows)]
    used = [name for name in COLUMNS if any(row[name] != "" for row in cells) or name in ("personalnummer", "datum")]
    data = as_csv([COLUMNS[name] for name in used], [[row[name] for name in used] for row in cells])
    try:
        datei = service.read_in(session, load_stock(session), "schnittstelle.csv", data, FORMAT)
    except ImportFehler as refused:
        raise Refused(422, ("zeilen", refused.grund, refused.abhilfe)) from refused
    return Answer(_told(session, datei), 201, counts={"zeilen": len(rows)})


@api.get("/zeiten/<uuid:kennung>")
@needs("zeiten.schreiben")
def read_times(session: TenantSession, kennung: uuid.UUID) -> Answer:
    """Stand einer Übergabe: vorgelegt, freigegeben, zurückgezogen; beanstandete Zeilen mit Grund."""
    try:
        datei = service.find(session, str(kennung))
    except ImportFehler:
        raise Refused(404, ("kennung", "diese Übergabe gibt es nicht", "die Kennung aus der Antwort nehmen")) from None
    return Answer(_told(session, datei))


def _told(session: TenantSession, datei: ZeitDatei) -> dict[str, Any]:
    problems = [{"zeile": max(0, row.zeile - 2), "stand": row.stand, "regel": row.grund, "abhilfe": row.abhilfe}
                for row in service.problems(session, datei)]
    return {"kennung": str(datei.public_id), "zustand": datei.zustand, "anzahl": service.counts(session, datei),
            "beanstandungen": problems}


def _row(row: ZeitZeile, personalnummer: str, datei: uuid.UUID) -> dict[str, Any]:
    days = {"von": row.von, "bis": row.bis, "beginn": row.beginn, "ende": row.ende}
    return {"personalnummer": personalnummer, "uebergabe": str(datei), "ganzer_monat": row.monat,
            "menge": None if row.menge is None else f"{row.menge.normalize():f}",
            **{name: None if day is None else day.isoformat() for name, day in days.items()},
            **{name: getattr(row, name) for name in READ}}


def _cells(place: str, row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise Refused(422, (place, "kein Objekt", "je Zeile personalnummer, datum, schluessel und eine Menge"))
    if unknown := set(row) - set(COLUMNS):
        raise Refused(422, (f"{place}.{shown(unknown)}", "diese Angabe gibt es nicht", f"es gibt {', '.join(COLUMNS)}"))
    for name in ("personalnummer", "datum", "schluessel"):
        if not _is_word(row.get(name)) or not row[name]:
            raise Refused(422, (f"{place}.{name}", "fehlt oder ist kein Text", "einen Text angeben"))
    if not _is_word(row.get("kostenstelle", "")):
        raise Refused(422, (f"{place}.kostenstelle", "kein Text", "einen Text angeben"))
    if not any(name in row for name in NUMBERS):
        raise Refused(422, (place, "keine Menge", "stunden, tage oder betrag angeben"))
    for name in NUMBERS:
        if name in row and not _is_number(row[name]):
            raise Refused(422, (f"{place}.{name}", "keine Zahl bis 100 000", "eine Zahl mit höchstens vier "
                                "Nachkommastellen angeben"))
    return {name: row.get(name, "") for name in COLUMNS}


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 60 and (value == "" or value.isprintable())


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    number = Decimal(value)
    return number.is_finite() and number.copy_abs() <= 100_000 and int(number.as_tuple().exponent) >= -4
