"""Lädt die Tabellen aller Räume. Ein neuer Raum trägt hier eine Zeile ein."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from sqlalchemy import MetaData

from tenants.db.base import Base

ROOMS = (
    "tenants.models",
    "tenants.retention.models",
    "tenants.operation.models",
    "tenants.interfaces.models",
    "staffplan.models",
    "payroll.masterdata.models",
    "payroll.runs.models",
    "payroll.runs.retro_models",
    "payroll.runs.probe_models",
    "payroll.runs.befund_models",
    "payroll.runs.claim_models",
    "payroll.runs.parallel.models",
    "payroll.runs.stuecke.models",
    "payroll.runs.whatif.models",
    "payroll.runs.beside.models",
    "payroll.runs.ueberzahlung.models",
    "payroll.statements.models",
    "payroll.statements.akte.models",
    "payroll.postings.models",
    "payroll.budget.models",
    "payroll.filings.models",
    "payroll.sammellauf.models",
    "payroll.verbund.models",
    "jobportal.models",
    "timekeeping.models",
    "timekeeping.handover.models",
    "timekeeping.own.models",
    "timekeeping.leave.models",
)


def load() -> MetaData:
    """Alle Tabellen der vorhandenen Räume."""
    for room in ROOMS:
        if find_spec(room.rpartition(".")[0]) is not None and find_spec(room) is not None:
            import_module(room)
    return Base.metadata
