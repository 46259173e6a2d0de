"""Storno: ein eigener Bescheid hebt einen freigegebenen auf; mit seiner Freigabe ist der Zeitraum wieder frei."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from payroll.verbund import nummern
from payroll.verbund.errors import BillingRefused
from payroll.verbund.models import Kostenbescheid, gilt
from payroll.verbund.preise import from_plain
from payroll.verbund.schritte import digest, find, subject
from tenants import audit
from tenants.db.session import TenantSession


def cancel(session: TenantSession, number: uuid.UUID, *, reason: str, today: date) -> Kostenbescheid:
    """Erstellt den Storno eines freigegebenen Bescheids, alle Beträge mit umgekehrtem Vorzeichen; er wirkt ab Freigabe.

    Eine Vorauszahlung, die eine Abrechnung schon abzieht, bleibt, bis diese storniert oder zurückgezogen ist.
    """
    row = find(session, Kostenbescheid, number, lock=True)
    if not reason.strip():
        raise BillingRefused(f"{row.nummer}: zum Stornieren einen Grund angeben; er steht auf dem Bescheid.")
    _refuse(session, row)
    made = nummern.following(session, row.von.year)
    content = reversed_content(row.inhalt, made, reason.strip(), today, paid=row.bezahlt_am is not None)
    days = from_plain(row.inhalt["preise"]).ziel_tage
    found = Kostenbescheid(
        nummer=made, art="storno", von=row.von, bis=row.bis, ausgestellt=today, faellig=today + timedelta(days=days),
        inhalt=content, netto=-row.netto, brutto=-row.brutto, sha256=digest(content), preisblatt=row.preisblatt,
        hebt_auf=row.nummer, storno_grund=reason.strip(), erstellt_von=str(session.info["actor"]))
    session.add(found)
    session.flush()
    session.refresh(found)
    audit.record(session, "kostenbescheid.storno", subject(found), {
        "nummer": made, "hebt_auf": row.nummer, "brutto": found.brutto, "sha256": found.sha256.hex()}, reason.strip())
    return found


def waiting(session: TenantSession, number: str) -> str | None:
    """Nummer des Stornos, der zu diesem Bescheid besteht (erstellt oder freigegeben)."""
    return session.scalars(select(Kostenbescheid.nummer).where(
        Kostenbescheid.hebt_auf == number, Kostenbescheid.zustand != "zurueckgezogen")).one_or_none()


def partner(session: TenantSession, row: Kostenbescheid) -> Kostenbescheid | None:
    """Zum Storno der aufgehobene Bescheid, zu diesem sein Storno; ein zurückgezogener zählt nicht."""
    wanted = (Kostenbescheid.nummer == row.hebt_auf) if row.hebt_auf is not None else (
        (Kostenbescheid.hebt_auf == row.nummer) & (Kostenbescheid.zustand != "zurueckgezogen"))
    return session.scalars(select(Kostenbescheid).where(wanted)).one_or_none()


def _refuse(session: TenantSession, row: Kostenbescheid) -> None:
    if row.art == "storno":
        raise BillingRefused(f"{row.nummer}: ein Storno wird nicht storniert; einen neuen Bescheid erstellen.")
    if row.zustand != "freigegeben":
        raise BillingRefused(f"{row.nummer}: storniert wird ein freigegebener Bescheid; einen anderen zurückziehen.")
    if (held := waiting(session, row.nummer)) is not None:
        raise BillingRefused(f"{row.nummer}: dazu gibt es schon den Storno {held}.")
    if row.art == "vorauszahlung":
        counted = session.scalars(select(Kostenbescheid.nummer).where(
            gilt(), Kostenbescheid.art == "abrechnung", Kostenbescheid.von <= row.von,
            Kostenbescheid.bis >= row.von)).first()
        if counted is not None:
            raise BillingRefused(f"{row.nummer}: die Abrechnung {counted} zieht diese Vorauszahlung ab; zuerst sie "
                                 "stornieren oder, vor ihrer Freigabe, zurückziehen.")


def reversed_content(old: Mapping[str, Any], number: str, reason: str, today: date, *, paid: bool) -> dict[str, Any]:
    """Was auf dem Storno steht: der Bescheid old mit umgekehrten Vorzeichen und, worauf er sich bezieht."""
    day = date.fromisoformat(old["ausgestellt"])
    return {"nummer": number, "art": "storno", "von": old["von"], "bis": old["bis"], "ausgestellt": today.isoformat(),
            "preise": old["preise"], "zaehlregel": old["zaehlregel"], "faelle": {},
            "bezug": {"nummer": old["nummer"], "art": old["art"], "ausgestellt": old["ausgestellt"],
                      "ausgeglichen": paid},
            "hinweise": [f"Stornierung des Bescheids {old['nummer']} vom {day:%d.%m.%Y}. Grund: {reason}"],
            "positionen": [{**one, "menge": -one["menge"], "betrag": -one["betrag"]} for one in old["positionen"]],
            "summen": [-cents for cents in old["summen"]]}
