"""Abwesenheiten aus Zeitdateien werden Vorschläge für Fehlzeiten; entschieden wird jeder von einem Menschen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from tenants import audit
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession
from timekeeping.handover.models import ZeitVorschlag
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.rows import ANGENOMMEN
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


def open_proposals(session: TenantSession, first: date = date.min, last: date = date.max,
                   known_at: datetime | None = None) -> list[Vorschlag]:
    """Offene Vorschläge, die einen Tag von ``first`` bis ``last`` berühren, nach Person und Beginn; eine Abfrage.

    known_at: was zu diesem Zeitpunkt gebucht und noch offen war (leer: heute).
    """
    is_open = ZeitVorschlag.id.is_(None)
    if known_at is not None:
        is_open |= ZeitVorschlag.entschieden_am > known_at
    return _read(session, _booked(known_at), is_open, ZeitZeile.von <= last, ZeitZeile.bis >= first)


def _booked(known_at: datetime | None) -> ColumnElement[bool]:
    """Zeilen, die zu diesem Zeitpunkt gebucht waren: angenommen, ihre Datei freigegeben, noch nicht zurückgenommen und
    noch nicht ersetzt; was auch nach dem Ersetzen gebucht blieb, ist es heute noch."""
    if known_at is None:
        return ZeitZeile.gebucht
    later = aliased(ZeitDatei)
    replaced = exists().where(later.ersetzt_id == ZeitDatei.id, later.freigegeben_am <= known_at)
    return and_(ZeitZeile.stand == ANGENOMMEN, ZeitDatei.freigegeben_am <= known_at,
                or_(ZeitDatei.zurueckgezogen_am.is_(None), ZeitDatei.zurueckgezogen_am > known_at),
                or_(ZeitZeile.gebucht, ~replaced))


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
