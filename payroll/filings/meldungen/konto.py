"""Meldekonto: was gemeldet ist und gilt; aus dem, was zu melden wäre, werden neue Sätze, Stornierungen, Korrekturen."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import func, select

from payroll.filings.meldungen.entwurf import TAX_DATA, Satz, checksum
from payroll.filings.models import Meldesatz, Meldung
from payroll.law.rules.entgelt.laufzeit import plus_monate
from tenants.db.session import TenantSession
from tenants.retention.models import DeletionOrder
from tenants.security import keys_of, open_sealed

GONE = ("zurueckgezogen", "abgelehnt")
NEEDS_BEFORE = {"eel": 12}  # months before a report that it is made of


@dataclass(frozen=True)
class Gemeldet:
    """Der letzte Satz eines Schlüssels."""

    kennung: uuid.UUID
    satzart: str
    pruefwert: bytes
    zeile: Any


def ledger(session: TenantSession, kind: str, *, outside: bool = False) -> dict[str, Gemeldet]:
    """Geltende Sätze einer Art je Schlüssel; stornierte fehlen. outside: nur aus freigegebenen Meldungen."""
    found: dict[str, Gemeldet] = {}
    gone = (*GONE, "erstellt") if outside else GONE
    for row in session.scalars(select(Meldesatz).join(Meldung, Meldung.id == Meldesatz.meldung_id)
                               .where(Meldung.art == kind, Meldung.zustand.not_in(gone)).order_by(Meldesatz.id)):
        if row.satzart == "storno":
            found.pop(row.schluessel, None)
        else:
            found[row.schluessel] = Gemeldet(row.public_id, row.satzart, row.pruefwert, row)
    return found


def settled_before(session: TenantSession, kind: str) -> date:
    """Erster Tag, über den sich diese Art noch rechnen lässt: davor sind Lohnkonten gelöscht oder werden es."""
    kept = session.scalar(select(func.max(DeletionOrder.kept_from)).where(DeletionOrder.approved_at.is_not(None)))
    return date.min if kept is None else plus_monate(kept, NEEDS_BEFORE.get(kind, 0))


def difference(session: TenantSession, kind: str, wanted: Sequence[Satz], *, cancel: bool = True,
               spared: Collection[str] = (), start: date = date.min) -> list[Satz]:
    """Sätze, die fehlen, sich geändert haben oder zu Unrecht gemeldet sind.

    cancel: Änderung ist Stornierung und neue Meldung (§ 14 DEÜV); sonst eine Korrektur, die den alten Satz nennt.
    spared: Personalnummern, über die gerade nichts gesagt werden kann; was von ihnen gemeldet ist, bleibt.
    start: was davor begann, meldet jemand anderes. Was vor den aufbewahrten Lohnkonten begann, bleibt, wie es ist.
    """
    held, made = ledger(session, kind), []
    first = max(start, settled_before(session, kind))
    for one in wanted:
        if one.von < first:
            continue
        before = held.pop(one.schluessel, None)
        if before is None:
            made.append(one)
        elif not _same(session, before, one):
            if cancel:
                made.append(_cancelled(session, before))
                made.append(one)
            else:
                made.append(replace(one, satzart="korrektur", ersetzt=before.kennung))
    wrong = [one for one in held.values()
             if one.zeile.personalnummer not in spared and one.zeile.von >= first] if cancel else []
    return made + [_cancelled(session, one) for one in wrong]


def _same(session: TenantSession, before: Gemeldet, one: Satz) -> bool:
    """Ob dieselben Tatsachen gemeldet sind; ältere Sätze haben einen Prüfwert auch über Name und Anschrift.

    Steuerdaten eines Minijobs: gemeldet, ehe Meldungen sie trugen, macht ihr Fehlen nichts falsch; eine damals
    unbekannte Steuer-Identifikationsnummer wird nachgereicht, sobald sie da ist. Ebenso die Abzugsmerkmale: eine
    Lohnsteuerbescheinigung, die sie noch nicht trug, wird ihretwegen nicht berichtigt.
    """
    taxed = "art_besteuerung" in one.inhalt
    if before.pruefwert == one.pruefwert and not taxed:
        return True
    held, wanted = _opened(session, before), one.inhalt
    if taxed and "art_besteuerung" not in held:
        wanted = {key: value for key, value in wanted.items() if key not in TAX_DATA}
    elif taxed and wanted["steuer_id"] and not held["steuer_id"]:
        return False
    if "merkmale" not in held:
        wanted = {key: value for key, value in wanted.items() if key != "merkmale"}
    facts = checksum(one.grund, wanted)
    return facts in (before.pruefwert, checksum(before.zeile.grund, held))


def _opened(session: TenantSession, before: Gemeldet) -> dict[str, Any]:
    row = before.zeile
    found: dict[str, Any] = orjson.loads(open_sealed(
        keys_of(session), row.inhalt_siegel, table="meldesatz", row=str(row.public_id), column="inhalt_siegel"))
    return found


def _cancelled(session: TenantSession, before: Gemeldet) -> Satz:
    """Stornierung mit dem Inhalt, wie er gemeldet war."""
    row = before.zeile
    return Satz(row.schluessel, row.grund, row.von, row.bis, row.frist, row.person_public_id, row.personalnummer,
                _opened(session, before), "storno", row.public_id)
