"""An employer with as many wage types as wanted, every one of them paid to somebody."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select

from payroll.bench import close
from payroll.demo.write import LOHNARTEN
from payroll.masterdata.models import Beschaeftigung, Lohnart, LohnartStand, WiederkehrenderBezug
from tenants.db.bulk import copy_rows, reserve_ids
from tenants.db.session import TenantSession, tenant_session

SINCE, REASON = date(2025, 1, 1), "Messung"
EACH = 10  # further payments of every person, drawn in turn from all own wage types


def employer_of(people: int, number: str, count: int) -> int:
    """An employer with ``count`` wage types: of the delivered ones what its people are paid, the others its own.

    Everybody gets ten payments more, whatever the count: what is paid stays alike, only of how many kinds it is.
    """
    tenant = close.employer_with(people, number, tuple(LOHNARTEN.values()))
    with tenant_session(tenant, actor=close.CLERK) as session:
        pay(session, add(session, max(count - len(LOHNARTEN), EACH)), EACH)
    return tenant


def add(session: TenantSession, count: int) -> list[int]:
    """Own wage types of several effects; returns their keys."""
    known = set(session.scalars(select(Lohnart.nummer)))
    numbers = [n for n in range(5000, 9000) if n not in known][:count]
    types = reserve_ids(session, Lohnart, count)
    copy_rows(session, Lohnart, ("id", "public_id", "created_by", "nummer"),
              [(i, uuid.uuid4(), close.CLERK, n) for i, n in zip(types, numbers, strict=True)])
    copy_rows(session, LohnartStand, ("public_id", "valid_from", "recorded_by", "reason", "lohnart_id", "text", "ziel",
                                      "steuer", "sv", "zv", "teilzeit", "tage"),
              [(uuid.uuid4(), SINCE, close.CLERK, REASON, i, f"Zulage {n}", "zulagen", "pflichtig", "laufend", True,
                n % 2 == 0, n % 3 == 0) for i, n in zip(types, numbers, strict=True)])
    return types


def pay(session: TenantSession, types: list[int], each: int) -> None:
    """Every person gets ``each`` payments of a few euro, in turn from these wage types."""
    jobs = session.scalars(select(Beschaeftigung.id).order_by(Beschaeftigung.id)).all()
    copy_rows(session, WiederkehrenderBezug, ("public_id", "valid_from", "recorded_by", "reason", "lohnart_id",
                                              "beschaeftigung_id", "laufnummer", "betrag_cent"),
              [(uuid.uuid4(), SINCE, close.CLERK, REASON, types[(at * each + one) % len(types)], job, 1, 100 + one)
               for at, job in enumerate(jobs) for one in range(each)])
