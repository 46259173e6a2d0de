"""Aufträge zum Löschen für die Entgeltabrechnung: Vorschau, Anordnung, Ausführung."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from payroll.runs.steps import month_name
from payroll.runs.stuecke.teilen import divided
from payroll.statements.retention.planning import Plan, plan
from tenants.db.session import TenantSession, tenant_session
from tenants.retention import execution, orders
from tenants.retention.errors import DeletionRefused
from tenants.retention.models import DeletionOrder


def order(session: TenantSession, day: date, *, today: date, digest: str, reason: str) -> DeletionOrder:
    """Ordnet an, was die Vorschau gezeigt hat; digest ist ihre Prüfsumme."""
    made = plan(session, day)
    if made.digest != digest:
        raise DeletionRefused("Seit der Vorschau hat sich geändert, was fällig ist: die Vorschau neu ansehen.")
    return orders.order(session, made.items, due_day=day, today=today, kept_from=made.kept_from,
                        plan=made.summary(), reason=reason)


def run(tenant: int, actor: str) -> dict[str, Any] | None:
    """Führt den genehmigten Auftrag eines Mandanten aus; ohne einen geschieht nichts (None).

    Raises DeletionRefused, solange ein Lauf in Stücken gerechnet wird: seine Stücke nennen Menschen, die es beim
    Zusammenfügen noch geben muss.
    """
    return execution.run(partial(tenant_session, tenant, actor=actor), _still_due, _divided)


def _divided(session: TenantSession) -> str | None:
    months = divided(session)
    if not months:
        return None
    return (f"{month_name(months[0])} wird gerade in Stücken gerechnet; gelöscht wird erst danach. Warten, bis der "
            "Auftrag im Sammellauf erledigt ist, oder ihn verwerfen lassen (kreislohn payroll discard); dann noch "
            "einmal ausführen, der Nachtlauf tut es von selbst.")


def _still_due(session: TenantSession, found: DeletionOrder) -> set[tuple[str, int]]:
    return {(item.table, item.row) for item in plan(session, found.due_day).items}


__all__ = ["Plan", "order", "plan", "run"]
