"""Abwesenheiten aus Zeitdateien werden Vorschläge für Fehlzeiten; entschieden wird jeder von einem Menschen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from tenants import audit
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession
from timekeeping.handover.models import ZeitVorschlag
from timekeeping.imports.problems import ImportFehler
from timekeeping.models import ZeitDatei, ZeitZeile

# Own key of the file: kind of absence in the master data. Travel and time off change no pay.
FEHLZEIT = {"krank": "krankheit", "kur": "krankheit", "kind_krank": "kind_krank", "sonderurlaub": "sonderurlaub",
            "mutterschutz": "mutterschutz", "elternzeit": "elternzeit", "unentschuldigt": "unentschuldigt"}
# Leave has its daily average (section 21 TVöD), a conversion day lessens an allowance: both by whole days.
URLAUB, UMWANDLUNG = "urlaub", "umwandlungstag"
GANZE_TAGE = {"urlaub": URLAUB, "zusatzurlaub": URLAUB, "umwandlung": UMWANDLUNG}
ARTEN = FEHLZEIT | GANZE_TAGE


@dataclass(frozen=True)
class Vorschlag:
    """Eine gebuchte Abwesenheit, über die noch niemand entschieden hat; nummer ist die ihrer Zeile im Bestand."""

    nummer: int
    beschaeftigung_id: int
    personalnummer: str
    art: str
    von: date
    bis: date
    herkunft: str
    datei_id: int = 0


def open_proposals(session: TenantSession, first: date = date.min, last: date = date.max) -> list[Vorschlag]:
    """Offene Vorschläge, die einen Tag von ``first`` bis ``last`` berühren, nach Person und Beginn; eine Abfrage."""
    return _read(session, ZeitZeile.gebucht, ZeitVorschlag.id.is_(None), ZeitZeile.von <= last, ZeitZeile.bis >= first)


def adopted(session: TenantSession, *, gebucht: bool) -> list[Vorschlag]:
    """Übernommene Vorschläge, deren Zeile noch gebucht ist, oder (gebucht falsch) deren Datei seither zurückgenommen
    oder ersetzt wurde; eine Abfrage."""
    return _read(session, ZeitZeile.gebucht.is_(gebucht), ZeitVorschlag.entscheidung == "uebernommen")


def _read(session: TenantSession, *where: ColumnElement[bool]) -> list[Vorschlag]:
    rows = session.execute(
        select(ZeitZeile.id, ZeitZeile.beschaeftigung_id, ZeitZeile.personalnummer, ZeitZeile.lohnart, ZeitZeile.von,
               ZeitZeile.bis, ZeitZeile.zeile, ZeitZeile.datei_id, ZeitDatei.dateiname)
        .join(ZeitDatei, (ZeitDatei.tenant_id == ZeitZeile.tenant_id) & (ZeitDatei.id == ZeitZeile.datei_id))
        .outerjoin(ZeitVorschlag, (ZeitVorschlag.tenant_id == ZeitZeile.tenant_id)
                   & (ZeitVorschlag.zeile_id == ZeitZeile.id))
        .where(ZeitZeile.lohnart.in_(ARTEN), ZeitZeile.lohnart.in_(FEHLZEIT) | ZeitZeile.beginn.is_(None), *where)
        .order_by(ZeitZeile.personalnummer, ZeitZeile.von, ZeitZeile.id))
    return [Vorschlag(row.id, row.beschaeftigung_id, row.personalnummer, ARTEN[row.lohnart], row.von, row.bis,
                      f"Zeile {row.zeile} von {row.dateiname}", row.datei_id) for row in rows]


def chosen(session: TenantSession, nummern: Collection[int]) -> list[Vorschlag]:
    """Die offenen Vorschläge mit diesen Nummern, in ihrer Folge. Raises ImportFehler, wenn es einen nicht gibt."""
    wanted = set(nummern)
    found = [one for one in open_proposals(session) if one.nummer in wanted]
    missing = wanted - {one.nummer for one in found}
    if missing:
        raise ImportFehler(f"Einen offenen Vorschlag {min(missing)} gibt es nicht", "Liste der Vorschläge neu laden")
    return found


def proposal(session: TenantSession, nummer: int) -> Vorschlag:
    """Der offene Vorschlag mit dieser Nummer. Raises ImportFehler, wenn es keinen gibt."""
    return chosen(session, [nummer])[0]


def decide(session: TenantSession, found: Collection[Vorschlag], entscheidung: str, *, reason: str) -> None:
    """Hält fest, was aus Vorschlägen geworden ist: „uebernommen“ oder „verworfen“; so viele Abfragen wie für einen."""
    if not reason.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")
    who, why = str(session.info["actor"]), reason.strip()
    copy_rows(session, ZeitVorschlag, ("zeile_id", "entscheidung", "grund", "entschieden_von"),
              [(one.nummer, entscheidung, why, who) for one in found])
    audit.record_many(session, [audit.Entry(
        "zeitvorschlag.entschieden", f"zeitvorschlag:{one.nummer}",
        {"entscheidung": entscheidung, "beschaeftigung": one.beschaeftigung_id, "von": one.von.isoformat(),
         "bis": one.bis.isoformat()}, why) for one in found])
