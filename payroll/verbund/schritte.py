"""Freigeben und Zurückziehen: dieselben Regeln für Preisblatt, Kostenjahr und Bescheid."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import func, select

from payroll.verbund.errors import BillingRefused
from payroll.verbund.models import Kostenbescheid, Kostenjahr, Preisblatt
from tenants import audit
from tenants.db.session import TenantSession

S = TypeVar("S", Preisblatt, Kostenjahr, Kostenbescheid)
WORDS: dict[type, str] = {Preisblatt: "Preisblatt", Kostenjahr: "Kostenjahr", Kostenbescheid: "Bescheid"}


def digest(content: Mapping[str, Any]) -> bytes:
    """Prüfsumme eines Inhalts, unabhängig von der Reihenfolge seiner Felder."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).digest()


def find(session: TenantSession, model: type[S], number: uuid.UUID, *, lock: bool = False) -> S:
    """Der Satz dieses Arbeitgebers; einen fremden gibt es nicht."""
    statement = select(model).where(model.public_id == number)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise BillingRefused(f"{WORDS[model]}: gibt es hier nicht (mehr). Die Seite neu laden.")
    return row


def release(session: TenantSession, model: type[S], number: uuid.UUID, *, sha256: str) -> S:
    """Gibt als zweite Person frei, was gezeigt wurde; eine Wiederholung ändert nichts."""
    row = find(session, model, number, lock=True)
    if row.zustand == "freigegeben":
        return row
    if row.zustand != "erstellt":
        raise BillingRefused(f"{WORDS[model]}: ist zurückgezogen; neu erstellen.")
    if shown(row).hex() != sha256:
        raise BillingRefused(f"{WORDS[model]}: freigegeben wird nur, was gezeigt wurde. Die Seite neu laden.")
    actor = str(session.info["actor"])
    if actor == row.erstellt_von:
        raise BillingRefused(f"{WORDS[model]}: wer erstellt hat, gibt nicht frei. Freigeben muss eine zweite Person.")
    row.zustand, row.freigegeben_von, row.freigegeben_am = "freigegeben", actor, func.now()
    session.flush()
    session.refresh(row)
    if isinstance(row, Kostenbescheid) and row.hebt_auf is not None:
        _lift(session, row, row.hebt_auf)
    audit.record(session, f"{row.__tablename__}.freigegeben", subject(row), {"sha256": sha256})
    return row


def withdraw(session: TenantSession, model: type[S], number: uuid.UUID, *, reason: str) -> S:
    """Zieht zurück, was noch nicht freigegeben ist; der Grund steht im Protokoll."""
    row = find(session, model, number, lock=True)
    if not reason.strip():
        raise BillingRefused(f"{WORDS[model]}: zum Zurückziehen einen Grund angeben.")
    if row.zustand == "freigegeben":
        raise BillingRefused(f"{WORDS[model]}: ist freigegeben und bleibt; "
                             + ("einen falschen stornieren." if model is Kostenbescheid else
                                "Abweichungen gleicht die nächste Abrechnung aus."))
    if row.zustand == "erstellt":
        row.zustand, row.zurueckgezogen_von = "zurueckgezogen", str(session.info["actor"])
        row.zurueckgezogen_grund = reason.strip()
        session.flush()
        audit.record(session, f"{row.__tablename__}.zurueckgezogen", subject(row), {}, reason.strip())
    return row


def _lift(session: TenantSession, row: Kostenbescheid, number: str) -> None:
    held = session.scalars(select(Kostenbescheid).where(Kostenbescheid.nummer == number).with_for_update()
                           .execution_options(populate_existing=True)).one()
    held.storniert_am = func.now()
    session.flush()
    session.refresh(held)
    audit.record(session, "kostenbescheid.storniert", subject(held), {"mit": row.nummer}, row.storno_grund or "")


def shown(row: Preisblatt | Kostenjahr | Kostenbescheid) -> bytes:
    """Prüfsumme dessen, was jemand vor der Freigabe sieht."""
    if isinstance(row, Kostenbescheid):
        return row.sha256
    if isinstance(row, Preisblatt):
        return digest({"ab": row.gilt_ab.isoformat(), "inhalt": row.inhalt})
    return digest({"jahr": row.jahr, "kosten": row.kosten, "faelle": row.faelle, "vortrag": row.vortrag})


def subject(row: Preisblatt | Kostenjahr | Kostenbescheid) -> str:
    """Wie der Satz im Protokoll heißt."""
    return f"{row.__tablename__}:{row.public_id}"
