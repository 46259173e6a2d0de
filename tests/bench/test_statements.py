"""The month close sends the same statements whatever the number of people and of wage types."""

from __future__ import annotations

import re
import uuid
from datetime import date

import psycopg
from sqlalchemy import select

from payroll.bench import close
from payroll.bench.mixture import MONTH
from payroll.bench.statements import counted
from payroll.masterdata.models import Beschaeftigung, Lohnart, LohnartStand, WiederkehrenderBezug
from tenants.db.bulk import copy_rows, reserve_ids
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session


def _sent(tenant: int) -> list[str]:
    with counted() as sent:
        run = close.pay_month(tenant, MONTH)
    assert run.zustand == "abgeschlossen"
    return [re.sub(r"\bbulk_\d+\b", "bulk", re.sub(r"SELECT \d+,|= \d+", "?", text)) for text in sent]


def test_statements_do_not_depend_on_people(database: Dsns) -> None:
    few, many = close.employer_with(40, "901"), close.employer_with(160, "902")
    of_few, of_many = _sent(few), _sent(many)
    assert len(of_few) > 20
    assert of_few == of_many


def test_statements_do_not_depend_on_the_catalogue(database: Dsns) -> None:
    plain, rich = close.employer_with(40, "901"), close.employer_with(40, "902")
    _more_wage_types(rich, 120)
    assert _sent(plain) == _sent(rich)


def test_the_counter_sees_the_bulk_door_and_every_row_of_many(database: Dsns) -> None:
    with psycopg.connect(database.owner) as connection, counted() as sent:
        cursor = connection.cursor()
        cursor.execute(psycopg.sql.SQL("CREATE TEMP TABLE {} (n int)").format(psycopg.sql.Identifier("n")))
        cursor.executemany("INSERT INTO n VALUES (%s)", [(1,), (2,), (3,)])
        with cursor.copy("COPY n FROM STDIN") as copy:
            copy.write_row((4,))
        assert cursor.execute("SELECT sum(n) FROM n").fetchone() == (10,)
    assert sent == ['CREATE TEMP TABLE "n" (n int)', *["INSERT INTO n VALUES (%s)"] * 3, "COPY n FROM STDIN",
                    "SELECT sum(n) FROM n"]
    with counted() as again:
        pass
    assert again == []


def _more_wage_types(tenant: int, count: int) -> None:
    """Wage types of the tenant's own, each paid to several people."""
    since, actor, reason = date(2025, 1, 1), close.CLERK, "Messung"
    with tenant_session(tenant, actor=actor) as session:
        known = set(session.scalars(select(Lohnart.nummer)))
        numbers = [n for n in range(5000, 9000) if n not in known][:count]
        ids = reserve_ids(session, Lohnart, count)
        copy_rows(session, Lohnart, ("id", "public_id", "created_by", "nummer"),
                  [(i, uuid.uuid4(), actor, n) for i, n in zip(ids, numbers, strict=True)])
        common = ("public_id", "valid_from", "recorded_by", "reason", "lohnart_id")
        copy_rows(session, LohnartStand, (*common, "text", "ziel", "steuer", "sv", "zv", "teilzeit", "tage"),
                  [(uuid.uuid4(), since, actor, reason, i, f"Zulage {n}", "zulagen", "pflichtig", "laufend", True,
                    n % 2 == 0, n % 3 == 0) for i, n in zip(ids, numbers, strict=True)])
        jobs = session.scalars(select(Beschaeftigung.id).order_by(Beschaeftigung.id)).all()
        copy_rows(session, WiederkehrenderBezug, (*common, "beschaeftigung_id", "laufnummer", "betrag_cent"),
                  [(uuid.uuid4(), since, actor, reason, i, jobs[(at + k) % len(jobs)], 1, 1_000 + at)
                   for at, i in enumerate(ids) for k in range(3)])
