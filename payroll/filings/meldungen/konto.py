"""Meldekonto: was gemeldet ist und gilt; aus dem, was zu melden wäre, werden neue Sätze, Stornierungen, Korrekturen."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import select

from payroll.filings.meldungen.entwurf import Satz, checksum
from payroll.filings.models import Meldesatz, Meldung
from tenants.db.session import TenantSession
from tenants.security import keys_of, open_sealed

GONE = ("zurueckgezogen", "abgelehnt")


@dataclass(frozen=True)
class Gemeldet:
    """Der letzte Satz eines Schlüssels."""

    kennung: uuid.UUID
    satzart: str
    pruefwert: bytes
    zeile: Any


def ledger(session: TenantSession, kind: str) -> dict[str, Gemeldet]:
    """Geltende Sätze einer Art je Schlüssel; stornierte fehlen."""
    found: dict[str, Gemeldet] = {}
    for row in session.scalars(select(Meldesatz).join(Meldung, Meldung.id == Meldesatz.meldung_id)
                               .where(Meldung.art == kind, Meldung.zustand.not_in(GONE)).order_by(Meldesatz.id)):
        if row.satzart == "storno":
            found.pop(row.schluessel, None)
        else:
            found[row.schluessel] = Gemeldet(row.public_id, row.satzart, row.pruefwert, row)
    return found


def difference(session: TenantSession, kind: str, wanted: Sequence[Satz], *, cancel: bool = True,
               spared: Collection[str] = ()) -> list[Satz]:
    """Sätze, die fehlen, sich geändert haben oder zu Unrecht gemeldet sind.

    cancel: Änderung ist Stornierung und neue Meldung (§ 14 DEÜV); sonst eine Korrektur, die den alten Satz nennt.
    spared: Personalnummern, über die gerade nichts gesagt werden kann; was von ihnen gemeldet ist, bleibt.
    """
    held, made = ledger(session, kind), []
    for one in wanted:
        before = held.pop(one.schluessel, None)
        if before is None:
            made.append(one)
        elif not _same(session, before, one):
            if cancel:
                made.append(_cancelled(session, before))
                made.append(one)
            else:
                made.append(replace(one, satzart="korrektur", ersetzt=before.kennung))
    wrong = [one for one in held.values() if one.zeile.personalnummer not in spared] if cancel else []
    return made + [_cancelled(session, one) for one in wrong]


def _same(session: TenantSession, before: Gemeldet, one: Satz) -> bool:
    """Ob dieselben Tatsachen gemeldet sind; ältere Sätze haben einen Prüfwert auch über Name und Anschrift."""
    return before.pruefwert == one.pruefwert or checksum(before.zeile.grund, _opened(session, before)) == one.pruefwert


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
