"""Kassen mit ihren Sätzen lesen und einen neuen, datierten Satz erfassen."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from payroll.masterdata.clocks import as_of, known
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.service import FactError, record_fact
from payroll.web.desk import fact_forms
from payroll.web.desk.fund_kinds import FundKind
from tenants.db.session import TenantSession

WHOLE_FORM = "formular"
HIGHEST = 20


@dataclass(frozen=True)
class FundRow:
    """Eine Kasse der Liste mit dem Satz, der heute gilt."""

    public_id: uuid.UUID
    kuerzel: str
    name: str
    betriebsnummer: str
    rate: Fact | None

    def value(self, name: str) -> Any:
        """Ein Wert des heutigen Satzes; leer, wenn es keinen gibt."""
        return getattr(self.rate, name) if self.rate is not None else None


@dataclass(frozen=True)
class Fund:
    """Eine Kasse mit allen heute bekannten Sätzen, der jüngste zuerst."""

    row: FundRow
    id: int
    rates: Sequence[Fact]


def funds(session: TenantSession, kind: FundKind, day: date) -> list[FundRow]:
    """Alle Kassen einer Art; zwei Abfragen."""
    rates = {getattr(rate, kind.key): rate for rate in as_of(session, kind.rates.model, day)}
    anchors: Sequence[Any] = session.scalars(select(kind.anchor)).all()
    return [_row(anchor, rates.get(anchor.id)) for anchor in anchors]


def fund(session: TenantSession, kind: FundKind, public_id: uuid.UUID, day: date) -> Fund | None:
    """Eine Kasse mit ihrer Geschichte; None, wenn es sie bei diesem Mandanten nicht gibt."""
    anchor: Any = session.scalars(select(kind.anchor).filter_by(public_id=public_id)).one_or_none()
    if anchor is None:
        return None
    model = kind.rates.model
    rates = session.scalars(
        select(model).where(known(model, None), getattr(model, kind.key) == anchor.id).order_by(model.valid_from.desc())
    ).all()
    now = next((rate for rate in rates if rate.valid_from <= day and (rate.valid_to or day) >= day), None)
    return Fund(_row(anchor, now), anchor.id, rates)


def _row(anchor: Any, rate: Fact | None) -> FundRow:
    number = getattr(anchor, "betriebsnummer", None) or ""
    return FundRow(anchor.public_id, anchor.kuerzel, anchor.name, number, rate)


def prefilled(kind: FundKind, held: Fund) -> dict[str, str]:
    """Vorbelegung mit dem jüngsten Satz; Quelle und Stand sind jedes Mal neu anzugeben."""
    if not held.rates:
        return {}
    values = {item.name: getattr(held.rates[0], item.name) for item in kind.rates.fields}
    return {**fact_forms.filled(kind.rates, values, options(kind)), "quelle": "", "status": ""}


def options(kind: FundKind) -> dict[str, Any]:
    """Auswahlen der Felder eines Satzes."""
    return {
        item.name: {key: (key, str(text)) for key, text in item.choices}
        for item in kind.rates.fields
        if item.kind == "choice"
    }


def save(session: TenantSession, kind: FundKind, held: Fund, form: Mapping[str, str]) -> fact_forms.FactInput:
    """Liest, prüft und erfasst einen Satz; was nicht passt, steht danach in errors und nichts ist gespeichert."""
    given = fact_forms.read(kind.rates, form, options(kind))
    rates = [item.name for item in kind.rates.fields if item.kind == "number"]
    for name in rates:
        if given.values.get(name) is not None and not 0 <= given.values[name] <= HIGHEST:
            given.refuse(name, f"Der Satz liegt zwischen 0 und {HIGHEST} Prozent.")
    if not given.errors and all(given.values[name] is None for name in rates):
        given.refuse(rates[0], "Mindestens einen Satz angeben.")
    if given.errors:
        return given
    assert given.valid_from is not None
    values: dict[str, Any] = {kind.key: held.id, **given.values}
    try:
        record_fact(
            session,
            kind.rates.model,
            valid_from=given.valid_from,
            valid_to=given.valid_to,
            reason=given.reason,
            **values,
        )
    except FactError as refused:
        given.refuse(WHOLE_FORM, str(refused))
    return given
